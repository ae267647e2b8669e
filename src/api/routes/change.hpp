#pragma once
#include "api/context.hpp"
#include "api/envelopes.hpp"

namespace attune::api {

/// Runs one read-modify-write of definitions, and tells the services after its commit.
template <class F>
task<std::invoke_result_t<F&, Session&>> change_definitions(Context& ctx, F fn) {
    auto result = co_await ctx.db.write_isolated(std::move(fn));
    if (result) {
        ctx.bus.ring(Topic::definitions);
        ctx.bus.ring(Topic::timers);
    }
    co_return result;
}

} // namespace attune::api
