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
        return run_by(std::function<decltype(work())()>(std::move(work)));
    }

protected:
    /// Runs `work` once and resumes the caller on its own loop afterwards, also when the caller was cancelled
    /// meanwhile.
    virtual task<Result<void>> submit(std::function<void()> work) = 0;

private:
    /// One coroutine a kind of result.
    template <class R>
    task<R> run_by(std::function<R()> work) {
        std::optional<R> out;
        CO_CHECK(co_await submit([&] { out.emplace(work()); }));
        co_return std::move(*out);
    }
};

} // namespace attune
