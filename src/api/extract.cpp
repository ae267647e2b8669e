#include "api/extract.hpp"

#include "base/text.hpp"

#include <charconv>

namespace attune::api::extract {
namespace {

template <class N>
json::value number_or_text(std::string_view text) {
    N number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return json::value(number);
    return json::value(json::string(text));
}

bool is_json_type(std::string_view content_type) {
    const auto type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
    return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

} // namespace

json::value text_to_json(std::string_view text, TextKind kind) {
    switch (kind) {
    case TextKind::integer: return number_or_text<std::int64_t>(text);
    case TextKind::number: return number_or_text<double>(text);
    case TextKind::boolean:
        if (text == "true" || text == "1") return json::value(true);
        if (text == "false" || text == "0") return json::value(false);
        break;
    case TextKind::text: break;
    }
    return json::value(json::string(text));
}

json::value texts_to_json(const std::vector<std::string_view>& texts, TextKind kind, bool is_vector) {
    if (!is_vector) return text_to_json(texts.front(), kind);
    json::array out;
    for (const auto text : texts) {
        for (const auto part : split(text, ',')) {
            if (!part.empty()) out.push_back(text_to_json(part, kind));
        }
    }
    return json::value(std::move(out));
}

std::vector<std::string_view> values_of(const TextPairs& pairs, std::string_view name) {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : pairs) {
        if (key == name) out.emplace_back(value);
    }
    return out;
}

Result<json::value> read_json_body(const RawRequest& request) {
    const auto type = request.headers.get("content-type");
    if (!is_json_type(type)) {
        return Error{Errc::unsupported, fmt::format("expected a body with Content-Type: application/json, got {}",
                                                    type.empty() ? "none" : to_valid_utf8(type))};
    }
    if (const auto encoding = request.headers.get("content-encoding"); !encoding.empty() && encoding != "identity") {
        return Error{Errc::unsupported, "bodies with a Content-Encoding are not understood"};
    }
    if (request.body.empty()) return Error{Errc::bad_request, "expected a JSON body, got none"};
    return parse_json(request.body);
}

} // namespace attune::api::extract
