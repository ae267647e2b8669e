#pragma once
#include "runtime/task.hpp"
#include "storage/session.hpp"

#include <functional>
#include <type_traits>

namespace attune {

/// Which work is taken first when several wait: timer firings and lease renewals, then the flow, then bulk (retention,
/// output), one small unit at a time.
enum class Lane : std::uint8_t { urgent, flow, bulk };

/// Runs plain synchronous functions over a Session on a database thread, each in a transaction of its own (or together
/// with others: group commit).
class Database {
public:
    struct WriteOptions {
        Lane lane = Lane::flow;
        /// Give the unit a savepoint from the start: its failure undoes it alone. For functions that a client's input
        /// makes fail after they changed rows.
        bool savepoint = false;
        /// Whether its answer waits until what it changed survives the loss of the database's machine. Not needed by a
        /// step whose loss is only done again, and whose consequences are durable no earlier than it: commits reach the
        /// disk in their order. (PostgreSQL; SQLite's are always durable.)
        bool durable = true;
    };

    virtual ~Database() = default;

    /// `fn(Session&) -> Result<T>` on a connection that only reads. It sees one consistent state.
    template <class F>
    auto read(F fn) -> task<std::invoke_result_t<F&, Session&>> {
        return read_by(Function<F>(std::move(fn)));
    }

    /// `fn(Session&) -> Result<T>` committed, or an error and nothing changed. It may run more than once: it returns a
    /// value and changes nothing outside its session. Cannot be cancelled once queued. `unavailable` after a lost
    /// connection: the outcome is unknown.
    template <class F>
    auto write(F fn, WriteOptions options) -> task<std::invoke_result_t<F&, Session&>> {
        return write_by(Function<F>(std::move(fn)), options);
    }
    template <class F>
    auto write(F fn) -> task<std::invoke_result_t<F&, Session&>> {
        return write(std::move(fn), WriteOptions{});
    }
    /// For API routes: a savepoint from the start.
    template <class F>
    auto write_isolated(F fn) -> task<std::invoke_result_t<F&, Session&>> {
        return write(std::move(fn), WriteOptions{.lane = Lane::flow, .savepoint = true});
    }

    /// The same without a loop, for start-up and offline tools: the calling thread waits.
    template <class F>
    auto write_blocking(F fn) -> std::invoke_result_t<F&, Session&> {
        using R = std::invoke_result_t<F&, Session&>;
        std::optional<R> out;
        Unit unit = [&](Session& session) { return keep(out, fn(with_vault(session))); };
        auto status = run_blocking(std::move(unit));
        if (!status) return std::move(status).error();
        return std::move(*out);
    }

    /// What the sessions seal secrets with; before the first of them. It outlives the database.
    void use(const Vault& vault) { vault_ = &vault; }
    /// Null when it was given none.
    const Vault* vault() const { return vault_; }

    /// Nothing when the database takes writes; else what is wrong with it ("the disk is full").
    virtual std::optional<std::string> trouble() const = 0;

    using Unit = std::function<Result<void>(Session&)>;

protected:
    virtual task<Result<void>> submit_read(Unit unit) = 0;
    virtual task<Result<void>> submit_write(WriteOptions options, Unit unit) = 0;
    virtual Result<void> run_blocking(Unit unit) = 0;

private:
    Session& with_vault(Session& session) const {
        session.use(vault_);
        return session;
    }

    const Vault* vault_ = nullptr;

    // One coroutine a kind of result, not one a function: each costs the compiler as much as a small file.
    template <class F>
    using Function = std::function<std::invoke_result_t<F&, Session&>(Session&)>;
    template <class R>
    task<R> read_by(std::function<R(Session&)> fn) {
        std::optional<R> out;
        auto status = co_await submit_read([&](Session& session) { return keep(out, fn(with_vault(session))); });
        if (!status) co_return std::move(status).error();
        co_return std::move(*out);
    }
    template <class R>
    task<R> write_by(std::function<R(Session&)> fn, WriteOptions options) {
        std::optional<R> out;
        auto status =
            co_await submit_write(options, [&](Session& session) { return keep(out, fn(with_vault(session))); });
        if (!status) co_return std::move(status).error();
        co_return std::move(*out);
    }

    template <class R>
    static Result<void> keep(std::optional<R>& out, R result) {
        if (!result) return Error(result.error());
        out.emplace(std::move(result));
        return {};
    }
};

} // namespace attune
