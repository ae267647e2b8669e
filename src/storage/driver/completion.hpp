#pragma once
#include "base/result.hpp"
#include "runtime/task.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace attune::driver {

/// How a database thread gives an answer back to the coroutine that waits for it on its own loop.
struct Completion {
    /// Keeps the loop running until it is called. Empty: the caller blocks, and is answered on the database thread.
    asio::any_io_executor loop;
    std::function<void(Result<void>)> resume; ///< call on `loop`, once
};

/// Suspends until the Completion handed to `start` is called. Not cancellable: what waits refers to the caller's frame.
template <class Start>
task<Result<void>> await_completion(Start start) {
    auto initiate = [&start](auto handler) {
        auto loop = asio::prefer(asio::any_io_executor(asio::get_associated_executor(handler)),
                                 asio::execution::outstanding_work.tracked);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        start(Completion{std::move(loop), [shared](Result<void> outcome) { std::move (*shared)(std::move(outcome)); }});
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(initiate,
                                                                                                asio::use_awaitable);
}

/// An answer on its way: what to call, and with what.
struct Answer {
    Completion completion;
    Result<void> outcome;
};

/// Gives all of them back, with one post to each loop.
void complete_all(std::vector<Answer> answers);

/// Answers that too much is waiting already.
void refuse(Completion completion, std::string_view what);

} // namespace attune::driver
