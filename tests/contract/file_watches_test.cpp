// Who watches files, and what is remembered of them, on both databases.
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/trigger.hpp"
#include "flow/definitions.hpp"
#include "flow/file_changes.hpp"
#include "flow/file_seats.hpp"
#include "flow/file_watches.hpp"
#include "flow/generation.hpp"

namespace attune::test {
namespace {

using logic::watch::Change;
using logic::watch::ChangeKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Backends = testing::Types<SqliteFile, PostgresServer>;

Change change(ChangeKind kind, std::string path, FileState state, std::optional<std::string> old_path = {}) {
    return {kind, std::move(path), std::move(old_path), state, false};
}

template <class Factory>
class FileWatches : public DatabaseTest<Factory> {
protected:
    void SetUp() override {
        DatabaseTest<Factory>::SetUp();
        if (this->IsSkipped()) return;
        ASSERT_TRUE(this->write([](Session& session) -> Result<bool> {
            CHECK(flow::ensure_instance(session, "uuid", kNow));
            Trigger trigger;
            trigger.ref = "core.file_changed";
            trigger.label = "File changed";
            CHECK(flow::create_trigger(session, trigger, kNow));
            return true;
        }));
        rule.id = RuleId{7};
        rule.ref = "core.files";
        rule.trigger_ref = "core.file_changed";
        rule.trigger_params = {{"path", "/in"}};
    }
    void sync() {
        ASSERT_TRUE(this->write([&](Session& session) -> Result<bool> {
            CHECK(flow::sync_rule_file_watch(session, rule, kNow));
            return true;
        }));
    }
    FileWatch watch() {
        auto all = *this->read([](Session& session) { return flow::armed_file_watches(session); });
        EXPECT_THAT(all, SizeIs(1));
        return all.front();
    }
    std::optional<FileSeat> make(const FileWatch& of, const std::string& holder, const std::string& host = "") {
        return *this->write([&](Session& s) { return flow::make_file_seat(s, of, host, holder, kNow); });
    }
    std::optional<FileSeat> take(const FileWatch& of, const FileSeat& seen, const std::string& holder) {
        return *this->write([&](Session& s) { return flow::take_file_seat(s, of, seen, holder, kNow); });
    }
    std::vector<FileSeat> seats(const std::string& host = "here") {
        return *this->read([&](Session& session) { return flow::file_seats(session, host); });
    }
    bool tell(const FileSeat& seat, const std::vector<Change>& changes, const std::vector<Event>& events = {}) {
        const auto told = *this->write([&](Session& session) {
            return flow::tell_file_changes(session, {seat.id, seat.holder, changes, events});
        });
        return told.value;
    }
    bool remember(const FileSeat& seat, const FileStates& files, bool settled) {
        std::vector<const FileStates::value_type*> all;
        for (const auto& one : files) all.push_back(&one);
        return *this->write(
            [&](Session& session) { return flow::remember_files(session, seat.id, seat.holder, all, settled); });
    }
    FileStates remembered(const FileSeat& seat, std::int64_t page = 2) {
        FileStates out;
        for (std::string after;;) {
            auto one = *this->read([&](Session& s) { return flow::remembered_files(s, seat.id, after, page); });
            out.merge(std::move(one.files));
            if (one.next.empty()) return out;
            after = one.next;
        }
    }

    Rule rule;
};
TYPED_TEST_SUITE(FileWatches, Backends);

TYPED_TEST(FileWatches, FollowTheRule) {
    const auto sum = [&] { return *this->read([](Session& session) { return flow::file_watch_sum(session); }); };
    this->sync();
    const auto first = sum();
    EXPECT_EQ(first.count, 1);
    this->sync();
    EXPECT_EQ(sum(), first) << "nothing has changed";
    this->rule.trigger_params["settle"] = "2s";
    this->sync();
    EXPECT_GT(sum().generation, first.generation);
    EXPECT_EQ(this->watch().revision, 2);
    this->rule.enabled = false;
    this->sync();
    EXPECT_THAT(*this->read([](Session& session) { return flow::armed_file_watches(session); }), IsEmpty());
    this->rule.trigger_ref = "core.other";
    this->sync();
    EXPECT_EQ(sum().count, 0);
}

TYPED_TEST(FileWatches, HaveOneSeatOrOneForEachHost) {
    this->sync();
    const auto watch = this->watch();

    const auto first = this->make(watch, "aa");
    ASSERT_TRUE(first);
    EXPECT_FALSE(this->make(watch, "bb")) << "it is taken";
    EXPECT_TRUE(this->make(watch, "aa", "here"));
    EXPECT_TRUE(this->make(watch, "aa", "there"));
    EXPECT_THAT(this->seats(), SizeIs(2)) << "of this host, and of all";
    this->rule.trigger_params["settle"] = "2s";
    this->sync();
    EXPECT_THAT(this->seats(), IsEmpty()) << "a change ends them";
    EXPECT_FALSE(this->make(watch, "aa")) << "the watch is not as it was read";
    EXPECT_FALSE(this->take(watch, *first, "bb"));
    EXPECT_TRUE(this->make(this->watch(), "aa"));
}

TYPED_TEST(FileWatches, GoToOneOfThoseWhoSawTheirHolderLost) {
    this->sync();
    const auto watch = this->watch();
    const auto first = *this->make(watch, "aa");
    ASSERT_TRUE(this->remember(first, {{"a", {1, 2, 3, 4}}}, true));
    EXPECT_FALSE(this->take(watch, first, "bb")) << "it was renewed since";
    const auto seen = this->seats().front();
    const auto second = this->take(watch, seen, "bb");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->id, first.id) << "what is remembered stays";
    EXPECT_FALSE(this->take(watch, seen, "cc"));

    EXPECT_FALSE(this->tell(first, {change(ChangeKind::deleted, "a", {1, 2, 3, 4})}));
    EXPECT_FALSE(this->remember(first, {{"b", {1, 2, 3, 4}}}, true));
    EXPECT_THAT(*this->write([](Session& s) { return flow::hold_file_seats(s, "aa"); }), IsEmpty());
    EXPECT_THAT(*this->write([](Session& s) { return flow::hold_file_seats(s, "bb"); }), ElementsAre(second->id));
    EXPECT_THAT(this->remembered(*second), SizeIs(1));
    EXPECT_TRUE(this->write([](Session& s) { return flow::leave_file_seats(s, "bb"); }));
    EXPECT_EQ(this->seats().front().holder, "");
}

TYPED_TEST(FileWatches, AreBegunAnewWhenTheirHolderWasLostBeforeItHadSeenAll) {
    this->sync();
    const auto watch = this->watch();
    const auto first = *this->make(watch, "aa");
    ASSERT_TRUE(this->remember(first, {{"a", {1, 2, 3, 4}}}, false));

    const auto second = this->take(watch, this->seats().front(), "bb");

    ASSERT_TRUE(second);
    EXPECT_NE(second->id, first.id);
    EXPECT_FALSE(second->settled);
    EXPECT_THAT(this->remembered(*second), IsEmpty());
    EXPECT_TRUE(*this->read([](Session& session) { return flow::has_ended_seats(session); }));
    std::int64_t portions = 0;
    while (*this->read([](Session& session) { return flow::has_ended_seats(session); })) {
        ASSERT_TRUE(this->write([](Session& session) { return flow::forget_ended_seats(session, 1); }));
        ++portions;
    }
    EXPECT_EQ(portions, 2);
    EXPECT_THAT(this->remembered(first), IsEmpty());
}

TYPED_TEST(FileWatches, RememberWhatWasTold) {
    this->sync();
    const auto seat = *this->make(this->watch(), "aa");
    const FileState a{1, 10, 5, 100};
    const FileState b{2, 20, 6, 200};
    const std::string strange = "h\xc3\xa9/100%\xff";
    ASSERT_TRUE(this->remember(seat, {{"a", a}, {"b", b}, {strange, a}}, true));
    EXPECT_EQ(this->remembered(seat), (FileStates{{"a", a}, {"b", b}, {strange, a}}));

    auto written = a;
    written.size = 9;
    ASSERT_TRUE(
        this->tell(seat, {change(ChangeKind::moved, "b", a, "a"), change(ChangeKind::moved, "c", b, "b"),
                          change(ChangeKind::modified, strange, written), change(ChangeKind::created, "a", b)}));

    EXPECT_EQ(this->remembered(seat), (FileStates{{"a", b}, {"b", a}, {"c", b}, {strange, written}}));
    ASSERT_TRUE(this->tell(seat, {change(ChangeKind::deleted, strange, written), change(ChangeKind::deleted, "c", b)}));
    EXPECT_EQ(this->remembered(seat), (FileStates{{"a", b}, {"b", a}}));
}

TYPED_TEST(FileWatches, TellTheSameOnceHoweverOftenItIsWritten) {
    this->sync();
    const auto watch = this->watch();
    const auto seat = *this->make(watch, "aa");
    const std::vector<Change> changes{change(ChangeKind::created, "a\xff", {1, 2, 3, 1'000'000'000'000'000'000})};
    auto event = flow::file_event(watch, changes[0], "/in/a\xff", {}, "here", kNow);
    event.id = EventId{1};

    EXPECT_TRUE(this->tell(seat, changes, {event}));
    EXPECT_TRUE(this->tell(seat, changes, {event}));

    std::vector<std::string> payloads;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        payloads.emplace_back(row.text(0));
        return {};
    };
    ASSERT_TRUE(this->read([&](Session& session) { return session.run_text("select payload from event", {}, &sink); }));
    ASSERT_THAT(payloads, SizeIs(1));
    const auto payload = parse_json(payloads[0])->as_object();
    EXPECT_EQ(payload.at("path").as_string(), "/in/a\xef\xbf\xbd") << "JSON has no other way to say it";
    EXPECT_EQ(payload.at("modified").as_string(), "2001-09-09T01:46:40.000000Z");
}

} // namespace
} // namespace attune::test
