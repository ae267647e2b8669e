#include "logic/action/parameters.hpp"

#include "base/text.hpp"
#include "logic/action/value_text.hpp"
#include "logic/action/yaml_text.hpp"

#include <algorithm>

namespace attune::logic::action {
namespace {

bool can_be_dotenv_key(std::string_view key) {
    return !key.empty() && std::ranges::none_of(key, [](char c) {
        return c == '=' || c == '\x7f' || static_cast<unsigned char>(c) < 0x20;
    });
}

Result<void> flatten(const json::object& object, std::string_view parent, std::vector<std::string>& lines) {
    for (const auto& [name, value] : object) {
        if (!can_be_dotenv_key(name)) {
            return invalid(join_path(parent, name), "a parameter name cannot be empty or hold '=' or control "
                                                    "characters when parameter_format is dotenv");
        }
        const auto key = join_path(parent, name);
        if (const auto* nested = value.if_object()) {
            CHECK(flatten(*nested, key, lines));
        } else {
            lines.push_back(key + '=' + shell_quote(value.is_null() ? "" : value_text(value)));
        }
    }
    return {};
}

Result<std::string> to_dotenv(const json::object& parameters) {
    std::vector<std::string> lines;
    CHECK(flatten(parameters, {}, lines));
    std::ranges::sort(lines);
    return join(lines, "\n");
}

} // namespace

Result<std::string> format_parameters(const json::object& parameters, ParameterFormat format) {
    switch (format) {
    case ParameterFormat::json: return to_text(parameters);
    case ParameterFormat::yaml: return to_yaml(parameters);
    case ParameterFormat::dotenv: return to_dotenv(parameters);
    }
    return invalid("parameter_format", "expected one of " + enum_choices<ParameterFormat>());
}

} // namespace attune::logic::action
