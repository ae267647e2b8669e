#pragma once
#include "domain/evaluation.hpp"
#include "logic/matching/conditions.hpp"

#include <span>
#include <vector>

namespace attune::logic::matching {

/// Whether the conditions hold for the event, and why not: `matched`, `outcome`, `reason`, `condition` and `seen`.
void evaluate(const Conditions& conditions, const EventView& event, Evaluation& out);

/// The key of "throttle" or "debounce" cannot be told: no match, and why.
void fail_key(std::string_view place, const Error& error, Evaluation& out);

/// What would become of these events, in the order of their time, had the rule met no others: throttle and debounce are
/// followed from one to the next. The last of a key is taken for one that nothing follows.
std::vector<Evaluation> dry_run(const Conditions& conditions, std::span<const EventView> events);

} // namespace attune::logic::matching
