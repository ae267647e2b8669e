#include "api/routes/checks.hpp"

#include "base/text.hpp"
#include "logic/matching/conditions.hpp"
#include "logic/placement/requirement.hpp"
#include "logic/schedule/normalise.hpp"
#include "logic/schedule/schedule.hpp"
#include "logic/schema/params.hpp"
#include "logic/schema/secrets.hpp"

#include <algorithm>

namespace attune::api {
namespace {

namespace schedule = logic::schedule;
namespace schema = logic::schema;

constexpr std::size_t kMostLabel = 255;
constexpr std::size_t kMostDescription = 64 * 1024;
constexpr std::size_t kMostTags = 100;

Result<void> first_of(const std::vector<schema::Problem>& problems) {
    if (problems.empty()) return {};
    return invalid(problems.front().path, problems.front().message);
}

Result<void> check_description(const std::optional<std::string>& description) {
    return check_text("description", description.value_or(""), 0, kMostDescription);
}

/// The parameter of a rule that a member of the canonical configuration came from.
std::string parameter_of(std::string member, const json::object& params) {
    const bool is_period = member == "seconds" || member == "minutes" || member == "hours" || member == "days";
    return is_period && params.contains("interval") ? "interval" : member;
}

Result<void> check_texts(std::string_view field, const std::vector<std::string>& texts, std::size_t most_bytes) {
    if (texts.size() > kMostTags) return invalid(std::string(field), fmt::format("expected at most {}", kMostTags));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CHECK(check_text(join_path(field, i), texts[i], 1, most_bytes));
    }
    return {};
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 9 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

Result<schedule::Schedule> compile_timer(const json::object& config, std::string_view field, const json::object& params,
                                         const schedule::CalendarLookup& calendars) {
    auto compiled = schedule::Schedule::compile(config, calendars);
    if (compiled) return compiled;
    auto error = compiled.error();
    error.field = join_path(field, parameter_of(error.field, params));
    if (error.field.ends_with('.')) error.field.pop_back();
    return error;
}

Result<schedule::Schedule> compile_rule_timer(std::string_view trigger_ref, const json::object& params,
                                              const schedule::CalendarLookup& calendars) {
    const auto config = schedule::config_from_rule(trigger_ref, params);
    if (config) return compile_timer(*config, "trigger_params", params, calendars);
    auto error = config.error();
    error.field = error.field.empty() ? "trigger_params" : join_path("trigger_params", error.field);
    return error;
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t least, std::size_t most) {
    if (text.size() < least || text.size() > most) {
        return invalid(std::string(field),
                       least == 0 ? fmt::format("expected at most {} characters, got {}", most, text.size())
                                  : fmt::format("expected {} to {} characters, got {}", least, most, text.size()));
    }
    return {};
}

Result<void> check_label(std::string_view label) {
    CHECK(check_text("label", label, 1, kMostLabel));
    if (trim(label).empty()) return invalid("label", "expected text, got blanks only");
    return {};
}

Result<void> check_range(std::string_view field, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return {};
    return invalid(std::string(field), fmt::format("expected {} to {}, got {}", least, most, value));
}

Result<void> check_retention(std::string_view what, const std::optional<std::string>& policy,
                             const std::optional<std::int64_t>& limit) {
    static const std::vector<std::string_view> kPolicies{"versions", "days", "hours", "minutes"};
    if (policy && std::ranges::find(kPolicies, *policy) == kPolicies.end()) {
        return invalid(fmt::format("{}_retention_policy", what), "expected one of versions|days|hours|minutes");
    }
    if (limit) CHECK(check_range(fmt::format("{}_retention_limit", what), *limit, 1, 1'000'000'000));
    return {};
}

Result<void> check_pack_ref(std::string_view ref) {
    if (is_pack_ref(ref)) return {};
    return invalid("ref",
                   fmt::format("expected lower-case letters, digits, '_' and '-', beginning with a letter, 2 to 64 "
                               "characters, got {}",
                               excerpt(json::value(json::string(ref)))));
}

Result<void> check_component_ref(std::string_view ref, std::string_view pack_ref) {
    if (!is_component_ref(ref)) {
        return invalid("ref", fmt::format("expected '<pack>.<name>' in lower case with one dot, got {}",
                                          excerpt(json::value(json::string(ref)))));
    }
    if (pack_of(ref) != pack_ref) {
        return invalid("ref", fmt::format("expected a ref of the pack: '{}.<name>', got '{}'", pack_ref, ref));
    }
    return {};
}

Result<void> check_version(std::string_view version) {
    CHECK(check_text("version", version, 1, 64));
    const auto numbers = split(version.substr(0, version.find_first_of("-+")), '.');
    if (numbers.size() <= 3 && std::ranges::all_of(numbers, is_number)) return {};
    return invalid("version", fmt::format("expected a version like 1.2.3, got '{}'", version));
}

Result<void> check_schema(const std::optional<json::object>& schema, std::string_view field) {
    if (!schema) return {};
    return first_of(schema::validate_flat_schema(json::value(*schema), field));
}

Result<void> check_trigger_schema(const std::optional<json::object>& param_schema,
                                  const schedule::CalendarLookup& calendars) {
    if (!param_schema) return {};
    if (const auto config = schedule::config_from_trigger(json::value(*param_schema))) {
        CHECK(compile_timer(*config, "param_schema", {}, calendars));
        return {};
    }
    return check_schema(param_schema, "param_schema");
}

Result<void> check_trigger_params(std::string_view trigger_ref, const std::optional<json::object>& param_schema,
                                  const json::object& params, const schedule::CalendarLookup& calendars) {
    if (schedule::is_rule_timer_trigger(trigger_ref)) {
        CHECK(compile_rule_timer(trigger_ref, params, calendars));
        return {};
    }
    if (!param_schema || schedule::config_from_trigger(json::value(*param_schema))) return {};
    return first_of(schema::validate_params(json::value(*param_schema), json::value(params), "trigger_params",
                                            schema::TemplatesAllowed::no));
}

Result<void> check_action_params(const std::optional<json::object>& param_schema, const json::object& params) {
    if (!param_schema) return {};
    return first_of(schema::validate_params(json::value(*param_schema), json::value(params), "action_params",
                                            schema::TemplatesAllowed::yes));
}

Result<void> check_no_leak(const json::object& action_params, const std::optional<json::object>& param_schema,
                           const std::optional<json::object>& out_schema, const json::object& conf_schema) {
    const auto leak =
        schema::find_leak(action_params, to_json(param_schema), to_json(out_schema), json::value(conf_schema));
    if (leak) return invalid(leak->path, leak->message);
    return {};
}

Result<void> check_conditions(const json::value& conditions) {
    CHECK(logic::matching::Conditions::compile(conditions));
    return {};
}

Result<void> check_placement(const std::optional<json::object>& selector, const std::optional<json::array>& tolerations,
                             const std::optional<json::object>& affinity) {
    namespace placement = logic::placement;
    if (selector) CHECK(placement::parse_labels(*selector, "worker_selector"));
    if (tolerations) CHECK(placement::parse_tolerations(*tolerations, "worker_tolerations"));
    if (affinity) CHECK(placement::parse_affinity(*affinity, "worker_affinity"));
    return {};
}

Result<void> check_action(const Action& action) {
    CHECK(check_label(action.label));
    CHECK(check_description(action.description));
    CHECK(check_text("entrypoint", action.entrypoint, 1, 1024));
    if (action.timeout_seconds)
        CHECK(check_range("timeout_seconds", *action.timeout_seconds, 1, kLongestTimeoutSeconds));
    CHECK(check_range("max_retries", action.max_retries, 0, kMostRetries));
    CHECK(check_schema(action.param_schema, "param_schema"));
    CHECK(check_schema(action.out_schema, "out_schema"));
    if (action.runtime_version_constraint) {
        CHECK(check_text("runtime_version_constraint", *action.runtime_version_constraint, 0, 255));
        CHECK(logic::placement::VersionConstraint::parse(*action.runtime_version_constraint));
    }
    CHECK(logic::placement::parse_runtimes(action.required_worker_runtimes, "required_worker_runtimes"));
    CHECK(check_placement(action.worker_selector, action.worker_tolerations, action.worker_affinity));
    CHECK(check_texts("default_execution_permission_set_refs", action.default_execution_permission_set_refs, 255));
    CHECK(check_retention("log", action.log_retention_policy, action.log_retention_limit));
    return check_retention("artifact", action.artifact_retention_policy, action.artifact_retention_limit);
}

Result<schedule::Calendar> check_calendar(const Calendar& calendar) {
    CHECK(check_label(calendar.label));
    CHECK(check_description(calendar.description));
    auto compiled = schedule::Calendar::compile(calendar.definition);
    if (compiled) return compiled;
    auto error = std::move(compiled).error();
    error.field = error.field.empty() ? "definition" : join_path("definition", error.field);
    return error;
}

Result<void> check_trigger(const Trigger& trigger, const schedule::CalendarLookup& calendars) {
    CHECK(check_label(trigger.label));
    CHECK(check_description(trigger.description));
    CHECK(check_trigger_schema(trigger.param_schema, calendars));
    return check_schema(trigger.out_schema, "out_schema");
}

Result<void> check_rule(const Rule& rule) {
    CHECK(check_label(rule.label));
    CHECK(check_description(rule.description));
    if (rule.permission_set_refs) CHECK(check_texts("permission_set_refs", *rule.permission_set_refs, 255));
    return check_conditions(rule.conditions);
}

Result<void> check_pack(const Pack& pack) {
    CHECK(check_label(pack.label));
    CHECK(check_description(pack.description));
    CHECK(check_version(pack.version));
    CHECK(check_schema(pack.conf_schema, "conf_schema"));
    CHECK(check_texts("tags", pack.tags, 255));
    return check_texts("runtime_deps", pack.runtime_deps, 255);
}

} // namespace attune::api
