#pragma once
// What schedules mean, in English. Internal to Schedule::describe and Schedule::clock_changes.
#include "logic/schedule/cron_spec.hpp"
#include "logic/schedule/rrule.hpp"

namespace attune::logic::schedule {

/// "at 02:30 on weekdays".
std::string describe_cron(const CronFields& fields);
/// "every 2 weeks on Monday at 09:00, 10 times".
std::string describe_rrule(const RRule& rule, const TimeZone& zone);

} // namespace attune::logic::schedule
