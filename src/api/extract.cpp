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

/// A parameter's type without what says that it may be absent.
const Type& plain_type(const Type& type) {
    return type.is_optional() ? plain_type(*type.element) : type;
}

TextKind kind_of(const Type& type) {
    if (type.kind == Kind::boolean) return TextKind::boolean;
    if (type.kind == Kind::integer || type.kind == Kind::id) return TextKind::integer;
    return type.kind == Kind::real ? TextKind::number : TextKind::text;
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

Result<void> decode_texts(const Type& type, const std::vector<std::string_view>& texts, const std::string& name,
                          void* to) {
    const auto& plain = plain_type(type);
    const bool is_list = plain.kind == Kind::list;
    auto decoded =
        decode_json(type, texts_to_json(texts, kind_of(is_list ? *plain.element : plain), is_list), name, {}, to);
    if (!decoded) decoded.error().code = Errc::bad_request;
    return decoded;
}

Result<void> decode_pairs(const Structure& structure, const TextPairs& pairs, void* to) {
    for (const auto& field : structure.fields) {
        auto texts = values_of(pairs, field.name);
        const auto& plain = plain_type(*field.type);
        const auto kind = plain.kind == Kind::list ? plain.element->kind : plain.kind;
        if (kind != Kind::text) std::erase_if(texts, [](std::string_view text) { return text.empty(); });
        if (texts.empty()) continue;
        CHECK(decode_texts(*field.type, texts, std::string(field.name), field.of(to)));
    }
    return {};
}

Result<void> decode_path(const Type& type, const TextPairs& parameters, void* to) {
    if (type.kind == Kind::structure) return decode_pairs(type.structure(), parameters, to);
    const auto& [name, text] = parameters.front();
    return decode_texts(type, {text}, name, to);
}

Result<void> decode_body(const Type& type, const RawRequest& request, void* to) {
    if (type.is_optional() && request.body.empty()) return {};
    TRY(const auto document, read_json_body(request));
    return decode_json(type, document, {}, {}, to);
}

Result<void> read_path(const Type* type, const Call& call, void* to) {
    return decode_path(*type, call.parameters, to);
}

Result<void> read_query(const Type* type, const Call& call, void* to) {
    return decode_pairs(type->structure(), call.request.query, to);
}

Result<void> read_body(const Type* type, const Call& call, void* to) {
    return decode_body(*type, call.request, to);
}

Result<void> read_caller(const Type* /*none*/, const Call& call, void* to) {
    *static_cast<const Caller**>(to) = &call.caller;
    return {};
}

Result<void> read_request(const Type* /*none*/, const Call& call, void* to) {
    *static_cast<const RawRequest**>(to) = &call.request;
    return {};
}

Result<void> read_now(const Type* /*none*/, const Call& call, void* to) {
    *static_cast<Timestamp*>(to) = call.now;
    return {};
}

} // namespace attune::api::extract
