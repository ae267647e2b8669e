#pragma once
#include "base/enums.hpp"
#include "base/timestamp.hpp"
#include "base/type.hpp"

#include <optional>

namespace attune::logic::retry {

/// How the pause grows from one attempt to the next: d, d*n, or d*factor^(n-1).
enum class Backoff { constant, linear, exponential };
ATTUNE_ENUM(Backoff, constant, linear, exponential)

/// When a failed attempt is made again. The defaults are those of a policy that names only `max_retries`.
struct RetryPolicy {
    int max_retries = 0; ///< attempts after the first; 0 = none
    Backoff backoff = Backoff::exponential;
    Duration base = 1s;  ///< the first pause
    double factor = 2.0; ///< growth of `exponential`; below 1 counts as 1
    Duration cap = 300s; ///< no pause is longer, jitter included
    double jitter = 0.2; ///< share of the pause that varies, 0 to 1: 0.2 = 80 % to 120 %
};
ATTUNE_STRUCT(RetryPolicy);

/// The pause before the next attempt, after `attempt` attempts failed (1 = the first one did); empty when no retry is
/// left. `jitter01` is a random number from 0 to 1 given by the caller; 0.5 means no jitter. Never negative, never
/// above `cap`, whatever the numbers in the policy.
std::optional<Duration> next_delay(const RetryPolicy& policy, int attempt, double jitter01);

} // namespace attune::logic::retry
