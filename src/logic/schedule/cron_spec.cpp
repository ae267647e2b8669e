#include "logic/schedule/cron_spec.hpp"

#include "logic/schedule/zoned_search.hpp"

namespace attune::logic::schedule {
namespace {

/// The local times of an expression, with a budget of steps.
struct CronSeries {
    const CronFields& fields;
    int steps = 0;

    std::optional<Seconds> next(Seconds from) {
        return ++steps > CronSpec::kMaxSteps ? std::nullopt : fields.next(from, steps);
    }
    std::optional<Seconds> prev(Seconds from) {
        return ++steps > CronSpec::kMaxSteps ? std::nullopt : fields.prev(from, steps);
    }
};

std::optional<Timestamp> to_timestamp(std::optional<Seconds> instant) {
    if (!instant) return std::nullopt;
    return from_seconds(*instant);
}

} // namespace

std::optional<Timestamp> CronSpec::next(Timestamp after, const TimeZone& zone, DstPolicy policy) const {
    CronSeries series{fields_};
    return to_timestamp(ZonedSearch(series, zone, policy, fixed_time_).next(floor_seconds(after) + 1));
}

std::optional<Timestamp> CronSpec::prev(Timestamp before, const TimeZone& zone, DstPolicy policy) const {
    CronSeries series{fields_};
    const auto last = floor_seconds(before - Duration{1});
    return to_timestamp(ZonedSearch(series, zone, policy, fixed_time_).prev(last));
}

int CronSpec::count_steps_for_test(Timestamp after, const TimeZone& zone, DstPolicy policy) const {
    CronSeries series{fields_};
    ZonedSearch(series, zone, policy, fixed_time_).next(floor_seconds(after) + 1);
    return series.steps;
}

} // namespace attune::logic::schedule
