#pragma once
#include "storage/database.hpp"
#include "storage/driver/transaction_session.hpp"

#include <algorithm>
#include <chrono>

namespace attune::driver {

/// How long a group takes work: `longest`, or 1 ms once it has an urgent write, which waits for its commit.
class GroupTime {
public:
    explicit GroupTime(Duration longest) : limit_(longest) {}
    /// A write of this lane has run.
    void ran(Lane lane) {
        if (lane == Lane::urgent) limit_ = std::min(limit_, Duration{1000});
        is_over_ = std::chrono::steady_clock::now() - started_ > limit_;
    }
    /// Not before one has run.
    bool is_over() const { return is_over_; }

private:
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    Duration limit_;
    bool is_over_ = false;
};

/// One transaction for several writes, committed with one fsync. Holds the rules of the game, without threads:
/// - a unit that fails having changed no row leaves the group as it is;
/// - a unit with a savepoint is undone alone;
/// - any other failure undoes the group, which is then run again with a savepoint for each;
/// - a unit whose statement failed has failed, whatever it says;
/// - when the transaction is gone (the disk is full), everything has failed.
class WriteGroup {
public:
    struct Member {
        Database::Unit* unit = nullptr;
        bool savepoint = false;
        Result<void> outcome;
        /// It failed because others were in its way (a deadlock): worth running once more, in a group of its own.
        bool must_repeat = false;
    };

    /// Of the transaction that is open, or is opened before the first unit comes.
    explicit WriteGroup(TransactionSession& connection)
        : connection_(connection), changes_before_(connection.total_changes()) {}

    /// Runs one more unit in it. Once has_failed(), add no more: commit() settles what is there. The commit is durable
    /// when a unit that has to be changed something.
    void add(Database::Unit& unit, bool savepoint, bool durable = true);

    /// Commits; afterwards every member has its outcome.
    void commit();

    std::vector<Member>& members() { return members_; }
    bool has_failed() const { return must_rerun_ || lost_.has_value(); }
    /// Whether the commit wrote anything: one without a change succeeds on a full disk too.
    bool has_written() const { return has_written_; }

private:
    Result<void> run_one(Member& member, bool with_savepoint);
    void rerun();
    void fail_all(const Error& error);

    TransactionSession& connection_;
    const std::int64_t changes_before_;
    std::vector<Member> members_;
    std::optional<Error> lost_; ///< the transaction is gone
    bool must_rerun_ = false;
    bool is_durable_ = false;
    bool has_written_ = false;
};

} // namespace attune::driver
