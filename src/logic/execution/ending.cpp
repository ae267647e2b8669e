#include "logic/execution/ending.hpp"

namespace attune::logic::execution {
namespace {

constexpr std::string_view kCancelledByUser = "Execution cancelled by user";

} // namespace

json::value nothing_done() {
    return json::object{{"succeeded", true}, {"exit_code", 0}, {"duration_ms", 0}};
}

json::value unschedulable(const Execution& execution, std::string_view message, Timestamp now) {
    return json::object{{"error", "Execution is unschedulable"},
                        {"message", json::string(message)},
                        {"action_ref", json::string(execution.action_ref)},
                        {"failed_by", "execution_scheduler"},
                        {"failed_at", json::string(format_timestamp(now))}};
}

json::value never_started(std::string_view reason) {
    return json::object{{"error", json::string(reason)}};
}

json::value cancelled_midway() {
    return json::object{{"succeeded", false}, {"cancelled", true}, {"error", json::string(kCancelledByUser)}};
}

json::value as_cancelled(json::value result) {
    if (auto* object = result.if_object()) {
        (*object)["succeeded"] = false;
        (*object)["cancelled"] = true;
        if (!object->contains("error")) (*object)["error"] = json::string(kCancelledByUser);
    }
    return result;
}

json::value lost_with(const Worker& worker, const Execution& execution, Timestamp now) {
    return json::object{
        {"succeeded", false},
        {"error",
         fmt::format("The worker {} was lost while the action ran; whether it finished is not known", worker.name)},
        {"abandoned_by", "worker_recovery"},
        {"original_status", json::string(enum_name(execution.status))},
        {"worker", worker_facts(worker, now)},
        {"reconciled_at", format_timestamp(now)}};
}

json::object worker_facts(const Worker& worker, Timestamp now) {
    return {{"id", worker.id.value},
            {"name", json::string(worker.name)},
            {"role", json::string(worker.worker_role)},
            {"status", json::string(enum_name(worker.status))},
            {"last_heartbeat", format_timestamp(worker.last_heartbeat)},
            {"heartbeat_age_seconds", std::chrono::floor<std::chrono::seconds>(now - worker.last_heartbeat).count()},
            {"cordoned", worker.cordoned}};
}

} // namespace attune::logic::execution
