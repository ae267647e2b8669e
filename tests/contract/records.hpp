#pragma once
// Rows of every stored struct, filled by its description, and statements for them.
#include "domain/execution.hpp"
#include "storage/query.hpp"
#include "storage/session.hpp"

namespace attune::test {

template <Described T>
struct Statements {
    static inline const InsertOf<T> insert{fmt::format("contract.insert_{}", table_name<T>())};
    static inline const InsertOf<T> insert_new{fmt::format("contract.insert_new_{}", table_name<T>()),
                                               "on conflict do nothing"};
    static inline const QueryOf<T> all{fmt::format("contract.all_{}", table_name<T>()),
                                       "select {columns} from {table} order by 1"};
};

/// What a driver could spoil: quotes, backslashes, control characters, other alphabets, the replacement character.
inline std::string awkward_text(int number) {
    return fmt::format("'text' \"{}\" \\ %_$1 {{ts}} \t\n \x01 ö 日本 😀 \uFFFD", number);
}

/// Keys that are not in order, numbers at the edge, empty things.
inline json::object awkward_object(int number) {
    return {{"z", number},
            {"a", json::array{1, "two", nullptr, true, json::object{}}},
            {"Z", json::object{{"y", json::array{}}, {"b", false}}},
            {"", awkward_text(number)},
            {"large", std::int64_t{9007199254740993}},
            {"fraction", 0.1},
            {"null", nullptr}};
}

/// Fills members by their type; `number` keeps unique columns apart, and is what ids refer to.
struct Filler {
    int number = 1;
    bool with_optionals = true;

    void fill(const Structure& structure, void* out) const {
        for (const auto& field : structure.fields) fill(*field.type, field.of(out));
    }

private:
    void fill(const Type& type, void* out) const {
        switch (type.kind) {
        case Kind::boolean: *static_cast<bool*>(out) = number % 2 == 1; return;
        case Kind::integer: store_integer(type, 4'000'000'000'000'000 + number, out); return;
        case Kind::text: *static_cast<std::string*>(out) = awkward_text(number); return;
        case Kind::object: *static_cast<json::object*>(out) = awkward_object(number); return;
        case Kind::array: *static_cast<json::array*>(out) = {awkward_object(number), number}; return;
        case Kind::json:
            *static_cast<json::value*>(out) = with_optionals ? json::value(awkward_object(number)) : json::value("s");
            return;
        case Kind::list: *static_cast<std::vector<std::string>*>(out) = {awkward_text(number), "", "b"}; return;
        case Kind::timestamp:
            *static_cast<Timestamp*>(out) = *parse_timestamp("2026-12-31T23:59:59.000001Z") + Duration{number};
            return;
        case Kind::id: static_cast<Id<void>*>(out)->value = number; return;
        case Kind::enumeration: store_integer(type, number % 2, out); return;
        case Kind::optional:
            if (with_optionals) fill(*type.element, type.optional->emplace(out));
            return;
        case Kind::real:
        case Kind::duration:
        case Kind::map:
        case Kind::omittable:
        case Kind::patch:
        case Kind::structure:
        case Kind::custom: break;
        }
        FAIL() << "a row has no column of this kind";
    }
};

/// The row with this number; those with an odd one have all their optional members.
template <Described T>
T sample(int number) {
    T out{};
    Filler{number, number % 2 == 1}.fill(structure_of<T>(), &out);
    if constexpr (std::is_same_v<T, OutputChunk>) out.stream = number % 2 == 1 ? "stdout" : "stderr";
    return out;
}

template <Described T>
std::string text_of(const T& row) {
    return to_text(to_json(row));
}

} // namespace attune::test
