#include "logic/action/environment.hpp"

#include "base/text.hpp"
#include "logic/action/value_text.hpp"

#include <algorithm>
#include <array>

namespace attune::logic::action {
namespace {

constexpr std::array<std::string_view, 4> kAllowed{"PATH", "HOME", "LANG", "TZ"};
constexpr std::string_view kUsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string* find(Environment& environment, std::string_view name) {
    const auto at = std::ranges::find(environment, name, &Environment::value_type::first);
    return at == environment.end() ? nullptr : &at->second;
}

void set(Environment& environment, std::string_view name, std::string value) {
    if (auto* present = find(environment, name)) {
        *present = std::move(value);
    } else {
        environment.emplace_back(name, std::move(value));
    }
}

void set_unless_empty(Environment& environment, std::string_view name, const std::string& value) {
    if (!value.empty()) set(environment, name, value);
}

void apply(Environment& environment, const EnvironmentChange& change) {
    const auto* present = find(environment, change.name);
    const bool joins = present != nullptr && !present->empty();
    switch (change.operation) {
    case EnvironmentChange::Operation::set: return set(environment, change.name, change.value);
    case EnvironmentChange::Operation::prepend:
        return set(environment, change.name, change.value + (joins ? change.separator + *present : ""));
    case EnvironmentChange::Operation::append:
        return set(environment, change.name, (joins ? *present + change.separator : "") + change.value);
    }
}

bool is_ours(std::string_view name) {
    return name.starts_with("ATTUNE_");
}

void add_own_variables(Environment& environment, const ExecutionContext& context) {
    set(environment, "ATTUNE_EXEC_ID", fmt::format("{}", context.execution));
    set(environment, "ATTUNE_ACTION", context.action_ref);
    set(environment, "ATTUNE_PACK_REF", context.pack_ref);
    set_unless_empty(environment, "ATTUNE_API_URL", context.api_url);
    set_unless_empty(environment, "ATTUNE_ARTIFACTS_DIR", context.artifacts_dir);
    set_unless_empty(environment, "ATTUNE_RUNTIME_ENVS_DIR", context.runtime_envs_dir);
    set(environment, "ATTUNE_PARAMETER_DELIVERY", std::string(enum_name(context.delivery)));
    set(environment, "ATTUNE_PARAMETER_FORMAT", std::string(enum_name(context.format)));
    if (context.delivery == ParameterDelivery::file) {
        set_unless_empty(environment, "ATTUNE_PARAMETER_FILE", context.parameter_file);
    }
    set_unless_empty(environment, "ATTUNE_RULE", context.rule_ref);
    set_unless_empty(environment, "ATTUNE_TRIGGER", context.trigger_ref);
    for (const auto& [key, value] : context.context) {
        set(environment, "ATTUNE_CONTEXT_" + to_upper(to_identifier_part(key)), value_text(value));
    }
    set_unless_empty(environment, "ATTUNE_API_TOKEN", context.api_token);
    set_unless_empty(environment, "ATTUNE_INSTANCE_ID", context.instance_id);
    set_unless_empty(environment, "ATTUNE_WORKER", context.worker_name);
}

} // namespace

Environment base_environment(std::span<const std::pair<std::string, std::string>> server) {
    Environment environment{{"PATH", std::string(kUsualPath)}};
    for (const auto& [name, value] : server) {
        if (std::ranges::find(kAllowed, name) != kAllowed.end()) set_unless_empty(environment, name, value);
    }
    return environment;
}

Environment build_environment(std::span<const std::pair<std::string, std::string>> server) {
    auto environment = base_environment(server);
    for (const auto& [name, value] : server) {
        const auto lower = to_lower(name);
        const bool is_told = lower.starts_with("pip_") || lower.starts_with("npm_config_") ||
                             lower.starts_with("ssl_cert_") || lower.ends_with("_proxy") ||
                             lower == "node_extra_ca_certs";
        if (is_told) set_unless_empty(environment, name, value);
    }
    return environment;
}

Environment make_environment(Environment base, std::span<const EnvironmentChange> changes,
                             const ExecutionContext& context) {
    auto environment = std::move(base);
    for (const auto& [name, value] : context.env_vars) {
        if (is_identifier(name) && !is_ours(name)) set(environment, name, value_text(value));
    }
    for (const auto& change : changes) apply(environment, change);
    std::erase_if(environment, [](const auto& variable) { return is_ours(variable.first); });
    add_own_variables(environment, context);
    return environment;
}

} // namespace attune::logic::action
