#include "api/notifications/notice.hpp"

#include "api/flow/executions.hpp"
#include "api/streams/hops.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "live/kinds.hpp"

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

Notice notice_of(const live::Thing& thing, std::string_view what, json::object payload) {
    const auto& kind = live::row_of(thing.kind);
    Notice out;
    out.channel = fmt::format("{}_{}", kind.name, what);
    out.resource = kind.resource;
    out.entity_type = kind.name;
    out.entity_id = thing.id;
    out.payload = std::move(payload);
    return out;
}

std::vector<Notice> of_event(const live::EventRow& event, const live::Change& change) {
    if (change.before) return {}; // that it was decided is told by its enforcements
    return {notice_of(change.thing, "created", payload_of<live::EventSummary>("event", event))};
}

Notice enforcement_notice(const live::EnforcementRow& row, const live::Thing& thing,
                          std::optional<EnforcementStatus> before) {
    auto out = notice_of(thing, before ? "status_changed" : "created", payload_of("enforcement", row));
    if (before) out.payload["old_status"] = enum_name(*before);
    return out;
}

std::vector<Notice> of_enforcement(const live::EnforcementRow& row, const live::Change& change) {
    std::vector<Notice> out;
    auto before = change.before_as<EnforcementStatus>();
    if (!before) {
        auto made = row;
        made.status = EnforcementStatus::created;
        made.resolved_at.reset();
        out.push_back(enforcement_notice(made, change.thing, std::nullopt));
        before = made.status;
    }
    if (*before != row.status) out.push_back(enforcement_notice(row, change.thing, before));
    return out;
}

Notice execution_notice(const live::ExecutionRow& row, const live::Thing& thing,
                        std::optional<ExecutionStatus> before) {
    auto out = notice_of(thing, before ? "status_changed" : "created", execution_payload(row));
    out.user = row.executor;
    out.action_ref = row.action_ref;
    out.parent = row.parent;
    out.payload["workflow_task"] = nullptr;
    if (before) out.payload["old_status"] = enum_name(*before);
    return out;
}

std::vector<Notice> of_execution(const live::ExecutionRow& row, const live::Change& change) {
    std::vector<Notice> out;
    auto before = change.before_as<ExecutionStatus>();
    if (!before) {
        auto made = row;
        if (made.status != ExecutionStatus::requested) made.status = ExecutionStatus::scheduled;
        out.push_back(execution_notice(made, change.thing, std::nullopt));
        before = made.status;
    }
    if (*before != row.status) out.push_back(execution_notice(row, change.thing, before));
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

std::vector<Notice> notices_of(const live::Change& change) {
    if (const auto* event = change.event()) return of_event(*event, change);
    if (const auto* enforcement = change.enforcement()) return of_enforcement(*enforcement, change);
    return of_execution(*change.execution(), change);
}

bool may_read(const Caller& caller, const Notice& notice) {
    if (notice.resource != Resource::executions) return caller.may(notice.resource, Right::read);
    const ExecutionId id{notice.entity_id};
    const auto own = caller.own_execution();
    if (own && (id == *own || notice.parent == *own)) return true;
    return caller.may(Resource::executions, Right::read, execution_target(caller, id, notice.action_ref, notice.user));
}

} // namespace attune::api
