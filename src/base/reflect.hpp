#pragma once
// One description of a struct (Boost.Describe) gives its JSON, its JSON Schema and (storage/table.hpp) its SQL row.
#include "base/enums.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attune {

/// What to do with members that the struct does not have (`unknown`), and with described members that the JSON lacks
/// (`missing`: `required` = an error unless optional; `defaults` = the struct's own initial value stands).
struct DecodeOptions {
    enum class Unknown { ignore, refuse } unknown = Unknown::ignore;
    enum class Missing { required, defaults } missing = Missing::required;
};

template <class T>
concept Described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// An optional that is left out of the JSON when empty (a plain std::optional is written as null).
template <class T>
struct Omittable : std::optional<T> {
    using std::optional<T>::optional;
    using std::optional<T>::operator=;
};

/// A member of a partial update: absent = leave alone, cleared = set to null, or a new value. Read from
/// {"op":"set","value":v} and {"op":"clear"}, from a plain value, and from null (= clear).
template <class T>
struct Patch {
    bool present = false;
    std::optional<T> value;
    explicit operator bool() const { return present; }
    /// The new content of a nullable field.
    std::optional<T> apply(std::optional<T> old) const { return present ? value : std::move(old); }
};

template <class T>
struct JsonCodec; // decode(value, path, options) -> Result<T>; encode(T) -> json::value; schema() -> json::object

/// Reads T from JSON. Errors: `invalid`, with the path of the member and what was expected there.
template <class T>
Result<T> from_json(const json::value& value, std::string path = {}, DecodeOptions options = {}) {
    return JsonCodec<T>::decode(value, path, options);
}
template <class T>
json::value to_json(const T& value) {
    return JsonCodec<T>::encode(value);
}
/// The JSON Schema (2020-12) of T.
template <class T>
json::object schema_of() {
    return JsonCodec<T>::schema();
}

namespace reflect {

inline Error wrong_type(const std::string& path, std::string_view expected, const json::value& got) {
    return invalid(path, fmt::format("expected {}, got {}", expected, excerpt(got)));
}

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_optional<Omittable<T>> : std::true_type {};
template <class T>
struct is_optional<Patch<T>> : std::true_type {};
template <class T>
struct is_omittable : std::false_type {};
template <class T>
struct is_omittable<Omittable<T>> : std::true_type {};

} // namespace reflect

template <>
struct JsonCodec<bool> {
    static Result<bool> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (!v.is_bool()) return reflect::wrong_type(path, "true or false", v);
        return v.get_bool();
    }
    static json::value encode(bool v) { return json::value(v); }
    static json::object schema() { return {{"type", "boolean"}}; }
};

template <std::integral T>
struct JsonCodec<T> {
    static Result<T> decode(const json::value& v, const std::string& path, DecodeOptions) {
        const auto fits = [](auto n) { return std::in_range<T>(n); };
        if (v.is_int64() && fits(v.get_int64())) return static_cast<T>(v.get_int64());
        if (v.is_uint64() && fits(v.get_uint64())) return static_cast<T>(v.get_uint64());
        if (v.is_double() && std::trunc(v.get_double()) == v.get_double() && std::abs(v.get_double()) < 9e15 &&
            fits(static_cast<std::int64_t>(v.get_double()))) {
            return static_cast<T>(v.get_double());
        }
        return reflect::wrong_type(path, std::is_unsigned_v<T> ? "a whole number, 0 or more" : "a whole number", v);
    }
    static json::value encode(T v) { return json::value(v); }
    static json::object schema() {
        json::object out{{"type", "integer"}};
        if (std::is_unsigned_v<T>) out["minimum"] = 0;
        return out;
    }
};

template <>
struct JsonCodec<double> {
    static Result<double> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (!v.is_number()) return reflect::wrong_type(path, "a number", v);
        return v.to_number<double>();
    }
    static json::value encode(double v) { return json::value(v); }
    static json::object schema() { return {{"type", "number"}}; }
};

template <>
struct JsonCodec<std::string> {
    static Result<std::string> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (!v.is_string()) return reflect::wrong_type(path, "a string", v);
        return std::string(v.get_string());
    }
    static json::value encode(const std::string& v) { return json::value(json::string(v)); }
    static json::object schema() { return {{"type", "string"}}; }
};

template <class Tag>
struct JsonCodec<Id<Tag>> {
    static Result<Id<Tag>> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        TRY(const auto n, JsonCodec<std::int64_t>::decode(v, path, o));
        if (n <= 0) return reflect::wrong_type(path, "an id (a positive whole number)", v);
        return Id<Tag>{n};
    }
    static json::value encode(Id<Tag> v) { return json::value(v.value); }
    static json::object schema() { return {{"type", "integer"}, {"format", "int64"}}; }
};

template <>
struct JsonCodec<Timestamp> {
    static Result<Timestamp> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (!v.is_string()) return reflect::wrong_type(path, "an RFC 3339 time", v);
        auto at = parse_timestamp(std::string_view(v.get_string()));
        if (!at) at.error().field = path;
        return at;
    }
    static json::value encode(Timestamp v) { return json::value(format_timestamp(v)); }
    static json::object schema() { return {{"type", "string"}, {"format", "date-time"}}; }
};

/// Durations are written as text ("10s") in settings.
template <>
struct JsonCodec<Duration> {
    static Result<Duration> decode(const json::value& v, const std::string& path, DecodeOptions) {
        auto d = parse_duration(v.is_string() ? std::string(v.get_string()) : to_text(v));
        if (!d) d.error().field = path;
        return d;
    }
    static json::value encode(Duration v) { return json::value(format_duration(v)); }
    static json::object schema() { return {{"type", "string"}, {"description", "a duration: 500ms, 10s, 5m, 2h, 7d"}}; }
};

template <>
struct JsonCodec<json::value> {
    static Result<json::value> decode(const json::value& v, const std::string&, DecodeOptions) {
        return json::value(v);
    }
    static json::value encode(const json::value& v) { return v; }
    static json::object schema() { return {}; }
};

template <>
struct JsonCodec<json::object> {
    static Result<json::object> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (!v.is_object()) return reflect::wrong_type(path, "an object", v);
        return json::object(v.get_object());
    }
    static json::value encode(const json::object& v) { return json::value(v); }
    static json::object schema() { return {{"type", "object"}}; }
};

template <>
struct JsonCodec<json::array> {
    static Result<json::array> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (!v.is_array()) return reflect::wrong_type(path, "an array", v);
        return json::array(v.get_array());
    }
    static json::value encode(const json::array& v) { return json::value(v); }
    static json::object schema() { return {{"type", "array"}, {"items", json::object{}}}; }
};

template <DescribedEnum E>
struct JsonCodec<E> {
    static Result<E> decode(const json::value& v, const std::string& path, DecodeOptions) {
        if (v.is_string()) {
            if (const auto found = parse_enum<E>(std::string_view(v.get_string()))) return *found;
        }
        return reflect::wrong_type(path, "one of " + enum_choices<E>(), v);
    }
    static json::value encode(E v) { return json::value(json::string(enum_name(v))); }
    static json::object schema() {
        json::array names;
        for (const auto name : enum_names<E>()) names.emplace_back(json::string(name));
        return {{"type", "string"}, {"enum", std::move(names)}};
    }
};

template <class T>
struct JsonCodec<std::vector<T>> {
    static Result<std::vector<T>> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        if (!v.is_array()) return reflect::wrong_type(path, "an array", v);
        std::vector<T> out;
        out.reserve(v.get_array().size());
        for (const auto& item : v.get_array()) {
            TRY(auto one, JsonCodec<T>::decode(item, join_path(path, out.size()), o));
            out.push_back(std::move(one));
        }
        return out;
    }
    static json::value encode(const std::vector<T>& v) {
        json::array out;
        out.reserve(v.size());
        for (const auto& item : v) out.push_back(JsonCodec<T>::encode(item));
        return json::value(std::move(out));
    }
    static json::object schema() { return {{"type", "array"}, {"items", JsonCodec<T>::schema()}}; }
};

template <class T>
struct JsonCodec<std::map<std::string, T>> {
    static Result<std::map<std::string, T>> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        if (!v.is_object()) return reflect::wrong_type(path, "an object", v);
        std::map<std::string, T> out;
        for (const auto& [key, member] : v.get_object()) {
            TRY(auto one, JsonCodec<T>::decode(member, join_path(path, std::string_view(key)), o));
            out.emplace(std::string(key), std::move(one));
        }
        return out;
    }
    static json::value encode(const std::map<std::string, T>& v) {
        json::object out;
        for (const auto& [key, member] : v) out[key] = JsonCodec<T>::encode(member);
        return json::value(std::move(out));
    }
    static json::object schema() { return {{"type", "object"}, {"additionalProperties", JsonCodec<T>::schema()}}; }
};

template <class T>
struct JsonCodec<std::optional<T>> {
    static Result<std::optional<T>> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        if (v.is_null()) return std::optional<T>{};
        TRY(auto one, JsonCodec<T>::decode(v, path, o));
        return std::optional<T>{std::move(one)};
    }
    static json::value encode(const std::optional<T>& v) { return v ? JsonCodec<T>::encode(*v) : json::value(nullptr); }
    static json::object schema() {
        auto out = JsonCodec<T>::schema();
        if (auto* type = out.if_contains("type"); type != nullptr && type->is_string()) {
            const auto name = type->get_string();
            *type = json::array{name, "null"};
        }
        return out;
    }
};

template <class T>
struct JsonCodec<Omittable<T>> {
    static Result<Omittable<T>> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        if (v.is_null()) return Omittable<T>{};
        TRY(auto one, JsonCodec<T>::decode(v, path, o));
        return Omittable<T>{std::move(one)};
    }
    static json::value encode(const Omittable<T>& v) { return v ? JsonCodec<T>::encode(*v) : json::value(nullptr); }
    static json::object schema() { return JsonCodec<T>::schema(); }
};

template <class T>
struct JsonCodec<Patch<T>> {
    static Result<Patch<T>> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        const auto* op = find_member(v, "op");
        if (op == nullptr || !op->is_string()) return plain(v, path, o);
        if (op->get_string() == "clear") return Patch<T>{true, std::nullopt};
        if (op->get_string() != "set") return plain(v, path, o);
        const auto* value = find_member(v, "value");
        if (value == nullptr) return invalid(join_path(path, "value"), "expected the new value beside \"op\":\"set\"");
        return plain(*value, join_path(path, "value"), o);
    }
    static json::value encode(const Patch<T>& v) {
        return v.value ? JsonCodec<T>::encode(*v.value) : json::value(nullptr);
    }
    static json::object schema() {
        return {{"oneOf",
                 json::array{JsonCodec<std::optional<T>>::schema(),
                             json::object{{"type", "object"},
                                          {"required", json::array{"op"}},
                                          {"properties",
                                           json::object{{"op", json::object{{"enum", json::array{"set", "clear"}}}},
                                                        {"value", JsonCodec<T>::schema()}}}}}}};
    }

private:
    static Result<Patch<T>> plain(const json::value& v, const std::string& path, DecodeOptions o) {
        if (v.is_null()) return Patch<T>{true, std::nullopt};
        TRY(auto one, JsonCodec<T>::decode(v, path, o));
        return Patch<T>{true, std::move(one)};
    }
};

template <Described T>
struct JsonCodec<T> {
    static Result<T> decode(const json::value& v, const std::string& path, DecodeOptions o) {
        if (!v.is_object()) return reflect::wrong_type(path.empty() ? "body" : path, "an object", v);
        T out{};
        std::optional<Error> failure;
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
            if (!failure) failure = decode_member(v.get_object(), out.*d.pointer, d.name, path, o);
        });
        if (!failure && o.unknown == DecodeOptions::Unknown::refuse) failure = refuse_unknown(v.get_object(), path);
        if (failure) return std::move(*failure);
        return out;
    }
    static json::value encode(const T& value) {
        json::object out;
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
            using Member = std::remove_cvref_t<decltype(value.*d.pointer)>;
            if constexpr (reflect::is_omittable<Member>::value) {
                if (!(value.*d.pointer)) return;
            }
            out[d.name] = JsonCodec<Member>::encode(value.*d.pointer);
        });
        return json::value(std::move(out));
    }
    static json::object schema() {
        json::object properties;
        json::array required;
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
            using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
            properties[d.name] = JsonCodec<Member>::schema();
            if (!reflect::is_optional<Member>::value) required.emplace_back(d.name);
        });
        json::object out{{"type", "object"}, {"properties", std::move(properties)}};
        if (!required.empty()) out["required"] = std::move(required);
        return out;
    }

private:
    template <class M>
    static std::optional<Error> decode_member(const json::object& from, M& into, const char* name,
                                              const std::string& path, DecodeOptions o) {
        const auto* member = from.if_contains(name);
        if (member == nullptr) {
            if (reflect::is_optional<M>::value || o.missing == DecodeOptions::Missing::defaults) return std::nullopt;
            return invalid(join_path(path, name),
                           fmt::format("is required ({})", describe_type(JsonCodec<M>::schema())));
        }
        auto decoded = [&] {
            // Settings keep the defaults of a nested section that is given in part.
            return JsonCodec<M>::decode(*member, join_path(path, name), o);
        }();
        if (!decoded) return std::move(decoded).error();
        into = *std::move(decoded);
        return std::nullopt;
    }
    static std::string describe_type(const json::object& schema) {
        const auto* type = schema.if_contains("type");
        return type != nullptr && type->is_string() ? std::string(type->get_string()) : "any value";
    }
    static std::optional<Error> refuse_unknown(const json::object& from, const std::string& path) {
        std::vector<std::string_view> known;
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) { known.emplace_back(d.name); });
        for (const auto& [key, ignored] : from) {
            if (std::find(known.begin(), known.end(), std::string_view(key)) != known.end()) continue;
            const auto meant = closest(key, known);
            return invalid(join_path(path, std::string_view(key)),
                           meant.empty() ? "is not known" : fmt::format("is not known; did you mean '{}'?", meant));
        }
        return std::nullopt;
    }
};

} // namespace attune
