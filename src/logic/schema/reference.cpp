#include "logic/schema/reference.hpp"

#include "base/text.hpp"

#include <charconv>

namespace attune::logic::schema {
namespace {

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const auto* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// ~1 is '/', ~0 is '~' (RFC 6901).
std::string unescaped(std::string_view segment) {
    std::string out;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        const bool escape =
            segment[i] == '~' && i + 1 < segment.size() && (segment[i + 1] == '0' || segment[i + 1] == '1');
        out += escape ? (segment[++i] == '0' ? '~' : '/') : segment[i];
    }
    return out;
}

const json::value* child(const json::value& value, const std::string& name) {
    const auto* list = value.if_array();
    if (list == nullptr) return find_member(value, name);
    std::size_t index = 0;
    const auto* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data(), end, index);
    return parsed.ec == std::errc{} && parsed.ptr == end && index < list->size() ? &(*list)[index] : nullptr;
}

const json::value* follow_pointer(const json::value& document, std::string_view pointer) {
    const auto* at = &document;
    for (const auto segment : split(pointer.substr(1), '/')) {
        at = child(*at, unescaped(segment));
        if (at == nullptr) return nullptr;
    }
    return at;
}

bool is_text(const json::value* value, std::string_view text) {
    return value != nullptr && value->is_string() && std::string_view(value->get_string()) == text;
}

/// The subschema with this `$anchor`, or with the `$id` "#name" of draft 7.
const json::value* find_anchor(const json::value& schema, std::string_view name) {
    if (is_text(find_member(schema, "$anchor"), name) || is_text(find_member(schema, "$id"), "#" + std::string(name)))
        return &schema;
    if (const auto* list = schema.if_array()) {
        for (const auto& item : *list) {
            if (const auto* found = find_anchor(item, name)) return found;
        }
    } else if (const auto* object = schema.if_object()) {
        for (const auto& member : *object) {
            if (const auto* found = find_anchor(member.value(), name)) return found;
        }
    }
    return nullptr;
}

} // namespace

Result<const json::value*> resolve_reference(const json::value& document, std::string_view reference) {
    const auto hash = std::min(reference.find('#'), reference.size());
    const auto base = reference.substr(0, hash);
    if (!base.empty() && !is_text(find_member(document, "$id"), base)) {
        return Error{Errc::invalid, fmt::format("expected a reference within the schema (#...), got '{}'", reference)};
    }
    const auto fragment = hash == reference.size() ? std::string() : percent_decoded(reference.substr(hash + 1));
    if (fragment.empty()) return &document;
    const auto* found = fragment.front() == '/' ? follow_pointer(document, fragment) : find_anchor(document, fragment);
    if (found == nullptr) return Error{Errc::invalid, fmt::format("nothing is at '{}' in the schema", reference)};
    return found;
}

} // namespace attune::logic::schema
