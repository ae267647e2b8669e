#pragma once
#include "flow/effects.hpp"
#include "storage/database.hpp"

namespace attune::flow {

/// Commits a change, and applies what follows from it; only then is it told of. `fn(Session&)` returns Result<Effects>,
/// or a Result of something with `effects`. After an answer that was lost nothing is applied: sweeps find the work.
template <class F>
auto commit(Database& db, Outlets outlets, F fn, Database::WriteOptions options = {})
    -> task<std::invoke_result_t<F&, Session&>> {
    auto result = co_await db.write(std::move(fn), options);
    if (result) {
        if constexpr (requires { result->effects; }) {
            result->effects.apply(outlets);
        } else {
            result->apply(outlets);
        }
    }
    co_return result;
}

} // namespace attune::flow
