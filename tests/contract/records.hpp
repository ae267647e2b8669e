#pragma once
// Rows of every stored struct, filled by its description, and statements for them.
#include "storage/query.hpp"
#include "storage/session.hpp"

namespace attune::test {

template <Described T>
struct Statements {
    static inline const InsertOf<T> insert{fmt::format("contract.insert_{}", table_name<T>)};
    static inline const InsertOf<T> insert_new{fmt::format("contract.insert_new_{}", table_name<T>),
                                               "on conflict do nothing"};
    static inline const QueryOf<T> all{fmt::format("contract.all_{}", table_name<T>),
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

    void operator()(bool& out) const { out = number % 2 == 1; }
    void operator()(std::int64_t& out) const { out = 4'000'000'000'000'000 + number; }
    void operator()(std::string& out) const { out = awkward_text(number); }
    void operator()(json::object& out) const { out = awkward_object(number); }
    void operator()(json::array& out) const { out = {awkward_object(number), number}; }
    void operator()(json::value& out) const {
        out = with_optionals ? json::value(awkward_object(number)) : json::value("s");
    }
    void operator()(std::vector<std::string>& out) const { out = {awkward_text(number), "", "b"}; }
    void operator()(Timestamp& out) const { out = *parse_timestamp("2026-12-31T23:59:59.000001Z") + Duration{number}; }
    template <class Tag>
    void operator()(Id<Tag>& out) const {
        out = Id<Tag>{number};
    }
    template <DescribedEnum E>
    void operator()(E& out) const {
        out = static_cast<E>(number % 2);
    }
    template <class T>
    void operator()(std::optional<T>& out) const {
        if (with_optionals) (*this)(out.emplace());
    }
    template <Described T>
    void operator()(T& out) const {
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) { (*this)(out.*d.pointer); });
    }
};

/// The row with this number; those with an odd one have all their optional members.
template <Described T>
T sample(int number) {
    T out{};
    Filler{number, number % 2 == 1}(out);
    if constexpr (std::is_same_v<T, OutputChunk>) out.stream = number % 2 == 1 ? "stdout" : "stderr";
    return out;
}

template <Described T>
std::string text_of(const T& row) {
    return to_text(to_json(row));
}

} // namespace attune::test
