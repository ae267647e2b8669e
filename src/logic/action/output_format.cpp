#include "logic/action/output_format.hpp"

#include "base/text.hpp"

namespace attune::logic::action {
namespace {

std::optional<json::value> from_json_text(std::string_view text) {
    if (text.empty()) return std::nullopt;
    auto value = parse_json(text);
    if (!value) return std::nullopt;
    return *std::move(value);
}

std::optional<json::value> from_json_lines(std::string_view text) {
    json::array lines;
    for (const auto line : split(text, '\n')) {
        if (auto value = from_json_text(trim(line))) lines.push_back(*std::move(value));
    }
    if (lines.empty()) return std::nullopt;
    return json::value(std::move(lines));
}

std::optional<json::value> from_yaml(std::string_view text, const YamlParser& yaml) {
    if (!yaml) return std::nullopt;
    auto value = yaml(text);
    if (!value || value->is_null()) return std::nullopt;
    return *std::move(value);
}

} // namespace

std::optional<json::value> parse_output(const OutputCollector& output, OutputFormat format, const YamlParser& yaml) {
    if (format == OutputFormat::text || output.is_blank()) return std::nullopt;
    const auto whole = output.is_whole() ? output.head() : std::string();
    const auto text = trim(whole);
    switch (format) {
    case OutputFormat::text: return std::nullopt;
    case OutputFormat::json: {
        auto value = from_json_text(text);
        return value ? value : from_json_text(output.last_line());
    }
    case OutputFormat::yaml: return output.is_whole() ? from_yaml(text, yaml) : std::nullopt;
    case OutputFormat::jsonl: return output.is_whole() ? from_json_lines(text) : std::nullopt;
    }
    return std::nullopt;
}

} // namespace attune::logic::action
