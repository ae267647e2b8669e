#include "logic/action/output_collector.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>
#include <random>

namespace attune::logic::action {
namespace {

std::string take_all(OutputCollector& output, std::size_t chunk = 1000) {
    std::string all;
    for (auto piece = output.take_chunk(chunk); !piece.empty(); piece = output.take_chunk(chunk)) all += piece;
    return all;
}

TEST(OutputCollector, KeepsShortOutputWhole) {
    OutputCollector output("stdout");

    output.append("hello ");
    output.append("world\nlast line\n\n");
    output.finish();

    EXPECT_TRUE(output.is_whole());
    EXPECT_EQ(output.head(), "hello world\nlast line\n\n");
    EXPECT_EQ(output.last_line(), "last line");
    EXPECT_EQ(take_all(output), "hello world\nlast line\n\n");
    EXPECT_EQ(output.total_bytes(), 23U);
    EXPECT_EQ(output.dropped_bytes(), 0U);
}

TEST(OutputCollector, KeepsTheBeginningAndTheEndOfLongOutput) {
    OutputCollector output("stdout", {16, 10'000});

    output.append("first\n");
    for (int i = 0; i < 100; ++i) output.append("middle\n");
    output.append("the end");
    output.finish();

    EXPECT_FALSE(output.is_whole());
    EXPECT_EQ(output.head(), "first\nmiddle\nmid");
    EXPECT_EQ(output.last_line(), "the end");
    EXPECT_EQ(take_all(output).size(), 713U);
}

TEST(OutputCollector, CutsTheLogAtItsLimitAndSaysSo) {
    OutputCollector output("stderr", {16, 1128});

    for (int i = 0; i < 300; ++i) output.append("0123456789");
    output.finish();

    EXPECT_EQ(output.total_bytes(), 3000U);
    EXPECT_EQ(output.dropped_bytes(), 2000U);
    const auto log = take_all(output);
    EXPECT_EQ(log.substr(999), "9\n\n[OUTPUT TRUNCATED: stderr exceeded size limit]\n");
    EXPECT_LE(log.size(), 1128U);
}

TEST(OutputCollector, SaysNothingWhenOutputJustFits) {
    OutputCollector output("stdout", {16, 138});

    output.append("0123456789");
    output.finish();

    EXPECT_EQ(take_all(output), "0123456789");
    EXPECT_EQ(output.dropped_bytes(), 0U);
}

TEST(OutputCollector, DropsACharacterThatTheLimitCuts) {
    OutputCollector output("stdout", {16, 131});

    output.append("ab\xC3\xA4\xC3\xA4");
    output.finish();

    EXPECT_EQ(take_all(output), "ab\n\n[OUTPUT TRUNCATED: stdout exceeded size limit]\n");
    EXPECT_EQ(output.dropped_bytes(), 4U);
}

TEST(OutputCollector, JoinsCharactersThatArriveInPieces) {
    OutputCollector output("stdout");

    for (const char c : std::string_view("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80!")) {
        output.append({&c, 1});
        EXPECT_TRUE(is_valid_utf8(output.take_chunk(100)));
    }
    output.append("\xF0\x9F");
    output.finish();

    EXPECT_EQ(take_all(output), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(OutputCollector, HandsOutOnlyValidUtf8WhateverComes) {
    std::mt19937 random{7};
    for (int round = 0; round < 200; ++round) {
        OutputCollector output("stdout", {64, 400});
        std::string taken;
        for (int i = 0; i < 20; ++i) {
            std::string bytes(random() % 40, ' ');
            for (auto& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() : 0xC3);
            output.append(bytes);
            const auto chunk = output.take_chunk(random() % 20);
            ASSERT_TRUE(is_valid_utf8(chunk));
            taken += chunk;
        }
        output.finish();
        taken += take_all(output, 7);

        ASSERT_TRUE(is_valid_utf8(taken));
        ASSERT_TRUE(is_valid_utf8(output.head()) && output.head().size() <= 64);
        ASSERT_TRUE(is_valid_utf8(to_valid_utf8(output.last_line())));
        ASSERT_EQ(output.ready_bytes(), 0U);
    }
}

TEST(OutputCollector, KnowsBlankOutput) {
    OutputCollector output("stdout");

    output.append(" \n\t");
    EXPECT_TRUE(output.is_blank());
    output.append("x");
    EXPECT_FALSE(output.is_blank());
}

} // namespace
} // namespace attune::logic::action
