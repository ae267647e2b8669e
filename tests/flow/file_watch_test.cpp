// Rules on files, from what a watcher notices to the events: on a disk and a clock that move when the test says so.
#include "flow/file_watches.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>

namespace attune::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// "created /in/a 1", "moved /in/a /in/b 1", with "caught up" at the end where it was.
std::string words(const Event& event) {
    const auto& payload = event.payload->as_object();
    const auto text = [&](const char* name) { return std::string(payload.at(name).as_string()); };
    auto out = text("kind");
    if (payload.contains("old_path")) out += " " + text("old_path");
    out += fmt::format(" {} {}", text("path"), payload.at("size").as_int64());
    return payload.at("caught_up").as_bool() ? out + " caught up" : out;
}

class FileWatching : public testing::Test {
protected:
    Rule watch(json::object params, std::string ref = "core.files") {
        return world.add_rule(std::move(ref), "core.file_changed", "core.null", std::move(params));
    }
    /// What was told since the last call.
    std::vector<std::string> told() {
        std::vector<std::string> out;
        const auto events = world.events();
        for (auto i = seen; i < events.size(); ++i) out.push_back(words(events[i]));
        seen = events.size();
        return out;
    }
    void restart() {
        world.crash(Role::files);
        world.start(Role::files);
    }
    std::int64_t count(const std::string& table) {
        return world.write([&](Session& session) -> Result<std::int64_t> {
            std::int64_t out = 0;
            const Session::RowSink sink = [&](const Row& row) -> Result<void> {
                out = row.integer(0);
                return {};
            };
            CHECK(session.run_text("select count(*) from " + table, {}, &sink));
            return out;
        });
    }
    void set_params(const std::string& ref, json::object params) {
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto before, flow::get_rule(session, ref));
            auto after = before;
            after.trigger_params = params;
            CHECK(flow::update_rule(session, before, after, world.clock.now()));
            return true;
        });
        world.bus.ring(Topic::definitions, {});
    }

    World world;
    std::size_t seen = 0;
};

TEST_F(FileWatching, TellsOneEventForEachChangeOnceTheFileIsLeftAlone) {
    world.disk.write("/in/old");
    world.advance(1s);
    watch({{"path", "/in"}});
    world.start(Role::files);
    world.disk.write("/in/a", 1);
    world.advance(600ms);
    world.disk.write("/in/a", 2);
    world.advance(600ms);
    EXPECT_THAT(told(), IsEmpty()) << "it is still written to";
    world.advance(400ms);
    EXPECT_THAT(told(), ElementsAre("created /in/a 2"));

    world.disk.write("/in/a", 3);
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("modified /in/a 3"));
    world.disk.rename("/in/a", "/in/b");
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("moved /in/a /in/b 3"));
    world.disk.remove("/in/b");
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("deleted /in/b 3"));
    world.disk.write("/in/c");
    world.disk.remove("/in/c");
    world.advance(10s);
    EXPECT_THAT(told(), IsEmpty()) << "it came and went";
}

TEST_F(FileWatching, SaysWhatAnEventCarries) {
    watch({{"path", "/in/*.csv"}});
    world.start(Role::files);
    world.disk.write("/in/a.csv", 42);
    world.disk.write("/in/a.txt", 42);
    world.advance(1s);

    ASSERT_EQ(world.events().size(), 1U);
    const auto event = world.events().front();
    EXPECT_EQ(*event.payload, parse_json(R"({"path": "/in/a.csv", "name": "a.csv", "kind": "created", "size": 42,
        "modified": "2026-01-01T00:00:00.000000Z", "noticed": "2026-01-01T00:00:01.000000Z", "caught_up": false,
        "host": "here"})")
                                  .value());
    EXPECT_EQ(event.rule_ref, "core.files");
    EXPECT_EQ(event.trigger_ref, "core.file_changed");
    EXPECT_EQ(event.source_ref, "core.file_sensor");
}

TEST_F(FileWatching, LeadsToExecutions) {
    world.start_all();
    world.start(Role::files);
    watch({{"path", "/in"}});
    world.advance(1s);
    world.disk.write("/in/a");
    world.advance(3s);

    ASSERT_EQ(world.executions().size(), 1U);
    EXPECT_EQ(world.executions().front().status, ExecutionStatus::completed);
}

TEST_F(FileWatching, TellsTheKindsThatTheRuleAsksForAlone) {
    watch({{"path", "/in"}, {"kinds", json::array{"created", "deleted"}}});
    world.start(Role::files);
    world.disk.write("/in/a");
    world.advance(1s);
    world.disk.write("/in/a", 7);
    world.advance(1s);
    world.disk.rename("/in/a", "/in/b");
    world.advance(1s);

    EXPECT_THAT(told(), ElementsAre("created /in/a 1", "deleted /in/a 7", "created /in/b 7"));
}

TEST_F(FileWatching, TellsWhatWasWrittenBetweenTheRuleAndTheFirstLook) {
    world.disk.write("/in/old");
    world.disk.write("/in/changed");
    world.advance(1s);
    watch({{"path", "/in"}});
    world.advance(1s);
    world.disk.write("/in/new");
    world.disk.write("/in/changed", 2);
    world.advance(5s);
    world.start(Role::files);
    world.advance(1s);

    EXPECT_THAT(told(), ElementsAre("modified /in/changed 2", "created /in/new 1"));
    restart();
    world.advance(10s);
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(FileWatching, DoesNotTellWhatChangedWhileNobodyWatchedUnlessTheRuleAsks) {
    watch({{"path", "/in"}});
    world.start(Role::files);
    world.advance(1s);
    world.crash(Role::files);
    world.disk.write("/in/a");
    world.start(Role::files);
    world.advance(10s);
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(count("file_seen"), 0) << "nothing needs to be remembered";
    world.disk.write("/in/a", 2);
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("modified /in/a 2"));
}

TEST_F(FileWatching, FindsWhatChangedWhileNobodyWatched) {
    for (const auto* path : {"/in/kept", "/in/written", "/in/removed", "/in/renamed", "/in/replaced"})
        world.disk.write(path);
    world.advance(1s);
    watch({{"path", "/in"}, {"catch_up", true}});
    world.start(Role::files);
    world.disk.write("/in/untold");
    world.crash(Role::files);
    world.advance(1h);
    world.disk.write("/in/written", 5);
    world.disk.remove("/in/removed");
    world.disk.rename("/in/renamed", "/in/other");
    world.disk.replace("/in/replaced");
    world.disk.write("/in/new", 9);
    world.start(Role::files);
    EXPECT_THAT(told(), IsEmpty()) << "they may still be written to";
    world.advance(1s);

    EXPECT_THAT(told(),
                UnorderedElementsAre("modified /in/written 5 caught up", "deleted /in/removed 1 caught up",
                                     "moved /in/renamed /in/other 1 caught up", "modified /in/replaced 1 caught up",
                                     "created /in/new 9 caught up", "created /in/untold 1 caught up"));
    world.disk.write("/in/new", 10);
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("modified /in/new 10"));
    restart();
    world.advance(10s);
    EXPECT_THAT(told(), IsEmpty()) << "all of it is told";
}

TEST_F(FileWatching, WaitsForAFileThatIsWrittenToUnheardOf) {
    watch({{"path", "/in"}, {"catch_up", true}});
    world.start(Role::files);
    world.crash(Role::files);
    world.disk.write("/in/a", 1);
    world.start(Role::files);
    world.disk.is_deaf = true;
    world.advance(900ms);
    world.disk.write("/in/a", 2);
    world.advance(900ms);
    EXPECT_THAT(told(), IsEmpty());
    world.advance(1s);

    EXPECT_THAT(told(), ElementsAre("created /in/a 2 caught up"));
}

TEST_F(FileWatching, LooksAtEverythingWhenNoticesWereLost) {
    for (const auto* path : {"/in/a", "/in/b", "/in/c"}) world.disk.write(path);
    world.advance(1s);
    watch({{"path", "/in"}});
    world.start(Role::files);
    world.disk.is_deaf = true;
    world.disk.write("/in/a", 2);
    world.disk.remove("/in/b");
    world.disk.rename("/in/c", "/in/d");
    world.disk.lose_notices();
    world.advance(1s);

    EXPECT_THAT(told(), UnorderedElementsAre("modified /in/a 2", "deleted /in/b 1", "moved /in/c /in/d 1"));
}

TEST_F(FileWatching, FollowsFolders) {
    watch({{"path", "/in"}, {"recursive", true}});
    world.start(Role::files);
    world.disk.write("/in/x/a");
    world.disk.write("/in/x/y/b");
    world.advance(1s);
    EXPECT_EQ(told().size(), 2U);
    world.disk.rename_folder("/in/x", "/in/z");
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("moved /in/x/a /in/z/a 1", "moved /in/x/y/b /in/z/y/b 1"));
    world.disk.remove_folder("/in/z");
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("deleted /in/z/a 1", "deleted /in/z/y/b 1"));
    world.disk.write("/away/c/d");
    world.disk.rename_folder("/away/c", "/in/c");
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("created /in/c/d 1"));
}

TEST_F(FileWatching, StartsAnewWhenTheRuleChanges) {
    world.disk.write("/in/a");
    world.disk.write("/out/b");
    world.advance(1s);
    watch({{"path", "/in"}, {"catch_up", true}});
    world.start(Role::files);
    EXPECT_EQ(count("file_seen"), 1);
    world.advance(1s);
    set_params("core.files", {{"path", "/out"}, {"catch_up", true}});
    world.advance(1s);
    world.disk.write("/in/a", 2);
    world.disk.write("/out/b", 2);
    world.advance(1s);
    EXPECT_THAT(told(), ElementsAre("modified /out/b 2"));
    world.advance(30s);
    EXPECT_EQ(count("file_seat"), 1) << "what nobody needs is deleted";
    EXPECT_EQ(count("file_seen"), 1);
}

TEST_F(FileWatching, EndsWithTheRuleItsTriggerAndItsEnablement) {
    const auto rule = watch({{"path", "/in"}, {"catch_up", true}});
    world.start(Role::files);
    world.disk.write("/in/a");
    world.set_enabled("core.files", false);
    world.bus.ring(Topic::definitions, {});
    world.advance(5s);
    EXPECT_THAT(told(), IsEmpty()) << "no longer asked for when it settled";
    world.disk.write("/in/b");
    world.advance(5s);
    world.set_enabled("core.files", true);
    world.advance(5s);
    world.disk.write("/in/c");
    world.advance(5s);
    EXPECT_THAT(told(), ElementsAre("created /in/c 1"));

    world.write([&](Session& session) -> Result<bool> {
        TRY(const auto now, flow::get_rule(session, "core.files"));
        CHECK(flow::delete_rule(session, now, world.clock.now()));
        return true;
    });
    world.disk.write("/in/d");
    world.advance(30s);
    EXPECT_THAT(told(), IsEmpty());
    for (const auto* table : {"file_watch", "file_seat", "file_seen"}) EXPECT_EQ(count(table), 0) << table;
}

TEST_F(FileWatching, SaysWhatItCannotWatchAndTriesAgain) {
    world.disk.write("/in/locked/a");
    world.disk.write("/in/b");
    world.advance(1s);
    watch({{"path", "/in"}, {"recursive", true}, {"catch_up", true}});
    world.start(Role::files);
    world.advance(1s);
    world.disk.locked = {"/in/locked"};
    restart();
    world.advance(10s);
    EXPECT_THAT(told(), IsEmpty()) << "a folder that cannot be read is not empty";
    const auto troubled = world.write([](Session& session) { return flow::troubled_file_watches(session, 10); });
    ASSERT_EQ(troubled.size(), 1U);
    EXPECT_EQ(troubled[0].rule_ref, "core.files");
    EXPECT_THAT(troubled[0].trouble, HasSubstr("/in/locked cannot be read: Permission denied"));

    world.disk.locked.clear();
    world.disk.is_deaf = true;
    world.disk.write("/in/locked/a", 2);
    world.advance(62s);
    EXPECT_THAT(told(), ElementsAre("modified /in/locked/a 2"));
    EXPECT_TRUE(world.write([](Session& session) { return flow::troubled_file_watches(session, 10); }).empty());
}

TEST_F(FileWatching, WatchesNothingOfAFolderWithTooManyFilesAndSaysSo) {
    watch({{"path", "/in"}, {"catch_up", true}});
    auto& sensor = world.start_sensor("one", {.limits = {.most_files = 3, .retry = 60s}});
    for (int i = 0; i < 4; ++i) world.disk.write(fmt::format("/in/{}", i));
    world.advance(2s);
    EXPECT_THAT(sensor.state().troubles, ElementsAre(HasSubstr("core.files: /in holds more than 3 files")));
    const auto before = told().size();
    world.disk.remove("/in/3");
    world.advance(62s);

    EXPECT_THAT(sensor.state().troubles, IsEmpty());
    EXPECT_EQ(sensor.state().files, 3U);
    EXPECT_EQ(before, 4U);
    EXPECT_THAT(told(), ElementsAre("deleted /in/3 1"));
}

TEST_F(FileWatching, ComesBackWhenAScanFails) {
    world.disk.failure = Error{Errc::unavailable, "files cannot be watched: Too many open files"};
    watch({{"path", "/in"}});
    auto& sensor = world.start_sensor("one", {});
    EXPECT_THAT(sensor.state().troubles, ElementsAre("core.files: files cannot be watched: Too many open files"));
    world.advance(1s);
    world.disk.write("/in/a");
    world.disk.failure.reset();
    world.advance(62s);

    EXPECT_THAT(sensor.state().troubles, IsEmpty());
    EXPECT_THAT(told(), ElementsAre("created /in/a 1"));
}

TEST_F(FileWatching, TellsNothingTwiceWhenAnAnswerIsLost) {
    watch({{"path", "/in"}, {"catch_up", true}});
    world.start(Role::files);
    world.advance(1s);
    for (int i = 0; i < 20; ++i) world.disk.write(fmt::format("/in/{}", i));
    world.db.faults.lost_answer = 0.7;
    world.db.faults.run_twice = 0.3;
    world.advance(60s);
    world.db.faults = {};
    world.advance(10s);

    EXPECT_EQ(told().size(), 20U);
}

TEST_F(FileWatching, TellsManyChangesInBatches) {
    watch({{"path", "/in"}, {"catch_up", true}});
    world.start_sensor("one", {.batch = 7, .page = 5});
    for (int i = 0; i < 40; ++i) world.disk.write(fmt::format("/in/{}", i));
    world.advance(2s);
    EXPECT_EQ(told().size(), 40U);
    world.crash_sensor("one");
    world.start_sensor("one", {.batch = 7, .page = 5});
    world.advance(20s);
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(count("file_seen"), 40);
}

/// A sensor that ends after so many steps of telling, and another one after it.
class FileCrash : public testing::TestWithParam<int> {};

TEST_P(FileCrash, AtAnyStepLosesNothingAndDoublesNothing) {
    World world(11 + static_cast<std::uint64_t>(GetParam()));
    for (const auto* path : {"/in/a", "/in/b", "/in/c"}) world.disk.write(path);
    world.clock.advance(1s);
    world.add_rule("core.files", "core.file_changed", "core.null",
                   {{"path", "/in"}, {"catch_up", true}, {"settle", "1s"}});
    const services::FileSensor::Options options{.host = "here", .batch = 2, .page = 2};
    world.start_sensor("one", options);
    world.disk.write("/in/a", 2);
    world.disk.rename("/in/b", "/in/d");
    world.disk.remove("/in/c");
    world.disk.write("/in/e");
    world.clock.jump(1s);
    world.loop.restart();
    for (int i = 0; i < GetParam(); ++i) world.loop.poll_one();
    world.crash_sensor("one");
    world.start_sensor("one", options);
    world.advance(10s);

    std::vector<std::string> told;
    for (const auto& event : world.events()) {
        auto text = words(event);
        told.push_back(text.substr(0, text.find(" caught up")));
    }
    EXPECT_THAT(told,
                UnorderedElementsAre("modified /in/a 2", "moved /in/b /in/d 1", "deleted /in/c 1", "created /in/e 1"));
}

INSTANTIATE_TEST_SUITE_P(Steps, FileCrash, testing::Range(0, 60));

class SharedWatching : public FileWatching {
protected:
    const services::FileSensor::Options shared{.is_alone = false};
};

TEST_F(SharedWatching, IsDoneByOneSensorOfAll) {
    watch({{"path", "/in"}, {"catch_up", true}});
    auto& one = world.start_sensor("one", shared);
    auto& two = world.start_sensor("two", shared);
    world.disk.write("/in/a");
    world.advance(10s);
    EXPECT_EQ(one.state().watches + two.state().watches, 1U);
    EXPECT_THAT(told(), ElementsAre("created /in/a 1"));

    world.crash_sensor("one");
    world.disk.write("/in/b");
    world.advance(10s);
    EXPECT_THAT(told(), IsEmpty()) << "its lease has not run out";
    world.advance(10s);
    EXPECT_EQ(two.state().watches, 1U);
    EXPECT_THAT(told(), ElementsAre("created /in/b 1 caught up"));
}

TEST_F(SharedWatching, GoesOnAtOnceWhenASensorStops) {
    watch({{"path", "/in"}, {"catch_up", true}});
    world.start_sensor("one", shared);
    auto& two = world.start_sensor("two", shared);
    world.disk.write("/in/a");
    world.crash_sensor("one", true);
    EXPECT_EQ(two.state().watches, 1U);
    world.disk.write("/in/b");
    world.advance(1s);

    EXPECT_THAT(told(), ElementsAre("created /in/a 1 caught up", "created /in/b 1"));
}

TEST_F(SharedWatching, IsDoneOnEachHostWhenTheRuleSaysSo) {
    watch({{"path", "/in"}, {"each_host", true}});
    auto& one = world.start_sensor("one", shared);
    auto& two = world.start_sensor("two", shared);
    world.start_sensor("another of two", {.host = "two", .is_alone = false});
    world.disk.write("/in/a");
    world.advance(10s);

    EXPECT_EQ(one.state().watches, 1U);
    EXPECT_EQ(two.state().watches, 1U);
    EXPECT_THAT(told(), ElementsAre("created /in/a 1", "created /in/a 1"));
}

TEST_F(SharedWatching, OfAHolderThatWasTakenOverTellsNothing) {
    watch({{"path", "/in"}, {"catch_up", true}});
    auto& one = world.start_sensor("one", shared);
    world.write(
        [&](Session& session) { return session.run_text("update file_seat set holder = 'other'", {}, nullptr); });
    world.disk.write("/in/a");
    world.advance(2s);
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(one.state().watches, 0U);
    world.advance(30s);
    EXPECT_THAT(told(), ElementsAre("created /in/a 1 caught up")) << "the other one is lost, too";
}

} // namespace
} // namespace attune::test
