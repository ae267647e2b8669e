#include "logic/expression/builtins.hpp"

#include <algorithm>

namespace attune::logic::expression {
namespace {

constexpr Builtin kBuiltins[] = {
    {"string", "string(value)", 1, 1, builtin::string},
    {"number", "number(value)", 1, 1, builtin::number},
    {"int", "int(value)", 1, 1, builtin::to_int},
    {"bool", "bool(value)", 1, 1, builtin::to_bool},
    {"type_of", "type_of(value)", 1, 1, builtin::type_of},
    {"length", "length(string, list or object)", 1, 1, builtin::length},
    {"keys", "keys(object)", 1, 1, builtin::keys},
    {"values", "values(object)", 1, 1, builtin::values},
    {"abs", "abs(number)", 1, 1, builtin::abs},
    {"floor", "floor(number)", 1, 1, builtin::floor},
    {"ceil", "ceil(number)", 1, 1, builtin::ceil},
    {"round", "round(number)", 1, 1, builtin::round},
    {"min", "min(list) or min(a, b, ...)", 1, kManyArguments, builtin::min},
    {"max", "max(list) or max(a, b, ...)", 1, kManyArguments, builtin::max},
    {"sum", "sum(list)", 1, 1, builtin::sum},
    {"lower", "lower(string)", 1, 1, builtin::lower},
    {"upper", "upper(string)", 1, 1, builtin::upper},
    {"trim", "trim(string)", 1, 1, builtin::trim},
    {"split", "split(string, separator)", 2, 2, builtin::split},
    {"join", "join(list, separator)", 2, 2, builtin::join},
    {"replace", "replace(string, old, new)", 3, 3, builtin::replace},
    {"starts_with", "starts_with(string, prefix)", 2, 2, builtin::starts_with},
    {"ends_with", "ends_with(string, suffix)", 2, 2, builtin::ends_with},
    {"match", "match(pattern, string)", 2, 2, builtin::match},
    {"contains", "contains(haystack, needle)", 2, 2, builtin::contains},
    {"reversed", "reversed(list or string)", 1, 1, builtin::reversed},
    {"sort", "sort(list)", 1, 1, builtin::sort},
    {"unique", "unique(list)", 1, 1, builtin::unique},
    {"flat", "flat(list of lists)", 1, 1, builtin::flat},
    {"zip", "zip(list, list, ...)", 2, kManyArguments, builtin::zip},
    {"range", "range(end) or range(begin, end)", 1, 2, builtin::range},
    {"slice", "slice(list or string, begin) or slice(list or string, begin, end)", 2, 3, builtin::slice},
    {"index_of", "index_of(list or string, wanted)", 2, 2, builtin::index_of},
    {"count", "count(list) or count(list or string, wanted)", 1, 2, builtin::count},
    {"merge", "merge(object, object, ...)", 1, kManyArguments, builtin::merge},
    {"chunks", "chunks(list, size)", 2, 2, builtin::chunks},
};

} // namespace

std::span<const Builtin> builtins() {
    return kBuiltins;
}

const Builtin* find_builtin(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(kBuiltins), std::end(kBuiltins), [&](const Builtin& b) { return b.name == name; });
    return found == std::end(kBuiltins) ? nullptr : found;
}

Error Call::error(std::string_view what) const {
    return {Errc::invalid, fmt::format("{}(): {}", name_, what)};
}

Error Call::wrong(std::size_t i, std::string_view expected) const {
    const auto& got = (*this)[i];
    const auto place = size() == 1 ? std::string() : fmt::format(" as argument {}", i + 1);
    return error(fmt::format("expected {}{}, got {} ({})", expected, place, expression::type_of(got), excerpt(got)));
}

Result<std::string_view> Call::text(std::size_t i) const {
    const auto* string = (*this)[i].if_string();
    if (string == nullptr) return wrong(i, "a string");
    CHECK(budget.charge_text(string->size()));
    return std::string_view(*string);
}

Result<const json::array*> Call::list(std::size_t i) const {
    const auto* array = (*this)[i].if_array();
    if (array == nullptr) return wrong(i, "a list");
    CHECK(budget.charge(array->size()));
    return array;
}

Result<const json::object*> Call::object(std::size_t i) const {
    const auto* object = (*this)[i].if_object();
    if (object == nullptr) return wrong(i, "an object");
    CHECK(budget.charge(object->size()));
    return object;
}

Result<std::int64_t> Call::integer(std::size_t i) const {
    const auto whole = as_integer((*this)[i]);
    if (!whole) return wrong(i, "a whole number");
    return *whole;
}

Result<const json::value*> Call::number(std::size_t i) const {
    if (!(*this)[i].is_number()) return wrong(i, "a number");
    return &(*this)[i];
}

Result<json::value> Call::copy(const json::value& value) const {
    CHECK(budget.charge(weight(value, budget.left() + 1)));
    return json::value(value);
}

} // namespace attune::logic::expression
