#include "logic/schema/params.hpp"

#include "logic/schema/param_shape.hpp"
#include "logic/schema/secrets.hpp"

namespace attune::logic::schema {
namespace {

bool is_marked(const json::value& spec, std::string_view mark) {
    const auto* member = find_member(spec, mark);
    return member != nullptr && member->is_bool() && member->get_bool();
}

json::value normalised(const json::value& spec);

/// The properties of an object schema, and the names of those that are required.
json::object normalised_properties(const json::object& properties, json::array& required) {
    json::object out;
    for (const auto& [name, spec] : properties) {
        out[name] = normalised(spec);
        if (is_marked(spec, "required")) required.emplace_back(json::string(name));
    }
    return out;
}

/// One parameter as JSON Schema. What is not an object says nothing about its value.
json::value normalised(const json::value& spec) {
    if (!spec.is_object()) return json::object{};
    json::object out = spec.get_object();
    out.erase("secret");
    out.erase("position");
    json::array required;
    if (auto* names = out.if_contains("required")) {
        if (names->is_bool())
            out.erase("required");
        else if (names->is_array())
            required = names->get_array();
    }
    if (auto* properties = out.if_contains("properties"); properties != nullptr && properties->is_object()) {
        *properties = normalised_properties(properties->get_object(), required);
        if (!required.empty()) out["required"] = std::move(required);
    }
    if (auto* items = out.if_contains("items"); items != nullptr && items->is_object()) *items = normalised(*items);
    return out;
}

void check_mark(const json::value& spec, std::string_view mark, const std::string& path,
                std::vector<Problem>& problems) {
    const auto* member = find_member(spec, mark);
    const bool list_of_names = mark == "required" && member != nullptr && member->is_array();
    if (member == nullptr || member->is_bool() || list_of_names) return;
    problems.push_back({join_path(path, mark), fmt::format("expected true or false, got {}", excerpt(*member))});
}

void check_parameter(const json::value& spec, const std::string& path, std::vector<Problem>& problems) {
    if (!spec.is_object()) {
        problems.push_back(
            {path, fmt::format("expected an object such as {{\"type\": \"string\"}}, got {}", excerpt(spec))});
        return;
    }
    check_mark(spec, "required", path, problems);
    check_mark(spec, "secret", path, problems);
    const auto* position = find_member(spec, "position");
    if (position == nullptr || position->is_int64() || position->is_uint64() || position->is_null()) return;
    problems.push_back(
        {join_path(path, "position"), fmt::format("expected a whole number, got {}", excerpt(*position))});
}

/// Errors of the compiler name the place in the JSON Schema, where a flat schema's parameters are below `properties`.
Problem compile_problem(const Error& error, const json::value& schema, std::string_view path) {
    std::string_view field = error.field;
    constexpr std::string_view kAdded = "properties.";
    if (!is_object_schema(schema) && field.starts_with(kAdded)) field.remove_prefix(kAdded.size());
    return {field.empty() ? std::string(path) : join_path(path, field), error.message};
}

} // namespace

json::value to_json_schema(const json::value& param_schema) {
    if (is_object_schema(param_schema)) return normalised(param_schema);
    json::object out{{"type", "object"}};
    json::array required;
    const auto* parameters = param_schema.if_object();
    out["properties"] = parameters == nullptr ? json::object() : normalised_properties(*parameters, required);
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

std::vector<Problem> validate_flat_schema(const json::value& param_schema, std::string_view path) {
    if (param_schema.is_null()) return {};
    if (!param_schema.is_object()) {
        return {{std::string(path),
                 fmt::format("expected an object of parameters by name, got {}", excerpt(param_schema))}};
    }
    std::vector<Problem> problems;
    const auto parent = is_object_schema(param_schema) ? join_path(path, "properties") : std::string(path);
    for (const auto& [name, spec] : *parameters_of(param_schema)) {
        if (name.empty()) problems.push_back({parent, "a parameter has no name"});
        check_parameter(spec, join_path(parent, std::string_view(name)), problems);
    }
    if (const auto compiled = Validator::compile(to_json_schema(param_schema)); !compiled) {
        problems.push_back(compile_problem(compiled.error(), param_schema, path));
    }
    return problems;
}

std::vector<Problem> validate_params(const json::value& param_schema, const json::value& params, std::string_view path,
                                     TemplatesAllowed templates) {
    if (!params.is_null() && !params.is_object()) {
        return {{std::string(path), fmt::format("expected an object of parameters by name, got {}", excerpt(params))}};
    }
    const auto compiled = Validator::compile(to_json_schema(param_schema));
    if (!compiled) {
        const auto defect = compile_problem(compiled.error(), param_schema, "");
        return {{std::string(path),
                 fmt::format("cannot be checked, the schema is not valid: {}: {}", defect.path, defect.message)}};
    }
    auto filled = params.is_null() ? json::object() : params.get_object();
    fill_defaults(param_schema, filled);
    auto problems = compiled->validate(json::value(filled), templates);
    if (!problems.empty()) hide_secrets(param_schema, std::move(filled), problems);
    for (auto& problem : problems)
        problem.path = problem.path.empty() ? std::string(path) : join_path(path, problem.path);
    return problems;
}

} // namespace attune::logic::schema
