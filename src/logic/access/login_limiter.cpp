#include "logic/access/login_limiter.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::logic::access {
namespace {

std::string pair_key(const std::string& login, const std::string& address) {
    // Logins may be as long as a body: what is remembered is not.
    return to_lower(login.substr(0, 255)) + "\n" + address;
}

std::string address_key(const std::string& address) {
    return "\n" + address;
}

} // namespace

Result<void> LoginLimiter::check(const std::string& key, std::size_t most, Duration now) {
    const auto found = failures_.find(key);
    if (found == failures_.end()) return {};
    auto& times = found->second;
    while (!times.empty() && times.front() + options_.window <= now) times.pop_front();
    if (times.empty()) {
        failures_.erase(found);
        return {};
    }
    if (times.size() < most) return {};
    const auto wait = std::chrono::ceil<std::chrono::seconds>(times.front() + options_.window - now);
    return Error{Errc::too_many, fmt::format("Too many failed logins; try again in {}", format_duration(wait))};
}

void LoginLimiter::make_room(Duration now) {
    if (failures_.size() < options_.tracked) return;
    std::erase_if(failures_, [&](const auto& entry) { return entry.second.back() + options_.window <= now; });
    while (failures_.size() >= options_.tracked) {
        failures_.erase(std::min_element(failures_.begin(), failures_.end(), [](const auto& a, const auto& b) {
            return a.second.back() < b.second.back();
        }));
    }
}

void LoginLimiter::note(const std::string& key, std::size_t most, Duration now) {
    if (!failures_.contains(key)) make_room(now);
    auto& times = failures_[key];
    times.push_back(now);
    if (times.size() > most) times.pop_front();
}

Result<LoginLimiter::Ticket> LoginLimiter::begin(const std::string& login, const std::string& address, Duration now) {
    CHECK(check(pair_key(login, address), options_.per_login, now));
    CHECK(check(address_key(address), options_.per_address, now));
    if (running_ >= options_.concurrent) {
        return Error{Errc::too_many, "Too many logins are being checked; try again in a second"};
    }
    return Ticket(*this);
}

void LoginLimiter::failed(const std::string& login, const std::string& address, Duration now) {
    note(pair_key(login, address), options_.per_login, now);
    note(address_key(address), options_.per_address, now);
}

void LoginLimiter::succeeded(const std::string& login, const std::string& address) {
    failures_.erase(pair_key(login, address));
}

} // namespace attune::logic::access
