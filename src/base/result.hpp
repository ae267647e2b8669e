#pragma once
#include <concepts>
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

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
    // Not in line: nearly every function can fail, and each of its ways to would have these once more.
    Error(const Error& other);
    Error(Error&& other) noexcept;
    Error& operator=(const Error& other);
    Error& operator=(Error&& other) noexcept;
    ~Error();

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
    Result(T value) : value_(std::move(value)), has_value_(true) {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : error_(std::move(error)), has_value_(false) {} // NOLINT(google-explicit-constructor)
    Result(const Result& other)
        requires std::copy_constructible<T>
        : has_value_(other.has_value_) {
        take(other);
    }
    Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : has_value_(other.has_value_) {
        take(std::move(other));
    }
    Result& operator=(const Result& other)
        requires std::copy_constructible<T>
    {
        return *this = Result(other);
    }
    Result& operator=(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (this == &other) return *this;
        destroy();
        has_value_ = other.has_value_;
        take(std::move(other));
        return *this;
    }
    ~Result() { destroy(); }

    bool has_value() const { return has_value_; }
    explicit operator bool() const { return has_value(); }
    T& value() & { return require_value(), value_; }
    const T& value() const& { return require_value(), value_; }
    T&& value() && { return require_value(), std::move(value_); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    Error& error() & { return error_; }
    const Error& error() const& { return error_; }
    Error&& error() && { return std::move(error_); }
    T value_or(T fallback) && { return has_value() ? std::move(**this) : std::move(fallback); }

private:
    void require_value() const {
        if (!has_value()) assertion_failed(error_.text(), error_.where);
    }
    template <class Other>
    void take(Other&& other) {
        if (has_value_) {
            std::construct_at(&value_, std::forward<Other>(other).value_);
        } else {
            std::construct_at(&error_, std::forward<Other>(other).error_);
        }
    }
    void destroy() {
        if (has_value_) {
            std::destroy_at(&value_);
        } else {
            std::destroy_at(&error_);
        }
    }

    // Not a std::variant: every use of one costs the compiler a set of visitors.
    union {
        T value_;
        Error error_;
    };
    bool has_value_;
};

/// The result of something that only succeeds or fails.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;
    Result() = default;
    Result(Error error) : error_(std::move(error)) {} // NOLINT(google-explicit-constructor)
    bool has_value() const { return !error_; }
    explicit operator bool() const { return has_value(); }
    Error& error() & { return *error_; }
    const Error& error() const& { return *error_; }
    Error&& error() && { return *std::move(error_); }

private:
    std::optional<Error> error_;
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
