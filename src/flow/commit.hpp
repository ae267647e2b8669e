#pragma once
#include "flow/audit.hpp"
#include "flow/effects.hpp"
#include "storage/database.hpp"

namespace attune::flow {

/// The effects of what a change returned: Effects, or something with `effects`.
template <class T>
const Effects& effects_of(const T& changed) {
    if constexpr (requires { changed.effects; }) {
        return changed.effects;
    } else {
        return changed;
    }
}

/// A change whose type is not known: its effects, kept by whoever made the function.
using Change = std::function<Result<const Effects*>(Session&)>;
/// commit() of such a change.
task<Result<void>> commit_change(Database& db, Outlets outlets, Actor* actor, Change change,
                                 Database::WriteOptions options);

namespace detail {

/// One coroutine a kind of result, not one a change.
template <class R>
task<R> commit_by(Database& db, Outlets outlets, Actor* actor, std::function<R(Session&)> fn,
                  Database::WriteOptions options) {
    std::optional<R> out;
    CO_CHECK(co_await commit_change(
        db, outlets, actor,
        [&](Session& session) -> Result<const Effects*> {
            out.emplace(fn(session));
            if (!*out) return Error(out->error());
            return &effects_of(**out);
        },
        options));
    co_return std::move(*out);
}

} // namespace detail

/// Commits a change, and applies what follows from it; only then is it told of. What the actor touched is recorded by
/// the same transaction; null is the program itself, of which the audit log says nothing. `fn(Session&)` returns
/// Result<Effects>, or a Result of something with `effects`. After an answer that was lost nothing is applied: sweeps
/// find the work. The actor outlives the call.
template <class F>
auto commit(Database& db, Outlets outlets, Actor* actor, F fn, Database::WriteOptions options = {})
    -> task<std::invoke_result_t<F&, Session&>> {
    using R = std::invoke_result_t<F&, Session&>;
    return detail::commit_by(db, outlets, actor, std::function<R(Session&)>(std::move(fn)), options);
}

} // namespace attune::flow
