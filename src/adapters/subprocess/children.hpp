#pragma once
#include "adapters/subprocess/launch.hpp"

#include <functional>
#include <utility>
#include <vector>

/// The children of this process, for all its runners: those that were started (leaders) are reaped by who watches them,
/// those that were adopted by reap_adopted(). Thread-safe.
namespace attune::adapters::subprocess::children {

/// Runs `make`, which returns the new child's pid (-1 = none) and what it made.
Launched add_leader(const std::function<std::pair<pid_t, Launched>()>& make);

/// Reaps a leader that has ended, its exit status read before. One that has not ended counts as adopted from now on.
void reap_leader(int pidfd, pid_t pid);

/// From now on orphans of our children come to us.
void adopt();

/// Reaps one that is known to be adopted and to have ended.
void reap_adopted(pid_t pid);

/// Reaps the adopted ones that have ended, and returns a pidfd for each that has not. Takes milliseconds. Does nothing
/// before adopt().
std::vector<UniqueFd> reap_adopted();

} // namespace attune::adapters::subprocess::children
