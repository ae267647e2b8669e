#include "logic/retry/next_delay.hpp"

#include <algorithm>
#include <cmath>

namespace attune::logic::retry {

ATTUNE_FIELDS(RetryPolicy, max_retries, backoff, base, factor, cap, jitter);

namespace {

/// 0 to 1; what is not a number counts as `otherwise`.
double unit(double value, double otherwise) {
    return std::isnan(value) ? otherwise : std::clamp(value, 0.0, 1.0);
}

/// The growth over `base`, in doubles: it may overflow to infinity, which the cap then cuts.
double growth(const RetryPolicy& policy, int attempt) {
    switch (policy.backoff) {
    case Backoff::constant: return 1.0;
    case Backoff::linear: return attempt;
    case Backoff::exponential: return std::pow(std::fmax(policy.factor, 1.0), attempt - 1);
    }
    return 1.0;
}

} // namespace

std::optional<Duration> next_delay(const RetryPolicy& policy, int attempt, double jitter01) {
    if (attempt < 1 || attempt > policy.max_retries) return std::nullopt;
    const auto base = static_cast<double>(std::max(policy.base, Duration::zero()).count());
    const auto cap = static_cast<double>(std::max(policy.cap, Duration::zero()).count());
    // 0 * infinity is not a number; no base means no pause.
    if (base == 0.0) return Duration::zero();
    const double pause = std::min(base * growth(policy, attempt), cap);
    const double varied = pause * (1.0 + unit(policy.jitter, 0.0) * (2.0 * unit(jitter01, 0.5) - 1.0));
    if (varied >= cap) return std::max(policy.cap, Duration::zero());
    return Duration{std::llround(varied)};
}

} // namespace attune::logic::retry
