#include "adapters/blocking_pool/blocking_pool.hpp"

#include <atomic>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attune {
namespace {

class ThreadedPool final : public BlockingPool {
public:
    ThreadedPool(std::size_t threads, std::size_t queue_limit) : limit_(threads + queue_limit), pool_(threads) {}
    ~ThreadedPool() override { pool_.join(); }

protected:
    task<Result<void>> submit(std::function<void()> work) override {
        if (in_hand_.fetch_add(1) >= limit_) {
            in_hand_.fetch_sub(1);
            co_return Error{Errc::too_many,
                            "too many requests of this kind are being worked on: try again in a moment"};
        }
        std::exception_ptr failure;
        auto initiate = [&](auto handler) {
            auto loop = asio::prefer(asio::any_io_executor(asio::get_associated_executor(handler)),
                                     asio::execution::outstanding_work.tracked);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            asio::post(pool_, [this, shared, loop, &failure, work = std::move(work)]() mutable {
                try {
                    work();
                } catch (...) {
                    failure = std::current_exception(); // a defect of the caller's, and told to it
                }
                in_hand_.fetch_sub(1);
                asio::post(loop, [shared] { std::move (*shared)(); });
            });
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(initiate, asio::use_awaitable);
        if (failure) std::rethrow_exception(failure);
        co_return Result<void>{};
    }

private:
    std::size_t limit_;
    std::atomic<std::size_t> in_hand_ = 0;
    asio::thread_pool pool_;
};

} // namespace

std::unique_ptr<BlockingPool> make_blocking_pool(std::size_t threads, std::size_t queue_limit) {
    return std::make_unique<ThreadedPool>(threads, queue_limit);
}

} // namespace attune
