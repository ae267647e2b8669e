#include "logic/definitions/definitions.hpp"

#include "base/text.hpp"
#include "logic/access/grants.hpp"
#include "logic/definitions/source.hpp"
#include "logic/matching/conditions.hpp"
#include "logic/placement/requirement.hpp"
#include "logic/schema/params.hpp"
#include "logic/schema/secrets.hpp"

namespace attune::logic::definitions {
namespace {

constexpr std::size_t kMostEntrypoint = 1024;
constexpr std::size_t kMostName = 255;

/// A file of the pack is named by a path below actions/; a shell action may hold its script instead.
Result<void> check_entrypoint(std::string_view text) {
    CHECK(check_text("entrypoint", text, 1, kMostEntrypoint));
    const bool is_path = text.find_first_of(" \t\r\n;") == std::string_view::npos;
    if (is_path && fmt::format("/{}/", text).find("/../") != std::string::npos) {
        return invalid("entrypoint", "must not lead out of the pack's folder ('..')");
    }
    return {};
}

} // namespace

Result<void> check_pack(const Pack& pack) {
    CHECK(check_label(pack.label));
    CHECK(check_description(pack.description));
    CHECK(check_version(pack.version));
    CHECK(check_schema(pack.conf_schema, "conf_schema"));
    CHECK(check_texts("tags", pack.tags));
    CHECK(check_texts("runtime_deps", pack.runtime_deps));
    if (pack.dependencies.is_array()) return {};
    return invalid("dependencies", "expected an array, got " + excerpt(pack.dependencies));
}

Result<void> check_runtime(const Runtime& runtime) {
    CHECK(check_text("name", runtime.name, 1, kMostName));
    CHECK(check_description(runtime.description));
    return check_texts("aliases", runtime.aliases);
}

std::vector<std::string> lower_aliases(std::vector<std::string> aliases) {
    for (auto& alias : aliases) alias = to_lower(alias);
    return aliases;
}

Result<void> check_permission_set(const PermissionSet& set) {
    if (set.label) CHECK(check_label(*set.label));
    CHECK(check_description(set.description));
    CHECK(access::read_grants(set.grants, "grants"));
    return {};
}

Result<schedule::Calendar> check_calendar(const Calendar& calendar) {
    CHECK(check_label(calendar.label));
    CHECK(check_description(calendar.description));
    return compile_calendar(calendar.definition);
}

Result<void> check_action(const Action& action) {
    CHECK(check_label(action.label));
    CHECK(check_description(action.description));
    CHECK(check_entrypoint(action.entrypoint));
    if (action.timeout_seconds)
        CHECK(check_range("timeout_seconds", *action.timeout_seconds, 1, kLongestTimeoutSeconds));
    CHECK(check_range("max_retries", action.max_retries, 0, kMostRetries));
    CHECK(check_schema(action.param_schema, "param_schema"));
    CHECK(check_schema(action.out_schema, "out_schema"));
    if (action.runtime_version_constraint) {
        CHECK(check_text("runtime_version_constraint", *action.runtime_version_constraint, 0, 255));
        CHECK(placement::VersionConstraint::parse(*action.runtime_version_constraint));
    }
    CHECK(placement::parse_runtimes(action.required_worker_runtimes, "required_worker_runtimes"));
    CHECK(check_placement(action.worker_selector, action.worker_tolerations, action.worker_affinity));
    CHECK(check_texts("default_execution_permission_set_refs", action.default_execution_permission_set_refs));
    CHECK(check_retention("log", action.log_retention_policy, action.log_retention_limit));
    return check_retention("artifact", action.artifact_retention_policy, action.artifact_retention_limit);
}

Result<void> check_trigger(const Trigger& trigger) {
    CHECK(check_label(trigger.label));
    CHECK(check_description(trigger.description));
    const auto* source = source_of(trigger);
    if (source == nullptr || !source->is_configured_by(trigger)) {
        CHECK(check_schema(trigger.param_schema, "param_schema"));
    }
    return check_schema(trigger.out_schema, "out_schema");
}

Result<void> check_trigger_source(const Trigger& trigger, const schedule::CalendarLookup& calendars) {
    const Source* owner = nullptr;
    for (const auto* source : sources()) {
        if (!source->owns(trigger)) continue;
        if (owner != nullptr) {
            return invalid("param_schema", fmt::format("says what the source {} is to do, but events of this trigger "
                                                       "are made by the source {}",
                                                       owner->name(), source->name()));
        }
        CHECK(source->check_trigger(trigger, calendars));
        owner = source;
    }
    return {};
}

Result<void> check_rule(const Rule& rule) {
    CHECK(check_label(rule.label));
    CHECK(check_description(rule.description));
    if (rule.permission_set_refs) CHECK(check_texts("permission_set_refs", *rule.permission_set_refs));
    CHECK(matching::Conditions::compile(rule.conditions));
    return {};
}

Result<void> check_trigger_params(const Trigger& trigger, const json::object& params,
                                  const schedule::CalendarLookup& calendars) {
    if (const auto* source = source_of(trigger)) return source->check_rule(trigger, params, calendars);
    return check_params(trigger.param_schema, params, "trigger_params", schema::TemplatesAllowed::no);
}

Result<void> check_action_params(const std::optional<json::object>& param_schema, const json::object& params) {
    return check_params(param_schema, params, "action_params", schema::TemplatesAllowed::yes);
}

Result<void> check_rule_links(const Rule& rule, const Trigger& trigger, const Action& action,
                              const json::object& conf_schema, const schedule::CalendarLookup& calendars) {
    CHECK(check_trigger_params(trigger, rule.trigger_params, calendars));
    CHECK(check_action_params(action.param_schema, rule.action_params));
    const auto leak = schema::find_leak(rule.action_params, to_json(action.param_schema), to_json(trigger.out_schema),
                                        json::value(conf_schema));
    if (leak) return invalid(leak->path, leak->message);
    return {};
}

} // namespace attune::logic::definitions
