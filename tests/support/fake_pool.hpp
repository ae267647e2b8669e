#pragma once
#include "runtime/blocking_pool.hpp"

namespace attune::test {

/// Does the work at once.
class FakePool final : public BlockingPool {
protected:
    task<Result<void>> submit(std::function<void()> work) override {
        work();
        co_return Result<void>{};
    }
};

} // namespace attune::test
