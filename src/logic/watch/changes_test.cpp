#include "logic/watch/changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::watch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FileState file(std::int64_t inode, std::int64_t size = 1, std::int64_t modified = 100) {
    return {inode, inode * 10, size, modified};
}
FileState unborn(std::int64_t inode, std::int64_t size = 1, std::int64_t modified = 100) {
    return {inode, 0, size, modified};
}

/// "created b", "moved a -> b", in the order in which they are told.
std::vector<std::string> words(const std::vector<Change>& changes) {
    std::vector<std::string> out;
    for (const auto& one : changes) {
        out.push_back(one.old_path ? fmt::format("{} {} -> {}", enum_name(one.kind), *one.old_path, one.path)
                                   : fmt::format("{} {}", enum_name(one.kind), one.path));
    }
    return out;
}
std::vector<std::string> became(const FileStates& known, const Looks& looks) {
    return words(changes_of(known, looks));
}
const Look kNothing{};

TEST(Changes, AreWhatDiffers) {
    const FileStates known{{"a", file(1)}, {"b", file(2)}, {"c", file(3)}, {"d", file(4)}};

    EXPECT_THAT(became(known, {{"a", {file(1)}}, {"b", {file(2, 9)}}, {"c", kNothing}, {"e", {file(5)}}}),
                ElementsAre("modified b", "deleted c", "created e"));
    EXPECT_THAT(became(known, {{"a", {file(1, 1, 101)}}}), ElementsAre("modified a"));
    EXPECT_THAT(became(known, {{"x", kNothing}}), IsEmpty()) << "it came and went before anybody looked";
}

TEST(Changes, OfAFileThatWasReplacedAreAModification) {
    const FileStates known{{"a", file(1)}};

    EXPECT_THAT(became(known, {{"a", {file(2)}}}), ElementsAre("modified a"));
    auto renumbered = file(1);
    renumbered.inode = 77;
    EXPECT_THAT(became(known, {{"a", {renumbered}}}), IsEmpty()) << "the file system numbers its files anew";
}

TEST(Changes, FindWhatWasMoved) {
    const FileStates known{{"a", file(1)}, {"b", file(2)}};

    EXPECT_THAT(became(known, {{"a", kNothing}, {"c", {file(1)}}}), ElementsAre("moved a -> c"));
    EXPECT_THAT(became(known, {{"a", kNothing}, {"c", {file(1, 5, 500)}}}), ElementsAre("moved a -> c"))
        << "written to on the way";
    EXPECT_THAT(became(known, {{"a", kNothing}, {"b", {file(1)}}}), ElementsAre("moved a -> b")) << "over another";
    EXPECT_THAT(became(known, {{"a", {file(2)}}, {"b", {file(1)}}}), ElementsAre("moved b -> a", "moved a -> b"));
    EXPECT_THAT(became(known, {{"a", {file(3)}}, {"a.1", {file(1)}}}), ElementsAre("created a", "moved a -> a.1"))
        << "a log was rotated";
    EXPECT_THAT(became(known, {{"c", {file(1)}}}), ElementsAre("created c")) << "a second name of a file that is there";
}

TEST(Changes, DoNotTakeANewFileWithAnOldNumberForAMovedOne) {
    const FileStates known{{"a", file(1)}};
    auto other = file(1);
    other.born += 1;

    EXPECT_THAT(became(known, {{"a", kNothing}, {"b", {other}}}), ElementsAre("deleted a", "created b"));
    const FileStates unknown_birth{{"a", unborn(1)}};
    EXPECT_THAT(became(unknown_birth, {{"a", kNothing}, {"b", {unborn(1, 2)}}}), ElementsAre("deleted a", "created b"));
    EXPECT_THAT(became(unknown_birth, {{"a", kNothing}, {"b", {unborn(1)}}}), ElementsAre("moved a -> b"));
}

TEST(Changes, CarryWhatIsThereNow) {
    const FileStates known{{"a", file(1, 5)}, {"b", file(2)}};

    const auto out = changes_of(known, {{"a", {std::nullopt, true}}, {"b", {file(2, 7, 300)}}});

    EXPECT_THAT(out, ElementsAre(Change{ChangeKind::deleted, "a", {}, file(1, 5), true},
                                 Change{ChangeKind::modified, "b", {}, file(2, 7, 300), false}));
}

TEST(Changes, AppliedOneByOneLeaveWhatIsThere) {
    const std::pair<FileStates, Looks> cases[] = {
        {{{"a", file(1)}, {"b", file(2)}}, {{"a", {file(2)}}, {"b", {file(1)}}}},
        {{{"a", file(1)}, {"a.1", file(2)}}, {{"a", {file(3)}}, {"a.1", {file(1)}}, {"a.2", {file(2)}}}},
        {{{"a", file(1)}, {"b", file(2)}}, {{"a", kNothing}, {"b", kNothing}, {"c", {file(1)}}, {"d", {file(4)}}}},
    };

    for (const auto& [known, looks] : cases) {
        auto changes = changes_of(known, looks);
        for (const bool backwards : {false, true}) {
            if (backwards) std::ranges::reverse(changes);
            auto after = known;
            for (const auto& one : changes) apply(one, after);
            FileStates there;
            for (const auto& [path, look] : looks) {
                if (look.state) there.emplace(path, *look.state);
            }
            EXPECT_EQ(after, there) << words(changes).front();
            EXPECT_THAT(changes_of(after, looks), IsEmpty()) << "nothing is told twice";
        }
    }
}

TEST(Changes, AreThoseThatTheRuleAsksFor) {
    const std::vector<Change> all{{ChangeKind::created, "a", {}, file(1)},
                                  {ChangeKind::moved, "c", "b", file(2)},
                                  {ChangeKind::modified, "d", {}, file(3)}};
    WatchConfig config;

    EXPECT_EQ(asked_for(all, config), all);
    config.kinds = {ChangeKind::created, ChangeKind::deleted};
    EXPECT_THAT(words(asked_for(all, config)), ElementsAre("created a", "deleted b", "created c"))
        << "a move that is not asked for";
    config.kinds = {ChangeKind::modified};
    EXPECT_THAT(words(asked_for(all, config)), ElementsAre("modified d"));
}

TEST(Differing, IsWhatAScanFoundOtherwise) {
    const FileStates known{{"a", file(1)}, {"b", file(2)}, {"c/x", file(3)}, {"cc", file(4)}, {"d", file(5)}};
    const FileStates found{{"a", file(1)}, {"b", file(2, 9)}, {"e", file(6)}};

    EXPECT_THAT(differing(known, found, {}), ElementsAre("b", "e", "c/x", "cc", "d"));
    EXPECT_THAT(differing(known, found, {"c"}), ElementsAre("b", "e", "cc", "d")) << "nobody knows what lies there";
    EXPECT_THAT(differing(known, {}, {""}), IsEmpty());
    EXPECT_THAT(differing(known, {{"c/y", file(7)}}, {}, "c"), ElementsAre("c/y", "c/x")) << "of one folder";
}

TEST(Beginning, TakesWhatIsThereAsToldButForWhatIsNewerThanTheWish) {
    const auto at = [](std::int64_t seconds) { return Timestamp{std::chrono::seconds{seconds}}; };
    const auto ns = [](std::int64_t seconds) { return seconds * 1'000'000'000; };
    const FileStates found{{"new", {1, ns(11), 1, ns(5)}},     {"old", {2, ns(1), 1, ns(10)}},
                           {"written", {3, ns(1), 1, ns(11)}}, {"future", {4, ns(1), 1, ns(99)}},
                           {"unborn", {5, 0, 1, ns(11)}},      {"unborn old", {6, 0, 1, ns(9)}}};

    auto out = begin(found, at(10), at(12));

    EXPECT_THAT(out.changed, ElementsAre("new", "unborn", "written"));
    Looks looks;
    for (const auto& path : out.changed) looks[path] = {found.at(path)};
    EXPECT_THAT(became(out.known, looks), ElementsAre("created new", "created unborn", "modified written"));
    EXPECT_EQ(out.known.size(), 4U);
}

} // namespace
} // namespace attune::logic::watch
