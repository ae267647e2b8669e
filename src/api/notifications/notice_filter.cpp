#include "api/notifications/notice_filter.hpp"

#include "base/text.hpp"
#include "live/kinds.hpp"

#include <algorithm>

namespace attune::api {
namespace {

using Kind = NoticeFilter::Kind;

// Those of which nothing comes yet are named, too: clients ask for them.
constexpr std::string_view kTypes[] = {"event",    "enforcement", "execution",      "inquiry",
                                       "artifact", "work_queue",  "work_queue_item"};
constexpr std::string_view kChannels[] = {
    "event_created",       "enforcement_created",      "enforcement_status_changed",
    "execution_created",   "execution_status_changed", "workflow_execution_status_changed",
    "inquiry_created",     "inquiry_responded",        "inquiry_timeout",
    "artifact_created",    "artifact_updated",         "work_queue_created",
    "work_queue_updated",  "work_queue_item_created",  "work_queue_item_updated",
    "attune_notifications"};

constexpr std::string_view kForms = "expected all, entity_type:<type>, entity:<type>:<id>, user:<identity id> or "
                                    "notification_type:<channel>";

Result<std::int64_t> read_id(std::string_view text) {
    const auto id = parse_integer(text);
    if (!id || *id < 0) return invalid("filter", fmt::format("expected an id, got '{}'", text));
    return *id;
}

Result<std::string> one_of(std::string_view text, std::span<const std::string_view> known, std::string_view what) {
    if (std::ranges::find(known, text) != known.end()) return std::string(text);
    return invalid("filter", fmt::format("there is no {} '{}'; known are {}", what, text,
                                         join({known.begin(), known.end()}, ", ")));
}

/// What a notification of the type or channel is read with; nothing for those of which none comes.
std::optional<Resource> resource_named(std::string_view name) {
    for (const auto kind : live::kAllKinds) {
        const auto& row = live::row_of(kind);
        if (name.starts_with(row.name)) return row.resource;
    }
    return std::nullopt;
}

bool is_admin(const Caller& caller) {
    return std::ranges::find(caller.roles, "admin") != caller.roles.end() ||
           std::ranges::find(caller.permission_set_refs, "core.admin") != caller.permission_set_refs.end();
}

} // namespace

Result<NoticeFilter> parse_filter(std::string_view text) {
    if (text == "all") return NoticeFilter{};
    const auto parts = split(text, ':');
    NoticeFilter out;
    if (parts.size() == 2 && parts[0] == "entity_type") {
        out.kind = Kind::entity_type;
        TRY(out.name, one_of(parts[1], kTypes, "entity type"));
    } else if (parts.size() == 3 && parts[0] == "entity") {
        out.kind = Kind::entity;
        TRY(out.name, one_of(parts[1], kTypes, "entity type"));
        TRY(out.id, read_id(parts[2]));
    } else if (parts.size() == 2 && parts[0] == "user") {
        out.kind = Kind::user;
        TRY(out.id, read_id(parts[1]));
    } else if (parts.size() == 2 && parts[0] == "notification_type") {
        out.kind = Kind::notification_type;
        TRY(out.name, one_of(parts[1], kChannels, "notification type"));
    } else {
        return invalid("filter", std::string(kForms));
    }
    return out;
}

bool NoticeFilter::matches(const Notice& notice) const {
    switch (kind) {
    case Kind::all: return true;
    case Kind::entity_type: return notice.entity_type == name;
    case Kind::entity: return notice.entity_id == id && notice.entity_type == name;
    case Kind::user: return notice.user == IdentityId{id};
    case Kind::notification_type: return notice.channel == name;
    }
    return false;
}

Result<void> check_filter(const NoticeFilter& filter, const Caller& caller) {
    if (filter.kind == Kind::user && caller.identity.value != filter.id && !is_admin(caller)) {
        return Error{Errc::forbidden, "only an administrator may follow another user", "filter"};
    }
    const auto resource = resource_named(filter.name);
    if (!resource) return {};
    // An execution's token reads that one and its children, whatever else it may.
    if (*resource == Resource::executions && caller.own_execution()) return {};
    if (!allows_some(caller.grants, *resource, Right::read)) {
        auto error = insufficient(*resource, Right::read);
        error.field = "filter";
        return error;
    }
    return {};
}

} // namespace attune::api
