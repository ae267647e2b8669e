#pragma once
#include "base/result.hpp"
#include "runtime/task.hpp"

#include <functional>
#include <optional>

namespace attune {

/// Runs work that blocks or computes for long (password hashing, unpacking) away from the loops. Bounded: when too much
/// is waiting, run() fails with `too_many` at once.
class BlockingPool {
public:
    virtual ~BlockingPool() = default;

    template <class F>
    auto run(F work) -> task<decltype(work())> {
        std::optional<decltype(work())> out;
        CO_CHECK(co_await submit([&] { out.emplace(work()); }));
        co_return std::move(*out);
    }

protected:
    /// Runs `work` once and resumes the caller on its own loop afterwards, also when the caller was cancelled
    /// meanwhile.
    virtual task<Result<void>> submit(std::function<void()> work) = 0;
};

} // namespace attune
