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

/// Commits a change, and applies what follows from it; only then is it told of. What the actor touched is recorded by
/// the same transaction; null is the program itself, of which the audit log says nothing. `fn(Session&)` returns
/// Result<Effects>, or a Result of something with `effects`. After an answer that was lost nothing is applied: sweeps
/// find the work. The actor outlives the call.
template <class F>
auto commit(Database& db, Outlets outlets, const Actor* actor, F fn, Database::WriteOptions options = {})
    -> task<std::invoke_result_t<F&, Session&>> {
    using R = std::invoke_result_t<F&, Session&>;
    auto result = co_await db.write(
        [&](Session& session) -> R {
            auto changed = fn(session);
            if (changed && actor != nullptr) CHECK(record_touched(session, *actor, effects_of(*changed).touched()));
            return changed;
        },
        options);
    if (result) effects_of(*result).apply(outlets);
    co_return result;
}

} // namespace attune::flow
