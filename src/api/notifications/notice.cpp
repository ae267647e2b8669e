#include "api/notifications/notice.hpp"

#include "api/routes/executions.hpp"

namespace attune::api {
namespace {

/// The row as JSON, with what every payload begins with.
template <class Row>
json::object payload_of(std::string_view entity_type, const Row& row) {
    json::object out{{"entity_type", json::string(entity_type)}, {"entity_id", row.id.value}};
    const auto members = to_json(row);
    for (const auto& [name, value] : members.as_object()) out[name] = value;
    return out;
}

} // namespace

std::string Notice::frame(Timestamp now) const {
    return to_text(json::object{{"type", "notification"},
                                {"notification_type", json::string(channel)},
                                {"entity_type", json::string(entity_type)},
                                {"entity_id", entity_id},
                                {"user_id", to_json(user)},
                                {"payload", payload},
                                {"timestamp", format_timestamp(now)}});
}

Notice event_notice(const NoticeEvent& event) {
    return {.channel = "event_created",
            .resource = Resource::events,
            .entity_type = "event",
            .entity_id = event.id.value,
            .user = {},
            .payload = payload_of<EventSummary>("event", event)};
}

Notice enforcement_notice(const NoticeEnforcement& enforcement, std::optional<EnforcementStatus> before) {
    Notice out{.channel = before ? "enforcement_status_changed" : "enforcement_created",
               .resource = Resource::enforcements,
               .entity_type = "enforcement",
               .entity_id = enforcement.id.value,
               .user = {},
               .payload = payload_of("enforcement", enforcement)};
    if (before) out.payload["old_status"] = enum_name(*before);
    return out;
}

Notice execution_notice(const ExecutionRow& execution, std::optional<ExecutionStatus> before) {
    Notice out{.channel = before ? "execution_status_changed" : "execution_created",
               .resource = Resource::executions,
               .entity_type = "execution",
               .entity_id = execution.id.value,
               .user = execution.executor,
               .action_ref = execution.action_ref,
               .parent = execution.parent,
               .payload = execution_notice(execution)};
    out.payload["workflow_task"] = nullptr;
    if (before) out.payload["old_status"] = enum_name(*before);
    return out;
}

bool may_read(const Caller& caller, const Notice& notice) {
    if (notice.resource != Resource::executions) return caller.may(notice.resource, Right::read);
    const ExecutionId id{notice.entity_id};
    const auto own = caller.own_execution();
    if (own && (id == *own || notice.parent == *own)) return true;
    return caller.may(Resource::executions, Right::read, execution_target(caller, id, notice.action_ref, notice.user));
}

} // namespace attune::api
