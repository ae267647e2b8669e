#include "base/text.hpp"
#include "logic/expression/builtins.hpp"

#include <charconv>
#include <cmath>

namespace attune::logic::expression::builtin {
namespace {

/// A number written as text: whole when it is written so and fits, else a double. Null when it is neither.
json::value parse_number(std::string_view text) {
    text = attune::trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto read = [&](auto number) -> json::value {
        const auto* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data(), end, number);
        if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return nullptr;
        return json::value(number);
    };
    if (auto whole = read(std::int64_t{}); !whole.is_null()) return whole;
    if (auto whole = read(std::uint64_t{}); !whole.is_null()) return whole;
    auto number = read(double{});
    // "inf" and "nan" are read by from_chars and are no JSON numbers.
    return number.is_double() && std::isfinite(number.get_double()) ? number : json::value(nullptr);
}

} // namespace

Result<json::value> string(Call& call) {
    if (call[0].is_string()) return call.take(0);
    CHECK(call.budget.charge(weight(call[0], call.budget.left() + 1)));
    return json::value(json::string(to_text(call[0])));
}

Result<json::value> number(Call& call) {
    if (call[0].is_number()) return call.take(0);
    if (const auto* flag = call[0].if_bool()) return json::value(*flag ? 1 : 0);
    TRY(const auto text, call.text(0));
    auto parsed = parse_number(text);
    if (parsed.is_null()) return call.wrong(0, "a number");
    return parsed;
}

Result<json::value> to_int(Call& call) {
    TRY(const auto value, number(call));
    if (!value.is_double()) return value;
    const auto whole = as_integer(json::value(std::trunc(value.get_double())));
    if (!whole) return call.wrong(0, "a number that fits into 64 bits");
    return json::value(*whole);
}

Result<json::value> to_bool(Call& call) {
    return json::value(truthy(call[0]));
}

Result<json::value> type_of(Call& call) {
    return json::value(json::string(expression::type_of(call[0])));
}

Result<json::value> length(Call& call) {
    const auto& value = call[0];
    if (const auto* text = value.if_string()) return integer_value(text->size());
    if (const auto* array = value.if_array()) return integer_value(array->size());
    if (const auto* object = value.if_object()) return integer_value(object->size());
    return call.wrong(0, "a string, a list or an object");
}

Result<json::value> keys(Call& call) {
    TRY(const auto* object, call.object(0));
    json::array out;
    for (const auto& member : *object) {
        CHECK(call.budget.charge_text(member.key().size()));
        out.emplace_back(member.key());
    }
    return json::value(std::move(out));
}

Result<json::value> values(Call& call) {
    TRY(const auto* object, call.object(0));
    json::array out;
    for (const auto& member : *object) {
        TRY(auto value, call.copy(member.value()));
        out.push_back(std::move(value));
    }
    return json::value(std::move(out));
}

Result<json::value> merge(Call& call) {
    CHECK(call.object(0));
    TRY(auto merged, call.take(0));
    for (std::size_t i = 1; i < call.size(); ++i) {
        TRY(const auto* object, call.object(i));
        for (const auto& member : *object) {
            TRY(auto value, call.copy(member.value()));
            CHECK(call.budget.charge_text(member.key().size()));
            merged.get_object()[member.key()] = std::move(value);
        }
    }
    return merged;
}

} // namespace attune::logic::expression::builtin
