#include "logic/action/execution_config.hpp"

#include "base/enums.hpp"
#include "logic/action/value_text.hpp"

#include <algorithm>

namespace attune::logic::action {
namespace {

/// One object of the configuration and where it stands.
struct Section {
    const json::object* members = nullptr; ///< null = absent
    std::string path;

    /// The member, or null when it is absent or null.
    const json::value* find(std::string_view name) const {
        const auto* value = members == nullptr ? nullptr : members->if_contains(name);
        return value == nullptr || value->is_null() ? nullptr : value;
    }
};

Error expected(const Section& section, std::string_view name, std::string_view what, const json::value& value) {
    return invalid(join_path(section.path, name), fmt::format("expected {}, got {}", what, excerpt(value)));
}

Result<Section> subsection(const Section& parent, std::string_view name) {
    const auto* value = parent.find(name);
    if (value != nullptr && !value->is_object()) return expected(parent, name, "an object", *value);
    return Section{value == nullptr ? nullptr : &value->get_object(), join_path(parent.path, name)};
}

Result<std::string> read_text(const Section& section, std::string_view name, std::string_view fallback = {}) {
    const auto* value = section.find(name);
    if (value == nullptr) return std::string(fallback);
    if (!value->is_string()) return expected(section, name, "a string", *value);
    return std::string(value->get_string());
}

Result<std::vector<std::string>> read_texts(const Section& section, std::string_view name) {
    std::vector<std::string> out;
    const auto* value = section.find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) return expected(section, name, "an array of strings", *value);
    for (const auto& item : value->get_array()) {
        if (!item.is_string()) {
            const auto path = join_path(join_path(section.path, name), out.size());
            return invalid(path, fmt::format("expected a string, got {}", excerpt(item)));
        }
        out.emplace_back(item.get_string());
    }
    return out;
}

Result<bool> read_flag(const Section& section, std::string_view name) {
    const auto* value = section.find(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) return expected(section, name, "a boolean", *value);
    return value->get_bool();
}

template <class E>
Result<E> read_choice(const Section& section, std::string_view name, E fallback) {
    const auto* value = section.find(name);
    if (value == nullptr) return fallback;
    const auto choice = value->is_string() ? parse_enum<E>(std::string_view(value->get_string())) : std::nullopt;
    if (!choice) return expected(section, name, "one of " + enum_choices<E>(), *value);
    return *choice;
}

/// "value", or {value, operation, separator}.
Result<EnvironmentChange> read_change(const Section& section, std::string_view name) {
    EnvironmentChange change;
    change.name = name;
    if (!is_identifier(name)) return invalid(join_path(section.path, name), "is not a variable's name");
    const auto* value = section.find(name);
    if (value == nullptr) return change;
    if (!value->is_object()) {
        if (value->is_array()) return expected(section, name, "a string or an object", *value);
        change.value = value_text(*value);
        return change;
    }
    TRY(const auto form, subsection(section, name));
    TRY(change.value, read_text(form, "value"));
    TRY(change.operation, read_choice(form, "operation", EnvironmentChange::Operation::set));
    TRY(change.separator, read_text(form, "separator", ":"));
    return change;
}

} // namespace

Result<ExecutionConfig> read_execution_config(const json::object& config) {
    const Section root{&config, "execution_config"};
    ExecutionConfig out;
    TRY(const auto interpreter, subsection(root, "interpreter"));
    TRY(out.binary, read_text(interpreter, "binary"));
    TRY(out.args, read_texts(interpreter, "args"));
    TRY(const auto environment, subsection(root, "environment"));
    TRY(out.environment_interpreter, read_text(environment, "interpreter_path"));
    TRY(out.create_command, read_texts(environment, "create_command"));
    TRY(const auto dependencies, subsection(root, "dependencies"));
    TRY(out.manifest_file, read_text(dependencies, "manifest_file"));
    TRY(out.lock_file, read_text(dependencies, "lock_file"));
    TRY(out.install_command, read_texts(dependencies, "install_command"));
    TRY(const auto inlined, subsection(root, "inline_execution"));
    TRY(out.inline_strategy, read_choice(inlined, "strategy", InlineStrategy::direct));
    TRY(out.inject_shell_helpers, read_flag(inlined, "inject_shell_helpers"));
    TRY(const auto variables, subsection(root, "env_vars"));
    if (variables.members != nullptr) {
        for (const auto& [name, value] : *variables.members) {
            TRY(auto change, read_change(variables, name));
            out.env_vars.push_back(std::move(change));
        }
    }
    return out;
}

std::string fill_tokens(std::string_view text, Tokens tokens) {
    std::string out;
    while (!text.empty()) {
        const auto token = std::ranges::find_if(tokens, [&](const auto& candidate) {
            return text.front() == '{' && text.substr(1).starts_with(candidate.first) &&
                   text.substr(1 + candidate.first.size()).starts_with('}');
        });
        const auto taken = token == tokens.end() ? 1 : token->first.size() + 2;
        out += token == tokens.end() ? std::string(text.substr(0, 1)) : token->second;
        text.remove_prefix(taken);
    }
    return out;
}

} // namespace attune::logic::action
