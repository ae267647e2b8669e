#pragma once
// For tests of the API without sockets.
#include "api/router.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

namespace attune::api {

/// Runs a coroutine to its end on a loop of its own.
template <class T>
T run_to_end(task<T> work) {
    asio::io_context loop;
    std::optional<T> out;
    std::exception_ptr failure;
    auto keep = [](task<T> inner, std::optional<T>& into) -> task<void> { into.emplace(co_await std::move(inner)); };
    asio::co_spawn(loop, keep(std::move(work), out), [&](std::exception_ptr error) { failure = std::move(error); });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*out);
}

/// Knows the callers by the names that are their tokens.
class FakeAuthenticator final : public Authenticator {
public:
    std::map<std::string, Caller, std::less<>> callers;

    task<Result<Caller>> authenticate(const RawRequest& request) override {
        auto field = request.headers.get("authorization");
        if (!field.starts_with("Bearer ")) co_return Error{Errc::unauthenticated, std::string(kTokenMissing)};
        const auto found = callers.find(field.substr(7));
        if (found == callers.end()) co_return Error{Errc::unauthenticated, std::string(kTokenInvalid)};
        co_return found->second;
    }
};

/// A request as the server would make it; `token` goes into its bearer field unless empty.
inline RawRequest make_request(Method method, std::string_view target, std::string body = {},
                               const std::string& token = {}) {
    RawRequest request;
    request.method = method;
    ATTUNE_ASSERT(parse_target(target, request).has_value());
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    request.body = std::move(body);
    return request;
}

} // namespace attune::api
