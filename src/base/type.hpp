#pragma once
// What C++ types are, as data: one table a struct and one entry a type, made where the struct is described. All that is
// done with described things (JSON, schemas, SQL rows, parameters, views) is plain functions over these tables, so that
// using a struct costs the compiler nothing.
#include "base/enums.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/timestamp.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

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

enum class Kind : std::uint8_t {
    boolean,
    integer,
    real,
    text,
    id, ///< Id<Tag>
    timestamp,
    duration,
    json, ///< any JSON value
    object,
    array,
    enumeration,
    list, ///< std::vector
    map,  ///< std::map<std::string, …>
    optional,
    omittable,
    patch,
    structure,
    custom,
};

struct Structure;
struct Type;

/// What only the C++ type of a container knows to do. `emplace`, `append` and `insert` return the place of a new,
/// default-made content.
struct OptionalOps {
    const void* (*content)(const void* optional); ///< null when it is empty
    void* (*emplace)(void* optional);
    void (*reset)(void* optional); ///< of a patch: it is present, and clears
};
struct ListOps {
    std::size_t (*size)(const void* list);
    const void* (*at)(const void* list, std::size_t index);
    void* (*append)(void* list);
    void (*clear)(void* list);
    void (*reserve)(void* list, std::size_t count);
};
struct MapOps {
    using Visitor = void (*)(void* context, const std::string& key, const void* value);
    void (*each)(const void* map, Visitor visitor, void* context);
    void* (*insert)(void* map, std::string_view key);
    void (*clear)(void* map);
};
/// A type with a form of its own in JSON. `decode` names `path` in its error.
struct CustomOps {
    Result<void> (*decode)(const json::value& from, const std::string& path, void* to);
    json::value (*encode)(const void* from);
    json::object (*schema)();
};

/// One C++ type. There is one Type for each: they are compared by their addresses.
struct Type {
    Kind kind = Kind::custom;
    std::uint8_t size = 0;    ///< bytes of an integer or enumeration
    bool is_signed = true;    ///< of an integer
    const Type* element = {}; ///< of a list, map, optional, omittable or patch
    const OptionalOps* optional = {};
    const ListOps* list = {};
    const MapOps* map = {};
    const CustomOps* custom = {};
    std::span<const std::string_view> names = {}; ///< of an enumeration
    const Structure& (*described)() = {};         ///< of a struct,
    const Structure* derived = {};                ///< or of a structure made while the program runs (derive.hpp)

    /// Of Kind::structure alone.
    const Structure& structure() const { return derived != nullptr ? *derived : described(); }
    /// Whether a value may be missing.
    bool is_optional() const { return optional != nullptr; }
};

/// One member of a struct.
struct Field {
    std::string_view name;
    std::size_t offset = 0;
    const Type* type = {};
    std::string_view text = {}; ///< what it means, for people; empty when nobody said

    const void* of(const void* object) const { return static_cast<const char*>(object) + offset; }
    void* of(void* object) const { return static_cast<char*>(object) + offset; }
};

/// A described struct.
struct Structure {
    std::string_view name;  ///< "RuleView"
    std::string_view table; ///< of a row of the database; else empty
    std::span<const Field> fields;

    /// Null when there is none of this name.
    const Field* find(std::string_view field) const;
};

/// A struct with a table of its members: ATTUNE_STRUCT beside it and ATTUNE_FIELDS in a source file.
template <class T>
concept Described = std::is_class_v<T> && requires(const T* none) {
    { attune_structure(none) } -> std::same_as<const Structure&>;
};

template <Described T>
const Structure& structure_of() {
    return attune_structure(static_cast<const T*>(nullptr));
}

namespace detail {

template <class T>
constexpr Type make_type();

} // namespace detail

template <class T>
inline constexpr Type type_of = detail::make_type<T>();

namespace detail {

template <class Optional, class T>
struct OptionalAccess {
    static const void* content(const void* it) {
        const auto& optional = *static_cast<const Optional*>(it);
        return optional ? &*optional : nullptr;
    }
    static void* emplace(void* it) { return &static_cast<Optional*>(it)->emplace(); }
    static void reset(void* it) { static_cast<Optional*>(it)->reset(); }
    static constexpr OptionalOps ops{content, emplace, reset};
};
template <class T>
struct PatchAccess {
    static const void* content(const void* it) {
        const auto& patch = *static_cast<const Patch<T>*>(it);
        return patch.value ? &*patch.value : nullptr;
    }
    static void* emplace(void* it) {
        auto& patch = *static_cast<Patch<T>*>(it);
        patch.present = true;
        return &patch.value.emplace();
    }
    static void reset(void* it) { *static_cast<Patch<T>*>(it) = {true, std::nullopt}; }
    static constexpr OptionalOps ops{content, emplace, reset};
};
template <class T>
struct ListAccess {
    using List = std::vector<T>;
    static std::size_t size(const void* it) { return static_cast<const List*>(it)->size(); }
    static const void* at(const void* it, std::size_t i) { return &(*static_cast<const List*>(it))[i]; }
    static void* append(void* it) { return &static_cast<List*>(it)->emplace_back(); }
    static void clear(void* it) { static_cast<List*>(it)->clear(); }
    static void reserve(void* it, std::size_t n) { static_cast<List*>(it)->reserve(n); }
    static constexpr ListOps ops{size, at, append, clear, reserve};
};
template <class T>
struct MapAccess {
    using Map = std::map<std::string, T>;
    static void each(const void* it, MapOps::Visitor visitor, void* context) {
        for (const auto& [key, value] : *static_cast<const Map*>(it)) visitor(context, key, &value);
    }
    static void* insert(void* it, std::string_view key) {
        return &(*static_cast<Map*>(it)->insert_or_assign(std::string(key), T{}).first).second;
    }
    static void clear(void* it) { static_cast<Map*>(it)->clear(); }
    static constexpr MapOps ops{each, insert, clear};
};

template <class T>
struct Parts {
    static constexpr Kind kind = Kind::custom;
};
template <class Tag>
struct Parts<Id<Tag>> {
    static constexpr Kind kind = Kind::id;
};
template <class T>
struct Parts<std::optional<T>> {
    static constexpr Kind kind = Kind::optional;
    using Element = T;
    using Access = OptionalAccess<std::optional<T>, T>;
};
template <class T>
struct Parts<Omittable<T>> {
    static constexpr Kind kind = Kind::omittable;
    using Element = T;
    using Access = OptionalAccess<Omittable<T>, T>;
};
template <class T>
struct Parts<Patch<T>> {
    static constexpr Kind kind = Kind::patch;
    using Element = T;
    using Access = PatchAccess<T>;
};
template <class T>
struct Parts<std::vector<T>> {
    static constexpr Kind kind = Kind::list;
    using Element = T;
    using Access = ListAccess<T>;
};
template <class T>
struct Parts<std::map<std::string, T>> {
    static constexpr Kind kind = Kind::map;
    using Element = T;
    using Access = MapAccess<T>;
};

template <class T>
constexpr Type make_type() {
    using P = Parts<T>;
    if constexpr (std::is_same_v<T, bool>)
        return {.kind = Kind::boolean};
    else if constexpr (std::is_integral_v<T>)
        return {.kind = Kind::integer, .size = sizeof(T), .is_signed = std::is_signed_v<T>};
    else if constexpr (std::is_same_v<T, double>)
        return {.kind = Kind::real};
    else if constexpr (std::is_same_v<T, std::string>)
        return {.kind = Kind::text};
    else if constexpr (std::is_same_v<T, Timestamp>)
        return {.kind = Kind::timestamp};
    else if constexpr (std::is_same_v<T, Duration>)
        return {.kind = Kind::duration};
    else if constexpr (std::is_same_v<T, json::value>)
        return {.kind = Kind::json};
    else if constexpr (std::is_same_v<T, json::object>)
        return {.kind = Kind::object};
    else if constexpr (std::is_same_v<T, json::array>)
        return {.kind = Kind::array};
    else if constexpr (DescribedEnum<T>)
        return {.kind = Kind::enumeration, .size = sizeof(T), .is_signed = false, .names = enum_table<T>};
    else if constexpr (Described<T>)
        return {.kind = Kind::structure, .described = &attune::structure_of<T>};
    else if constexpr (P::kind == Kind::id)
        return {.kind = Kind::id};
    else if constexpr (P::kind == Kind::list)
        return {.kind = P::kind, .element = &type_of<typename P::Element>, .list = &P::Access::ops};
    else if constexpr (P::kind == Kind::map)
        return {.kind = P::kind, .element = &type_of<typename P::Element>, .map = &P::Access::ops};
    else if constexpr (P::kind != Kind::custom)
        return {.kind = P::kind, .element = &type_of<typename P::Element>, .optional = &P::Access::ops};
    else
        return {.kind = Kind::custom, .custom = &custom_ops_of(static_cast<const T*>(nullptr))};
}

/// The fields of a base class, then a struct's own.
std::vector<Field> with_base(const Structure& base, std::size_t offset, std::span<const Field> own);
/// Where the base lies in a derived struct.
template <class Derived, class Base>
std::size_t offset_of_base() {
    alignas(Derived) static char place[sizeof(Derived)];
    auto* derived = reinterpret_cast<Derived*>(place);
    return static_cast<std::size_t>(reinterpret_cast<char*>(static_cast<Base*>(derived)) - place);
}

} // namespace detail

// For each argument, up to 256 of them: David Mazières, "Recursive macros with C++20 __VA_OPT__".
#define ATTUNE_PARENS ()
#define ATTUNE_EXPAND(...) ATTUNE_EXPAND3(ATTUNE_EXPAND3(ATTUNE_EXPAND3(ATTUNE_EXPAND3(__VA_ARGS__))))
#define ATTUNE_EXPAND3(...) ATTUNE_EXPAND2(ATTUNE_EXPAND2(ATTUNE_EXPAND2(ATTUNE_EXPAND2(__VA_ARGS__))))
#define ATTUNE_EXPAND2(...) ATTUNE_EXPAND1(ATTUNE_EXPAND1(ATTUNE_EXPAND1(ATTUNE_EXPAND1(__VA_ARGS__))))
#define ATTUNE_EXPAND1(...) __VA_ARGS__
#define ATTUNE_EACH(macro, ...) __VA_OPT__(ATTUNE_EXPAND(ATTUNE_EACH_(macro, __VA_ARGS__)))
#define ATTUNE_EACH_(macro, one, ...) macro(one) __VA_OPT__(ATTUNE_EACH_AGAIN ATTUNE_PARENS(macro, __VA_ARGS__))
#define ATTUNE_EACH_AGAIN() ATTUNE_EACH_

#define ATTUNE_FIELD_(member)                                                                                          \
    ::attune::Field{#member, offsetof(Self, member), &::attune::type_of<decltype(Self::member)>},

// Our structs have no virtual bases, so offsetof is what clang documents it to be for them.
#define ATTUNE_OFFSETS_(...)                                                                                           \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Winvalid-offsetof\"")                        \
        __VA_ARGS__ _Pragma("clang diagnostic pop")

/// Beside a struct, in its namespace: it is described in a source file, by ATTUNE_FIELDS or ATTUNE_ROW there.
#define ATTUNE_STRUCT(T) const ::attune::Structure& attune_structure(const T*)

#define ATTUNE_STRUCTURE_(T, table, ...)                                                                               \
    ATTUNE_STRUCT(T);                                                                                                  \
    const ::attune::Structure& attune_structure(const T*) {                                                            \
        using Self = T;                                                                                                \
        ATTUNE_OFFSETS_(static constexpr ::attune::Field fields[] = {ATTUNE_EACH(ATTUNE_FIELD_, __VA_ARGS__)};)        \
        static constexpr ::attune::Structure structure{#T, table, fields};                                             \
        return structure;                                                                                              \
    }                                                                                                                  \
    static_assert(true)

/// The members of T in their order: those of its JSON, its schema, its parameters.
#define ATTUNE_FIELDS(T, ...) ATTUNE_STRUCTURE_(T, "", __VA_ARGS__)
/// The columns of a table of the database, in their order.
#define ATTUNE_ROW(T, table, ...) ATTUNE_STRUCTURE_(T, table, __VA_ARGS__)
/// The members of its base class, which is described itself, then its own.
#define ATTUNE_FIELDS_AFTER(Base, T, ...)                                                                              \
    ATTUNE_STRUCT(T);                                                                                                  \
    const ::attune::Structure& attune_structure(const T*) {                                                            \
        using Self = T;                                                                                                \
        ATTUNE_OFFSETS_(static constexpr ::attune::Field own[] = {ATTUNE_EACH(ATTUNE_FIELD_, __VA_ARGS__)};)           \
        static const auto fields = ::attune::detail::with_base(::attune::structure_of<Base>(),                         \
                                                               ::attune::detail::offset_of_base<T, Base>(), own);      \
        static const ::attune::Structure structure{#T, "", fields};                                                    \
        return structure;                                                                                              \
    }                                                                                                                  \
    static_assert(true)

} // namespace attune
