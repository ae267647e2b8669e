#pragma once
#include "base/enums.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace attune {

/// Everything that is measured. metric_table.cpp says what each one means; docs/reference/metrics.md is made of that.
enum class Metric : std::uint8_t {
    events_recorded,
    webhook_requests,
    timer_firings,
    timer_times_not_fired,
    timer_lateness,
    timers_armed,
    timers_proved,
    events_decided,
    event_decision,
    rule_evaluations,
    enforcements,
    runs_held_back,
    executions_scheduled,
    workers_lost,
    executions_recovered,
    executions_claimed,
    claim_delay,
    start_delay,
    event_to_start,
    execution_run,
    executions_finished,
    worker_slots,
    worker_slots_busy,
    process_spawn,
    worker_registered,
    rows_deleted,
    audit_events_dropped,
    events_undecided,
    executions_unfinished,
    timers_unarmed,
    database_up,
    database_groups,
    database_group_writes,
    database_group_failures,
    database_group_repeats,
    database_commit,
    database_write_wait,
    database_read_wait,
    database_connections,
    database_connection_failures,
    bus_up,
    bus_connections,
    bus_messages_sent,
    bus_messages_received,
    bus_messages_dropped,
    notifier_clients,
    notifier_messages,
    notifier_clients_ended,
    notifier_delay,
    http_requests,
    http_requests_in_flight,
    http_request,
    loop_delay,
    process_resident_memory,
    process_cpu,
    process_open_fds,
    process_start_time,
    build_info
};
constexpr std::size_t kMetricCount = static_cast<std::size_t>(Metric::build_info) + 1;

enum class MetricKind : std::uint8_t { counter, gauge, histogram };
ATTUNE_ENUM(MetricKind, counter, gauge, histogram)

/// The most values that a label of the table has.
constexpr std::size_t kMostLabelValues = 8;
/// The most bounds that a histogram has.
constexpr std::size_t kMostBounds = 20;

/// What one metric is. Every label value is one of the table, the template of a route, or a name that the program gives
/// itself: never the ref or the name of what users make. So the number of series is bounded.
struct MetricSpec {
    Metric id;
    std::string_view name; ///< "attune_events_recorded_total"
    MetricKind kind;
    std::string_view part; ///< of the program, for the reference: "timers"
    std::string_view help;
    std::string_view label = {};                                      ///< its name, or the names of several; none = ""
    std::array<std::string_view, kMostLabelValues> label_values = {}; ///< empty: whoever samples it gives them
    /// Values are kept in microseconds and shown in seconds.
    constexpr bool is_time() const { return name.ends_with("_seconds") || name.ends_with("_seconds_total"); }
    constexpr std::size_t value_count() const {
        std::size_t count = 0;
        while (count < kMostLabelValues && !label_values[count].empty()) ++count;
        return count;
    }
    /// How many series with values of the table: one without a label.
    constexpr std::size_t series() const { return label.empty() ? 1 : value_count(); }
};

/// All of them, in the order of the enumerators.
std::span<const MetricSpec, kMetricCount> metric_table();
const MetricSpec& spec_of(Metric metric);

/// The upper bounds (included) of a histogram's buckets: microseconds, or plain numbers.
std::span<const std::int64_t> bounds_of(const MetricSpec& histogram);

/// The reference of all metrics in Markdown (docs/reference/metrics.md).
std::string metrics_reference();

} // namespace attune
