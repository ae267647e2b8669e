#include "services/timer_scheduler/packed_timer.hpp"

#include "domain/trigger.hpp"

#include <gtest/gtest.h>

namespace attune::services {
namespace {

Timer full_timer() {
    Timer timer;
    timer.id = {7};
    timer.rule = RuleId{1'234'567'890'123};
    timer.rule_ref = "pack.rule";
    timer.trigger = TriggerId{3};
    timer.trigger_ref = "core.crontimer";
    timer.config = {{"type", "cron"}, {"expression", "0 * * * *"}, {"misfire", {{"policy", "skip"}}}, {"x", nullptr}};
    timer.armed = false;
    timer.revision = -1;
    timer.anchor = Timestamp{Duration{1'767'225'600'000'001}};
    timer.cursor = Timestamp{Duration{-5}};
    timer.fired = 300;
    timer.late = 2;
    timer.missed = std::numeric_limits<std::int64_t>::max();
    timer.skipped = std::numeric_limits<std::int64_t>::min();
    timer.note = std::string("a\0b", 3);
    timer.generation = 64;
    timer.created = Timestamp{Duration{1}};
    timer.updated = Timestamp{Duration{1'767'225'600'000'000}};
    return timer;
}

std::string text_of(const Timer& timer) {
    return to_text(to_json(timer));
}

TEST(PackedTimer, KeepsEveryMember) {
    TextTable shared;
    const auto timer = full_timer();

    const auto packed = pack_timer(timer, shared);

    EXPECT_EQ(text_of(unpack_timer(packed, shared)), text_of(timer));
}

TEST(PackedTimer, KeepsWhatIsEmpty) {
    TextTable shared;
    const Timer timer;

    const auto packed = pack_timer(timer, shared);

    EXPECT_EQ(text_of(unpack_timer(packed, shared)), text_of(timer));
}

TEST(PackedTimer, KeepsTheInstantOfEachOneShotToItself) {
    TextTable shared;
    auto timer = full_timer();
    std::vector<PackedTimer> packed;
    for (const char* at : {"2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"}) {
        timer.config = {{"type", "one_shot"}, {"fire_at", at}};
        packed.push_back(pack_timer(timer, shared));
    }

    EXPECT_EQ(unpack_timer(packed[0], shared).config.at("fire_at"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(unpack_timer(packed[1], shared).config.at("fire_at"), "2026-01-01T00:00:01Z");
    EXPECT_EQ(shared.number_of("core.crontimer"), 0U);
    EXPECT_EQ(shared.number_of("new"), 1U) << "one-shots fill the table";
}

TEST(PackedTimer, NeedsNoRoomInTheTableOfSharedTexts) {
    TextTable shared;
    for (std::size_t i = 0; i < TextTable::kLimit; ++i) shared.number_of(std::to_string(i));
    const auto timer = full_timer();

    const auto packed = pack_timer(timer, shared);

    EXPECT_EQ(shared.number_of("one more"), std::nullopt);
    EXPECT_EQ(shared.text(17), "17");
    EXPECT_EQ(text_of(unpack_timer(packed, shared)), text_of(timer));
}

} // namespace
} // namespace attune::services
