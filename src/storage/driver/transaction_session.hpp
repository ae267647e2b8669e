#pragma once
#include "storage/session.hpp"

namespace attune::driver {

/// What the drivers of both databases show to the code that they share.
class TransactionSession : public Session {
public:
    /// commit, rollback, "savepoint unit", …: fixed texts.
    virtual Result<void> control(const char* statement) = 0;
    /// Opens a transaction that may write.
    virtual Result<void> begin() = 0;
    /// `durable`: answered only once it is on disk. Otherwise it may be lost with the machine, together with all that
    /// was committed after it, but for those that are durable.
    virtual Result<void> commit(bool /*durable*/) { return control("commit"); }
    /// Whether a transaction is open, be it a failed one.
    virtual bool in_transaction() const = 0;
    /// Whether the open transaction takes nothing but its rollback, because a statement of it failed.
    virtual bool is_failed() const { return false; }
    /// Whether a statement failed since the last call because of what others did at the same time (a deadlock, a
    /// serialization failure), so that the same work may succeed when it is done again.
    virtual bool take_conflict() { return false; }
    /// Rows changed since the connection was opened.
    virtual std::int64_t total_changes() const = 0;
};

} // namespace attune::driver
