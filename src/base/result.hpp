#pragma once
#include <cstdint>
#include <fmt/core.h>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace attune {

/// What kind of failure it is, for programs. One function maps it to an HTTP status (api/), one to an exit code
/// (app/cli).
enum class Errc : std::uint8_t {
    bad_request,     ///< the request cannot be read (syntax, a bad parameter)
    invalid,         ///< it can be read, but a field has a wrong value
    unauthenticated, ///< no valid credentials
    forbidden,       ///< valid credentials without the right
    not_found,       ///< the thing named does not exist, or is not visible
    conflict,        ///< the state does not allow it, or it exists already
    too_large,       ///< over a stated bound of size
    unsupported,     ///< a media type or encoding that is not understood
    too_many,        ///< over a stated bound of rate or number
    timeout,         ///< no answer within the limit
    cancelled,       ///< given up on request
    unavailable,     ///< a dependency is down, full or stopping: try again
    not_implemented, ///< known, and not done by this server
    internal,        ///< a defect of ours
};

/// What went wrong, for a person; `code` for the program; `field` names the input at fault ("conditions[2].operator").
struct [[nodiscard]] Error {
    Errc code = Errc::internal;
    std::string message;
    std::string field;
    std::source_location where;

    Error(Errc error_code, std::string text, std::string at_field = {},
          std::source_location location = std::source_location::current())
        : code(error_code), message(std::move(text)), field(std::move(at_field)), where(location) {}

    bool retryable() const { return code == Errc::timeout || code == Errc::unavailable || code == Errc::too_many; }

    /// "field: message", or the message alone.
    std::string text() const { return field.empty() ? message : field + ": " + message; }
};

/// The usual failure of checked input: `invalid`, with the field's name and what was expected of it.
inline Error invalid(std::string field, std::string expected,
                     std::source_location location = std::source_location::current()) {
    return Error{Errc::invalid, std::move(expected), std::move(field), location};
}

/// Ends the process with a message: a broken invariant, in every build.
[[noreturn]] void assertion_failed(std::string_view what, std::source_location where);

#define ATTUNE_ASSERT(cond)                                                                                            \
    do {                                                                                                               \
        if (!(cond)) ::attune::assertion_failed(#cond, std::source_location::current());                               \
    } while (false)

/// A value or an Error. Method names are those of std::expected, so that it can become an alias later.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}     // NOLINT(google-explicit-constructor)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {} // NOLINT(google-explicit-constructor)

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }
    T& value() & { return require_value(), *std::get_if<0>(&state_); }
    const T& value() const& { return require_value(), *std::get_if<0>(&state_); }
    T&& value() && { return require_value(), std::move(*std::get_if<0>(&state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    Error& error() & { return *std::get_if<1>(&state_); }
    const Error& error() const& { return *std::get_if<1>(&state_); }
    Error&& error() && { return std::move(*std::get_if<1>(&state_)); }
    T value_or(T fallback) && { return has_value() ? std::move(**this) : std::move(fallback); }

private:
    void require_value() const {
        if (!has_value()) assertion_failed(error().text(), error().where);
    }
    std::variant<T, Error> state_;
};

/// The result of something that only succeeds or fails.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;
    Result() = default;
    Result(Error error) : state_(std::move(error)) {} // NOLINT(google-explicit-constructor)
    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }
    Error& error() & { return *std::get_if<1>(&state_); }
    const Error& error() const& { return *std::get_if<1>(&state_); }
    Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

private:
    std::variant<std::monostate, Error> state_;
};

#define ATTUNE_CAT2_(a, b) a##b
#define ATTUNE_CAT_(a, b) ATTUNE_CAT2_(a, b)
#define ATTUNE_TRY_(ret, tmp, decl, ...)                                                                               \
    auto tmp = (__VA_ARGS__);                                                                                          \
    if (!tmp.has_value()) ret std::move(tmp).error();                                                                  \
    decl = *std::move(tmp)
#define ATTUNE_CHECK_(ret, tmp, ...)                                                                                   \
    if (auto tmp = (__VA_ARGS__); !tmp.has_value()) ret std::move(tmp).error()

/// TRY(auto x, may_fail()): x, or return the error. CHECK(may_fail()): go on, or return the error.
#define TRY(decl, ...) ATTUNE_TRY_(return, ATTUNE_CAT_(attune_try_, __COUNTER__), decl, __VA_ARGS__)
#define CHECK(...) ATTUNE_CHECK_(return, ATTUNE_CAT_(attune_check_, __COUNTER__), __VA_ARGS__)
#define CO_TRY(decl, ...) ATTUNE_TRY_(co_return, ATTUNE_CAT_(attune_try_, __COUNTER__), decl, __VA_ARGS__)
#define CO_CHECK(...) ATTUNE_CHECK_(co_return, ATTUNE_CAT_(attune_check_, __COUNTER__), __VA_ARGS__)

} // namespace attune
