#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "contract/records.hpp"
#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/evaluation.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/file_watch.hpp"
#include "domain/identity.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"
#include "domain/worker.hpp"

namespace attune::test {
namespace {

using testing::ElementsAre;
using Backends = testing::Types<SqliteFile, PostgresServer>;

template <class Factory>
class DatabaseContract : public DatabaseTest<Factory> {
protected:
    std::vector<std::string> keys() {
        auto rows = this->read([](Session& session) { return session.all<Placement>(Statements<Placement>::all); });
        std::vector<std::string> out;
        for (const auto& row : *rows) out.push_back(row.key);
        return out;
    }
    static Placement placement(std::int64_t id, std::string key) { return {PlacementId{id}, std::move(key), {}}; }
    static Result<bool> insert(Session& session, std::int64_t id, std::string key) {
        CHECK(session.insert(Statements<Placement>::insert, placement(id, std::move(key))));
        return true;
    }

    template <Described T>
    void keeps() {
        SCOPED_TRACE(table_name<T>());
        const std::vector<T> rows{sample<T>(1), sample<T>(2)};
        const auto written = this->write([&](Session& session) -> Result<bool> {
            for (const auto& row : rows) CHECK(session.insert(Statements<T>::insert, row));
            return true;
        });
        ASSERT_TRUE(written) << written.error().text();
        const auto back = this->read([](Session& session) { return session.all<T>(Statements<T>::all); });
        ASSERT_TRUE(back) << back.error().text();
        ASSERT_EQ(back->size(), rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(text_of((*back)[i]), text_of(rows[i]));
    }
};
TYPED_TEST_SUITE(DatabaseContract, Backends);

TYPED_TEST(DatabaseContract, GivesBackEveryStructAsItWasWritten) {
    // In the order of their references.
    this->template keeps<Identity>();
    this->template keeps<Pack>();
    this->template keeps<PermissionSet>();
    this->template keeps<Runtime>();
    this->template keeps<Calendar>();
    this->template keeps<Trigger>();
    this->template keeps<Action>();
    this->template keeps<Rule>();
    this->template keeps<Timer>();
    this->template keeps<TimerSkip>();
    this->template keeps<FileWatch>();
    this->template keeps<FileSeat>();
    this->template keeps<Event>();
    this->template keeps<Enforcement>();
    this->template keeps<Placement>();
    this->template keeps<Execution>();
    this->template keeps<OutputChunk>();
    this->template keeps<SealedValue>();
    this->template keeps<DebouncedMatch>();
    this->template keeps<ThrottledKey>();
    this->template keeps<Worker>();
}

TYPED_TEST(DatabaseContract, KeepsRowsAcrossAReopen) {
    ASSERT_TRUE(this->write([&](Session& session) { return this->insert(session, 1, "kept"); }));
    this->reopen();
    EXPECT_THAT(this->keys(), ElementsAre("kept"));
}

TYPED_TEST(DatabaseContract, ReportsAUniqueViolationAsAConflictAndUndoesItsUnitAlone) {
    ASSERT_TRUE(this->write([&](Session& session) { return this->insert(session, 1, "a"); }));
    for (const bool savepoint : {false, true}) {
        const auto failed = this->write(
            [&](Session& session) -> Result<bool> {
                CHECK(this->insert(session, 2, "b"));
                return this->insert(session, 3, "a");
            },
            {.savepoint = savepoint});
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().code, Errc::conflict) << failed.error().text();
    }
    EXPECT_THAT(this->keys(), ElementsAre("a"));
    EXPECT_EQ(this->db->trouble(), std::nullopt);
}

TYPED_TEST(DatabaseContract, ReportsADanglingReferenceAsAConflict) {
    const auto failed = this->write([&](Session& session) -> Result<bool> {
        CHECK(session.insert(Statements<Pack>::insert, sample<Pack>(1))); // its installed_by is nobody
        return true;
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::conflict) << failed.error().text();
}

TYPED_TEST(DatabaseContract, ReportsAForbiddenValueAsInvalid) {
    const auto failed = this->write([&](Session& session) -> Result<bool> {
        auto timer = sample<Timer>(1);
        timer.forgotten = timer.cursor + 1s;
        CHECK(session.insert(Statements<Timer>::insert, timer));
        return true;
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::invalid) << failed.error().text();
}

TYPED_TEST(DatabaseContract, LeavesNothingOfAUnitThatFailsByItself) {
    const auto failed = this->write([&](Session& session) -> Result<bool> {
        CHECK(this->insert(session, 1, "a"));
        return Error{Errc::invalid, "changed its mind"};
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "changed its mind");
    EXPECT_TRUE(this->keys().empty());
}

TYPED_TEST(DatabaseContract, TellsWhichOfManyRowsWentIn) {
    const std::vector<Placement> rows{this->placement(1, "a"), this->placement(2, "b"), this->placement(3, "a"),
                                      this->placement(1, "c"), this->placement(5, "e")};
    const auto inserted = this->write(
        [&](Session& session) { return session.insert_many<Placement>(Statements<Placement>::insert_new, rows); });
    ASSERT_TRUE(inserted) << inserted.error().text();
    EXPECT_THAT(*inserted, ElementsAre(0U, 1U, 4U));
    EXPECT_THAT(this->keys(), ElementsAre("a", "b", "e"));
}

TYPED_TEST(DatabaseContract, AFailingUnitDoesNotHurtOthersOfItsGroup) {
    std::vector<Result<bool>> outcomes(9, Result<bool>(false));
    asio::io_context loop;
    for (std::int64_t i = 0; i < 9; ++i) {
        asio::co_spawn(
            loop,
            [&, i]() -> task<void> {
                const Database::WriteOptions options{.savepoint = i % 2 == 0};
                outcomes[static_cast<std::size_t>(i)] = co_await this->db->write(
                    [&, i](Session& session) -> Result<bool> {
                        CHECK(this->insert(session, i + 1, fmt::format("k{}", i)));
                        if (i % 3 == 2) return Error{Errc::invalid, "this one fails"};
                        return true;
                    },
                    options);
            },
            asio::detached);
    }
    loop.run();
    for (std::size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].has_value(), i % 3 != 2) << i;
    EXPECT_THAT(this->keys(), ElementsAre("k0", "k1", "k3", "k4", "k6", "k7"));
}

TYPED_TEST(DatabaseContract, CommitsTheWritesOfManyCoroutinesOnSeveralLoops) {
    constexpr int kLoops = 3;
    constexpr int kCoroutines = 50;
    constexpr int kWrites = 4;
    std::atomic<int> failures = 0;
    const auto work = [&](int loop_number) {
        asio::io_context loop;
        for (int c = 0; c < kCoroutines; ++c) {
            const auto body = [&, c]() -> task<void> {
                for (int w = 0; w < kWrites; ++w) {
                    const std::int64_t id = 1 + (loop_number * kCoroutines + c) * kWrites + w;
                    const auto done = co_await this->db->write(
                        [this, id](Session& session) { return this->insert(session, id, std::to_string(id)); });
                    if (!done) ++failures;
                }
            };
            asio::co_spawn(loop, body, asio::detached);
        }
        loop.run();
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kLoops; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(this->keys().size(), std::size_t{kLoops * kCoroutines * kWrites});
}

TYPED_TEST(DatabaseContract, TakesBulkWorkAlthoughTheFlowNeverPauses) {
    // More of the flow waits than one group takes, always.
    constexpr int kFlows = 16;
    constexpr int kMost = 1000;
    const auto slow = [](Session&) -> Result<bool> {
        std::this_thread::sleep_for(1ms);
        return true;
    };
    asio::io_context loop;
    int flow_writes = 0;
    bool is_done = false;
    const auto flow = [&]() -> task<void> {
        while (!is_done && ++flow_writes < kMost) (void)co_await this->db->write(slow);
    };
    const auto bulk = [&]() -> task<void> {
        is_done = (co_await this->db->write(slow, {.lane = Lane::bulk, .savepoint = false})).has_value();
    };
    for (int i = 0; i < kFlows; ++i) asio::co_spawn(loop, flow, asio::detached);
    asio::co_spawn(loop, bulk, asio::detached);

    loop.run();

    EXPECT_TRUE(is_done);
    EXPECT_LT(flow_writes, kMost);
}

TYPED_TEST(DatabaseContract, RefusesToWriteInARead) {
    const auto outcome = this->read([&](Session& session) { return this->insert(session, 1, "a"); });
    EXPECT_FALSE(outcome);
    EXPECT_TRUE(this->keys().empty());
}

TYPED_TEST(DatabaseContract, WorksWithoutALoop) {
    ASSERT_TRUE(this->db->write_blocking([&](Session& session) { return this->insert(session, 1, "a"); }));
    EXPECT_FALSE(this->db->write_blocking([&](Session& session) { return this->insert(session, 2, "a"); }));
    EXPECT_THAT(this->keys(), ElementsAre("a"));
}

} // namespace
} // namespace attune::test
