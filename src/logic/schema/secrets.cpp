#include "logic/schema/secrets.hpp"

#include "base/text.hpp"
#include "logic/matching/template_text.hpp"
#include "logic/schema/param_shape.hpp"

#include <algorithm>
#include <charconv>

namespace attune::logic::schema {
namespace {

bool is_secret(const json::value& spec) {
    const auto* mark = find_member(spec, "secret");
    return mark != nullptr && mark->is_bool() && mark->get_bool();
}

const json::object* object_member(const json::value& spec, std::string_view name) {
    const auto* member = find_member(spec, name);
    return member == nullptr ? nullptr : member->if_object();
}

/// The schema of a member, or null when nothing is said of it.
const json::value* spec_of(const json::object* properties, const json::value* others, std::string_view name) {
    if (properties != nullptr) {
        if (const auto* found = properties->if_contains(name)) return found;
    }
    return others;
}

std::string escaped(std::string_view name) {
    return replace_all(replace_all(std::string(name), "~", "~0"), "/", "~1");
}

bool is_one_template(const json::value& value) {
    if (!value.is_string()) return false;
    const auto parts = matching::split_templates(value.get_string());
    return parts.size() == 1 && parts.front().is_path;
}

/// Walks values along their schema.
class Taker {
public:
    explicit Taker(TemplatesAllowed templates) : templates_(templates) {}

    void members(const json::object* properties, const json::value* others, json::object& values,
                 const std::string& pointer, const std::string& path) {
        for (auto& member : values) {
            const auto* spec = spec_of(properties, others, member.key());
            if (spec == nullptr) continue;
            take(*spec, member.value(), pointer + "/" + escaped(member.key()),
                 join_path(path, std::string_view(member.key())));
        }
    }

    TakenSecrets out;

private:
    void take(const json::value& spec, json::value& value, const std::string& pointer, const std::string& path) {
        if (is_secret(spec)) {
            take_whole(value, pointer, path);
        } else if (auto* object = value.if_object()) {
            members(object_member(spec, "properties"), find_member(spec, "additionalProperties"), *object, pointer,
                    path);
        } else if (auto* list = value.if_array()) {
            const auto* items = find_member(spec, "items");
            if (items == nullptr) return;
            for (std::size_t i = 0; i < list->size(); ++i)
                take(*items, (*list)[i], fmt::format("{}/{}", pointer, i), join_path(path, i));
        }
    }

    void take_whole(json::value& value, const std::string& pointer, const std::string& path) {
        if (value.is_null()) return;
        if (is_mask(value)) {
            out.masked.push_back({pointer, path, nullptr});
            return;
        }
        if (templates_ == TemplatesAllowed::yes && is_one_template(value)) return;
        out.parts.push_back({pointer, path, std::move(value)});
        value = kMask;
    }

    TemplatesAllowed templates_;
};

bool declares(const json::value& spec) {
    if (is_secret(spec)) return true;
    if (const auto* properties = object_member(spec, "properties")) {
        if (std::ranges::any_of(*properties, [](const auto& member) { return declares(member.value()); })) return true;
    }
    for (const auto* name : {"items", "additionalProperties"}) {
        const auto* below = find_member(spec, name);
        if (below != nullptr && declares(*below)) return true;
    }
    return false;
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether one of two paths lies at or below the other.
bool related(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (!b.starts_with(a)) return false;
    return a.empty() || a.size() == b.size() || b[a.size()] == '.' || b[a.size()] == '[';
}

} // namespace

TakenSecrets take_secrets(const json::value& param_schema, json::object& values, TemplatesAllowed templates) {
    Taker taker(templates);
    taker.members(parameters_of(param_schema), nullptr, values, "", "");
    return std::move(taker.out);
}

bool declares_secrets(const json::value& param_schema) {
    const auto* parameters = parameters_of(param_schema);
    return parameters != nullptr &&
           std::ranges::any_of(*parameters, [](const auto& member) { return declares(member.value()); });
}

bool declares_secrets(const std::optional<json::object>& param_schema) {
    return param_schema && declares_secrets(json::value(*param_schema));
}

Secrecy secrecy_at(const json::value& param_schema, std::span<const std::string_view> segments) {
    if (segments.empty()) return declares_secrets(param_schema) ? Secrecy::holds_secret : Secrecy::open;
    const auto* spec = spec_of(parameters_of(param_schema), nullptr, segments.front());
    for (const auto segment : segments.subspan(1)) {
        if (spec == nullptr || is_secret(*spec)) break;
        const auto* items = find_member(*spec, "items");
        spec = items != nullptr && is_number(segment)
                   ? items
                   : spec_of(object_member(*spec, "properties"), find_member(*spec, "additionalProperties"), segment);
    }
    if (spec == nullptr) return Secrecy::open;
    if (is_secret(*spec)) return Secrecy::secret;
    return declares(*spec) ? Secrecy::holds_secret : Secrecy::open;
}

bool is_mask(const json::value& value) {
    const auto* text = value.if_string();
    return text != nullptr && std::string_view(*text) == kMask;
}

bool has_mask(const json::object& values) {
    return std::ranges::any_of(values, [](const auto& member) { return has_mask(member.value()); });
}

bool has_mask(const json::value& value) {
    if (value.is_string()) return is_mask(value);
    if (const auto* object = value.if_object()) return has_mask(*object);
    const auto* list = value.if_array();
    return list != nullptr && std::ranges::any_of(*list, [](const json::value& item) { return has_mask(item); });
}

json::value* at_pointer(json::object& values, std::string_view pointer) {
    auto segments = split(pointer, '/');
    json::object* object = &values;
    json::value* found = nullptr;
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const auto name = replace_all(replace_all(std::string(segments[i]), "~1", "/"), "~0", "~");
        if (object != nullptr) {
            found = object->if_contains(name);
        } else {
            auto* list = found->if_array();
            std::size_t index = 0;
            const auto read = std::from_chars(name.data(), name.data() + name.size(), index);
            const bool fits = list != nullptr && read.ec == std::errc{} && index < list->size();
            found = fits ? &(*list)[index] : nullptr;
        }
        if (found == nullptr) return nullptr;
        object = found->if_object();
    }
    return found;
}

std::vector<SecretPart> take_at(json::object& values, const std::vector<std::string>& pointers) {
    std::vector<SecretPart> out;
    for (const auto& pointer : pointers) {
        auto* value = at_pointer(values, pointer);
        if (value == nullptr || value->is_null() || is_mask(*value)) continue;
        out.push_back({pointer, pointer, std::move(*value)});
        *value = kMask;
    }
    return out;
}

void hide_secrets(const json::value& param_schema, json::object values, std::vector<Problem>& problems) {
    const auto taken = take_secrets(param_schema, values);
    for (auto& problem : problems) {
        const auto touches = [&](const SecretPart& part) { return related(part.path, problem.path); };
        if (std::ranges::none_of(taken.parts, touches)) continue;
        // The value stands behind ", got ", or at the beginning of sentences that do not say what is expected.
        auto expected = problem.message.substr(0, problem.message.find(", got "));
        if (!expected.starts_with("expected ") && !expected.starts_with("is ")) expected = "does not fit the schema";
        problem.message = expected + " (what was given is secret and not shown)";
    }
}

} // namespace attune::logic::schema
