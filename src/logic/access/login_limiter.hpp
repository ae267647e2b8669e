#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <deque>
#include <map>
#include <string>

namespace attune::logic::access {

/// Slows down the guessing of passwords and bounds the work of checking them. Pure: time is passed in (a monotonic
/// reading). Lives on the HTTP loop. Memory is bounded: the entries untouched for longest are forgotten first.
class LoginLimiter {
public:
    struct Options {
        std::size_t per_login = 10;    ///< failures of one login from one address within the window
        std::size_t per_address = 100; ///< failures from one address within the window, whatever the login
        Duration window = std::chrono::minutes{5};
        std::size_t concurrent = 8;  ///< passwords checked at the same time, all together
        std::size_t tracked = 10000; ///< logins and addresses remembered
    };

    /// Gives its place among the concurrent ones back when destroyed.
    class Ticket {
    public:
        explicit Ticket(LoginLimiter& limiter) : limiter_(&limiter) { ++limiter.running_; }
        Ticket(Ticket&& other) noexcept : limiter_(std::exchange(other.limiter_, nullptr)) {}
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() {
            if (limiter_ != nullptr) --limiter_->running_;
        }

    private:
        LoginLimiter* limiter_;
    };

    LoginLimiter() : LoginLimiter(Options{}) {}
    explicit LoginLimiter(Options options) : options_(options) {}

    /// Call before checking a password, and keep the ticket meanwhile. Errors: `too_many`, with when to try again.
    Result<Ticket> begin(const std::string& login, const std::string& address, Duration now);
    void failed(const std::string& login, const std::string& address, Duration now);
    /// Forgets the failures of this login from this address.
    void succeeded(const std::string& login, const std::string& address);

    std::size_t tracked() const { return failures_.size(); }

private:
    using Failures = std::deque<Duration>;
    Result<void> check(const std::string& key, std::size_t most, Duration now);
    void note(const std::string& key, std::size_t most, Duration now);
    void make_room(Duration now);

    Options options_;
    std::size_t running_ = 0;
    std::map<std::string, Failures> failures_; ///< by "login\naddress" and by "\naddress"
};

} // namespace attune::logic::access
