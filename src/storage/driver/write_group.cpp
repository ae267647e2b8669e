#include "storage/driver/write_group.hpp"

namespace attune::driver {

void WriteGroup::add(Database::Unit& unit, bool savepoint, bool durable) {
    auto& member = members_.emplace_back(Member{&unit, savepoint, {}, false});
    const auto before = connection_.total_changes();
    member.outcome = run_one(member, savepoint);
    if (durable && connection_.total_changes() != before) is_durable_ = true;
    if (member.outcome || lost_) return;
    if (!savepoint && (connection_.is_failed() || connection_.total_changes() != before)) must_rerun_ = true;
}

Result<void> WriteGroup::run_one(Member& member, bool with_savepoint) {
    if (with_savepoint) CHECK(connection_.control("savepoint unit"));
    auto outcome = (*member.unit)(connection_);
    if (!connection_.in_transaction()) {
        lost_ = outcome ? Error{Errc::unavailable, "the database ended the transaction"} : outcome.error();
        return *lost_;
    }
    if (outcome && connection_.is_failed())
        outcome = Error{Errc::internal, "a unit went on after one of its statements had failed"};
    member.must_repeat = connection_.take_conflict() && !outcome;
    if (!with_savepoint) return outcome;
    if (!outcome) CHECK(connection_.control("rollback to unit"));
    CHECK(connection_.control("release unit"));
    return outcome;
}

void WriteGroup::rerun() {
    must_rerun_ = false;
    is_durable_ = true;
    if (auto undone = connection_.control("rollback"); !undone) return fail_all(undone.error());
    if (auto begun = connection_.begin(); !begun) return fail_all(begun.error());
    for (auto& member : members_) {
        member.outcome = run_one(member, true);
        if (lost_) return;
    }
}

void WriteGroup::fail_all(const Error& error) {
    lost_ = error;
    for (auto& member : members_) {
        member.outcome = error;
        member.must_repeat = false; // whether it was committed may not be known
    }
    if (connection_.in_transaction()) (void)connection_.control("rollback");
}

void WriteGroup::commit() {
    if (must_rerun_ && !lost_) rerun();
    if (lost_) return fail_all(Error(*lost_));
    if (auto committed = connection_.commit(is_durable_); !committed) return fail_all(committed.error());
    has_written_ = connection_.total_changes() != changes_before_;
}

} // namespace attune::driver
