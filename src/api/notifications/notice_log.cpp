#include "api/notifications/notice_log.hpp"

#include <ranges>

namespace attune::api {
namespace {

/// The highest id below the newest that were looked at; 0 when those are all.
template <class Row>
std::int64_t below(const std::vector<Row>& newest) {
    return newest.size() < static_cast<std::size_t>(NoticeLog::kNewest) ? 0 : newest.back().id.value - 1;
}

/// The state before this one, of an execution of which nothing else is known.
ExecutionStatus likely_before(const ExecutionRow& execution) {
    if (execution.status == ExecutionStatus::running || execution.status == ExecutionStatus::requested) {
        return ExecutionStatus::scheduled;
    }
    if (execution.status == ExecutionStatus::scheduled) return ExecutionStatus::requested;
    return execution.started_at ? ExecutionStatus::running : ExecutionStatus::scheduled;
}

} // namespace

void NoticeLog::begin(const Newest& newest, Timestamp now) {
    since_ = now;
    known_events_from_ = below(newest.events);
    known_executions_from_ = below(newest.executions);
    for (const auto& one : newest.events | std::views::reverse) events_.at(one.id.value) = {true, one.decided};
    for (const auto& one : newest.executions | std::views::reverse) executions_.at(one.id.value) = one.status;
}

std::vector<std::int64_t> NoticeLog::unknown_events(const std::vector<NewestEvent>& newest) {
    std::vector<std::int64_t> out;
    for (const auto& one : newest) {
        if (events_.is_forgotten(one.id.value)) continue;
        const auto* told = events_.find(one.id.value);
        if (told == nullptr || (one.decided && !told->decided)) out.push_back(one.id.value);
    }
    return out;
}

std::vector<std::int64_t> NoticeLog::unknown_executions(const std::vector<NewestExecution>& newest) {
    std::vector<std::int64_t> out;
    for (const auto& one : newest) {
        if (executions_.is_forgotten(one.id.value)) continue;
        const auto* told = executions_.find(one.id.value);
        if (told == nullptr || *told != one.status) out.push_back(one.id.value);
    }
    return out;
}

std::vector<Notice> NoticeLog::of_event(const NoticeEvent& event, const std::vector<NoticeEnforcement>& enforcements) {
    std::vector<Notice> out;
    const auto id = event.id.value;
    if (events_.is_forgotten(id)) return out;
    const bool is_known = events_.find(id) != nullptr;
    auto& told = events_.at(id);
    if (!is_known && is_new(id, known_events_from_, event.created)) out.push_back(event_notice(event));
    told.recorded = true;
    if (!event.decided_at || std::exchange(told.decided, true)) return out;
    for (const auto& one : enforcements) {
        // Made and settled in one transaction.
        auto made = one;
        made.status = EnforcementStatus::created;
        made.resolved_at.reset();
        out.push_back(enforcement_notice(made, std::nullopt));
        if (one.status != made.status) out.push_back(enforcement_notice(one, made.status));
    }
    return out;
}

std::vector<Notice> NoticeLog::of_execution(const ExecutionRow& execution) {
    std::vector<Notice> out;
    const auto id = execution.id.value;
    const bool was_told = executions_.is_forgotten(id);
    auto& told = executions_.at(id);
    if (!told && !was_told && is_new(id, known_executions_from_, execution.created)) {
        auto made = execution;
        if (made.status != ExecutionStatus::requested) made.status = ExecutionStatus::scheduled;
        told = made.status;
        out.push_back(execution_notice(made, std::nullopt));
    }
    if (!told) told = likely_before(execution);
    if (*told == execution.status || is_final(*told)) return out;
    out.push_back(execution_notice(execution, *told));
    told = execution.status;
    return out;
}

} // namespace attune::api
