#include "runtime/metric_table.hpp"

#include "base/enums.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace attune {
namespace {

using enum MetricKind;

constexpr std::array<MetricSpec, kMetricCount> kTable{{
    {Metric::events_recorded,
     "attune_events_recorded_total",
     counter,
     "sources",
     "Events recorded, by the kind of their source.",
     "source",
     {"timer", "api", "alert", "file", "webhook"}},
    {Metric::webhook_requests,
     "attune_webhook_requests_total",
     counter,
     "sources",
     "Requests to the webhooks of triggers, by what became of them: accepted, a delivery that came before (repeated), "
     "asked whether somebody is there (challenged), not readable (bad), against the webhook's settings (refused), too "
     "many, without the right signature or secret (unauthorized).",
     "outcome",
     {"accepted", "repeated", "challenged", "bad", "refused", "too_many", "unauthorized"}},
    {Metric::timer_firings,
     "attune_timer_firings_total",
     counter,
     "timers",
     "Firings of timers recorded, by their reason.",
     "reason",
     {"normal", "misfire", "backfill", "manual"}},
    {Metric::timer_times_not_fired,
     "attune_timer_times_not_fired_total",
     counter,
     "timers",
     "Nominal times of timers that were decided and got no run, by why.",
     "outcome",
     {"skipped", "missed", "dropped"}},
    {Metric::timer_lateness, "attune_timer_lateness_seconds", histogram, "timers",
     "From the time at which a timer was to fire (nominal time plus jitter) to its event being committed. Firings of "
     "reason normal."},
    {Metric::timers_armed, "attune_timers_armed", gauge, "timers",
     "Timers that this process holds with a time to fire."},
    {Metric::timers_proved, "attune_timers_proved_timestamp_seconds", gauge, "timers",
     "When this process last proved that every armed timer has its deadline (Unix time)."},
    {Metric::events_decided, "attune_events_decided_total", counter, "matcher",
     "Events whose rules this process decided."},
    {Metric::event_decision, "attune_event_decision_seconds", histogram, "matcher",
     "From an event being recorded to its decision being committed."},
    {Metric::rule_evaluations,
     "attune_rule_evaluations_total",
     counter,
     "matcher",
     "Rules met by events, by whether they matched.",
     "outcome",
     {"matched", "unmatched"}},
    {Metric::enforcements,
     "attune_enforcements_total",
     counter,
     "matcher",
     "Enforcements made, by their status: disabled ones have no action to run.",
     "status",
     {"processed", "disabled"}},
    {Metric::runs_held_back,
     "attune_runs_held_back_total",
     counter,
     "matcher",
     "Runs that were held back, by what their rule asks for: overlap skipped or queued the new one, or cancelled the "
     "old one; the throttle refused it; another event superseded it while its debounce waited.",
     "outcome",
     {"skipped", "queued", "cancelled", "throttled", "superseded"}},
    {Metric::executions_scheduled, "attune_executions_scheduled_total", counter, "scheduler",
     "Executions that had waited (retries that came due, runs held back) and became claimable."},
    {Metric::workers_lost, "attune_workers_lost_total", counter, "scheduler",
     "Workers whose lease this process saw run out."},
    {Metric::executions_recovered,
     "attune_executions_recovered_total",
     counter,
     "scheduler",
     "Executions that lost workers, or earlier lives of this one, had left, by what became of them.",
     "outcome",
     {"rescheduled", "abandoned", "cancelled"}},
    {Metric::executions_claimed, "attune_executions_claimed_total", counter, "worker",
     "Executions that this worker took."},
    {Metric::claim_delay, "attune_execution_claim_delay_seconds", histogram, "worker",
     "From an execution becoming claimable to a worker having taken it."},
    {Metric::start_delay, "attune_execution_start_delay_seconds", histogram, "worker",
     "From an execution being taken to its start being committed, before its process is made."},
    {Metric::event_to_start, "attune_event_to_start_seconds", histogram, "worker",
     "From an event being recorded to the start of the execution it led to: all hops together. First tries only."},
    {Metric::execution_run, "attune_execution_run_seconds", histogram, "worker",
     "From the start of an execution to its end."},
    {Metric::executions_finished,
     "attune_executions_finished_total",
     counter,
     "worker",
     "Executions that this process brought to their end, by final status.",
     "status",
     {"completed", "failed", "cancelled", "timeout", "abandoned"}},
    {Metric::worker_slots, "attune_worker_slots", gauge, "worker", "Actions that this worker runs at once."},
    {Metric::worker_slots_busy, "attune_worker_slots_busy", gauge, "worker", "Of those, how many run now."},
    {Metric::process_spawn, "attune_process_spawn_seconds", histogram, "worker",
     "How long it takes to make a process for an action."},
    {Metric::worker_registered, "attune_worker_registered", gauge, "worker",
     "1 while this worker is registered and takes work; 0 before, while it drains, and when another has its name."},
    {Metric::rows_deleted,
     "attune_history_rows_deleted_total",
     counter,
     "janitor",
     "Rows of history that retention deleted, by their kind.",
     "kind",
     {"events", "enforcements", "executions", "output", "audit", "webhook_hits"}},
    {Metric::audit_events_dropped, "attune_audit_events_dropped_total", counter, "api",
     "Requests that the audit log misses: denied or failed ones beyond its limit, and those whose row was not "
     "written."},
    {Metric::events_undecided, "attune_events_undecided", gauge, "queues",
     "Events in the database that no matcher has decided; counted up to 100000."},
    {Metric::executions_unfinished,
     "attune_executions_unfinished",
     gauge,
     "queues",
     "Executions in the database that are not over, by status; each counted up to 100000.",
     "status",
     {"requested", "scheduling", "scheduled", "running", "canceling"}},
    {Metric::timers_unarmed, "attune_timers_unarmed", gauge, "queues",
     "Timers in the database that are to fire and cannot: it is 0 in a healthy system."},
    {Metric::database_up, "attune_database_up", gauge, "database",
     "1 while the database answers and takes writes, else 0."},
    {Metric::database_groups, "attune_database_write_groups_total", counter, "database",
     "Transactions in which writes were committed together."},
    {Metric::database_group_writes, "attune_database_group_writes", histogram, "database",
     "Writes committed in one transaction."},
    {Metric::database_group_failures, "attune_database_write_failures_total", counter, "database",
     "Writes that failed for want of the database: it was gone, busy or full."},
    {Metric::database_group_repeats, "attune_database_write_repeats_total", counter, "database",
     "Writes run again in a transaction of their own because others were in their way (deadlocks)."},
    {Metric::database_commit, "attune_database_commit_seconds", histogram, "database",
     "How long a commit takes, with its sync to disk."},
    {Metric::database_write_wait, "attune_database_write_wait_seconds", histogram, "database",
     "How long a write waits until its transaction takes it."},
    {Metric::database_read_wait, "attune_database_read_wait_seconds", histogram, "database",
     "How long a read waits for a connection."},
    {Metric::database_connections, "attune_database_connections_opened_total", counter, "database",
     "Connections to the server opened: more than there are means that some were lost. PostgreSQL only."},
    {Metric::database_connection_failures, "attune_database_connection_failures_total", counter, "database",
     "Connections to the server that could not be opened. PostgreSQL only."},
    {Metric::bus_up, "attune_bus_up", gauge, "bus",
     "1 while doorbells reach all processes; while 0, work is found by looking every second."},
    {Metric::bus_connections, "attune_bus_connections_total", counter, "bus",
     "Connections to the broker made: more than one means that some were lost. RabbitMQ only."},
    {Metric::bus_messages_sent, "attune_bus_messages_sent_total", counter, "bus", "Doorbells rung by this process."},
    {Metric::bus_messages_received, "attune_bus_messages_received_total", counter, "bus",
     "Doorbells rung by other processes. RabbitMQ only."},
    {Metric::bus_messages_dropped, "attune_bus_messages_dropped_total", counter, "bus",
     "Messages dropped because too many waited for the broker, or refused by it. Costs time, loses no work. RabbitMQ "
     "only."},
    {Metric::notifier_clients, "attune_notifier_clients", gauge, "notifier", "WebSockets that are connected."},
    {Metric::notifier_messages, "attune_notifier_messages_total", counter, "notifier",
     "Messages queued for clients, each counted once for each client."},
    {Metric::notifier_clients_ended,
     "attune_notifier_clients_ended_total",
     counter,
     "notifier",
     "Clients that were sent away, by why: too slow, token expired, access withdrawn, this process stops.",
     "reason",
     {"slow", "expired", "withdrawn", "stopping"}},
    {Metric::notifier_delay, "attune_notifier_delay_seconds", histogram, "notifier",
     "From a change of an execution to its notice being queued for the clients that want it."},
    {Metric::http_requests, "attune_http_requests_total", counter, "http",
     "Requests answered, by method, template of the route, and class of the status (2xx).", "method, route, status"},
    {Metric::http_requests_in_flight, "attune_http_requests_in_flight", gauge, "http",
     "Requests being answered now, without streams."},
    {Metric::http_request, "attune_http_request_seconds", histogram, "http",
     "From a request being read to its answer being ready; of a stream, to its beginning."},
    {Metric::loop_delay, "attune_loop_delay_seconds", gauge, "process",
     "How long the loop took to answer when it was last asked, or has been silent since.", "loop"},
    {Metric::process_resident_memory, "process_resident_memory_bytes", gauge, "process", "Resident memory."},
    {Metric::process_cpu, "process_cpu_seconds_total", counter, "process", "User and system processor time."},
    {Metric::process_open_fds, "process_open_fds", gauge, "process", "Open file descriptors."},
    {Metric::process_start_time, "process_start_time_seconds", gauge, "process",
     "When the process started (Unix time)."},
    {Metric::build_info, "attune_build_info", gauge, "process", "Always 1; the label says which version runs.",
     "version"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        if (static_cast<std::size_t>(kTable[i].id) != i) return false;
    }
    return true;
}
static_assert(in_order(), "the table has the order of the enumerators");

constexpr std::array<std::int64_t, 19> kTimes{
    100,     250,     500,       1'000,     2'500,     5'000,      10'000,     25'000,     50'000,     100'000,
    250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 30'000'000, 60'000'000, 300'000'000};
constexpr std::array<std::int64_t, 11> kSizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
static_assert(kTimes.size() <= kMostBounds && kSizes.size() <= kMostBounds);

std::string labels_text(const MetricSpec& spec) {
    if (spec.label.empty()) return "";
    std::string out = fmt::format("`{}`", spec.label);
    for (std::size_t i = 0; i < spec.value_count(); ++i) {
        out += fmt::format("{} {}", i == 0 ? ":" : ",", spec.label_values[i]);
    }
    return out;
}

} // namespace

std::span<const MetricSpec, kMetricCount> metric_table() {
    return kTable;
}

const MetricSpec& spec_of(Metric metric) {
    return kTable[static_cast<std::size_t>(metric)];
}

std::span<const std::int64_t> bounds_of(const MetricSpec& histogram) {
    if (histogram.is_time()) return kTimes;
    return kSizes;
}

std::string metrics_reference() {
    std::string out =
        "# Metrics\n\n"
        "Made from the program's own table; a test compares it. [Monitoring](../monitoring.md) says how to read them\n"
        "and which matter.\n\n"
        "`GET /metrics` answers in the Prometheus text format 0.0.4. A process shows the metrics of the roles that it\n"
        "has. The values of labels are those listed here, templates of routes and names of the program's own parts:\n"
        "never refs or names that users give, so the number of series is bounded. Counters begin at 0 with the\n"
        "process. Those of the part *queues* are counted in the database, so every process of a cluster shows the\n"
        "same: take their maximum, not their sum.\n\n"
        "Histograms of times have the bounds (in seconds) ";
    for (const auto bound : kTimes)
        out += fmt::format("{}{}", bound == kTimes[0] ? "" : ", ", static_cast<double>(bound) / 1e6);
    out += ".\n\n| metric | kind | part | labels | meaning |\n|---|---|---|---|---|\n";
    for (const auto& spec : kTable) {
        out += fmt::format("| `{}` | {} | {} | {} | {} |\n", spec.name, enum_name(spec.kind), spec.part,
                           labels_text(spec), spec.help);
    }
    return out;
}

} // namespace attune
