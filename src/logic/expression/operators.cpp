#include "logic/expression/operators.hpp"

#include <cmath>
#include <limits>

namespace attune::logic::expression {
namespace {

__extension__ using Wide = __int128;

std::string_view symbol_of(Op op) {
    if (op == Op::add) return "+";
    if (op == Op::subtract) return "-";
    if (op == Op::multiply) return "*";
    return op == Op::divide ? "/" : "%";
}

Wide wide(const json::value& whole) {
    return whole.is_int64() ? Wide{whole.get_int64()} : Wide{whole.get_uint64()};
}

Result<json::value> narrow(Wide value) {
    if (value >= 0 && value <= Wide{std::numeric_limits<std::uint64_t>::max()}) {
        return integer_value(static_cast<std::uint64_t>(value));
    }
    if (value < 0 && value >= Wide{std::numeric_limits<std::int64_t>::min()}) {
        return json::value(static_cast<std::int64_t>(value));
    }
    return Error{Errc::invalid, "the whole number does not fit into 64 bits"};
}

Result<json::value> finite(double value) {
    if (!std::isfinite(value)) return Error{Errc::invalid, "the number is outside the range of a double"};
    return json::value(value);
}

Result<json::value> on_integers(Op op, Wide a, Wide b) {
    if (op == Op::add) return narrow(a + b);
    if (op == Op::subtract) return narrow(a - b);
    if (op == Op::modulo) return narrow(a % b);
    if (op == Op::divide) {
        if (a % b == 0) return narrow(a / b);
        return finite(static_cast<double>(a) / static_cast<double>(b));
    }
    Wide product = 0;
    if (__builtin_mul_overflow(a, b, &product)) product = std::numeric_limits<Wide>::max();
    return narrow(product);
}

Result<json::value> on_doubles(Op op, double a, double b) {
    if (op == Op::add) return finite(a + b);
    if (op == Op::subtract) return finite(a - b);
    if (op == Op::multiply) return finite(a * b);
    if (op == Op::divide) return finite(a / b);
    return finite(std::fmod(a, b));
}

Result<json::value> on_numbers(Op op, const json::value& a, const json::value& b) {
    const auto divisor = b.to_number<double>();
    if (divisor == 0.0 && op == Op::divide) return Error{Errc::invalid, "division by zero"};
    if (divisor == 0.0 && op == Op::modulo) return Error{Errc::invalid, "modulo by zero"};
    if (!a.is_double() && !b.is_double()) return on_integers(op, wide(a), wide(b));
    return on_doubles(op, a.to_number<double>(), divisor);
}

Result<json::value> join_strings(const json::string& a, const json::string& b, Budget& budget) {
    CHECK(budget.charge_text(a.size() + b.size()));
    json::string out;
    out.reserve(a.size() + b.size());
    return json::value(std::move(out.append(a).append(b)));
}

Result<json::value> join_lists(Operand& left, Operand& right, Budget& budget) {
    CHECK(budget.charge(left.get().get_array().size() + right.get().get_array().size()));
    TRY(auto out, left.take(budget));
    TRY(auto rest, right.take(budget));
    auto& list = out.get_array();
    list.reserve(list.size() + rest.get_array().size());
    for (auto& item : rest.get_array()) list.push_back(std::move(item));
    return out;
}

Error missing_field(std::string_view name) {
    return {Errc::invalid, fmt::format("field '{}' does not exist", name)};
}

} // namespace

Result<json::value> arithmetic(Op op, Operand& left, Operand& right, Budget& budget) {
    const auto& a = left.get();
    const auto& b = right.get();
    if (a.is_number() && b.is_number()) return on_numbers(op, a, b);
    if (op == Op::add && a.is_string() && b.is_string()) return join_strings(a.get_string(), b.get_string(), budget);
    if (op == Op::add && a.is_array() && b.is_array()) return join_lists(left, right, budget);
    return Error{Errc::invalid, fmt::format("cannot compute {} ({}) {} {} ({})", type_of(a), excerpt(a), symbol_of(op),
                                            type_of(b), excerpt(b))};
}

Result<json::value> negate(const json::value& value) {
    if (value.is_double()) return json::value(-value.get_double());
    if (value.is_number()) return narrow(-wide(value));
    return Error{Errc::invalid, fmt::format("cannot negate {} ({})", type_of(value), excerpt(value))};
}

Result<bool> test(Op op, const json::value& left, const json::value& right, Budget& budget) {
    if (op == Op::is_in) return contains(right, left, budget);
    if (op == Op::is_equal || op == Op::is_unequal) {
        if (left.is_structured() && right.is_structured()) CHECK(budget.charge(weight(left, budget.left() + 1)));
        return equal(left, right) == (op == Op::is_equal);
    }
    TRY(const auto order, compare(left, right));
    if (op == Op::is_less) return order < 0;
    if (op == Op::is_greater) return order > 0;
    return op == Op::is_at_most ? order <= 0 : order >= 0;
}

Result<bool> contains(const json::value& haystack, const json::value& needle, Budget& budget) {
    if (const auto* list = haystack.if_array()) {
        const auto each = needle.is_structured() ? weight(needle, budget.left() + 1) : 1;
        for (const auto& item : *list) {
            CHECK(budget.charge(each));
            if (equal(item, needle)) return true;
        }
        return false;
    }
    if (!haystack.is_object() && !haystack.is_string()) {
        return Error{Errc::invalid, fmt::format("expected a list, an object or a string to look in, got {} ({})",
                                                type_of(haystack), excerpt(haystack))};
    }
    if (!needle.is_string()) {
        return Error{Errc::invalid, fmt::format("expected a string to look for in {}, got {} ({})", type_of(haystack),
                                                type_of(needle), excerpt(needle))};
    }
    const std::string_view text = needle.get_string();
    if (const auto* object = haystack.if_object()) return object->if_contains(text) != nullptr;
    CHECK(budget.charge_text(haystack.get_string().size()));
    return find_text(haystack.get_string(), text) != std::string_view::npos;
}

Result<const json::value*> element(const json::value& container, const json::value& index) {
    if (container.is_object() && index.is_string()) return field(container, index.get_string());
    const auto* list = container.if_array();
    if (list == nullptr || !(index.is_int64() || index.is_uint64())) {
        return Error{Errc::invalid,
                     fmt::format("cannot read element {} of {}: expected list[whole number] or object[string]",
                                 excerpt(index), type_of(container))};
    }
    const auto size = static_cast<std::int64_t>(list->size());
    const auto wanted = as_integer(index).value_or(size);
    if (wanted >= size || wanted < -size) {
        return Error{Errc::invalid,
                     fmt::format("index {} is out of range, the list has {} elements", excerpt(index), size)};
    }
    return &(*list)[static_cast<std::size_t>(wanted < 0 ? wanted + size : wanted)];
}

Result<const json::value*> field(const json::value& container, std::string_view name) {
    if (!container.is_object()) {
        return Error{Errc::invalid,
                     fmt::format("cannot read field '{}' of {} ({})", name, type_of(container), excerpt(container))};
    }
    const auto* found = find_member(container, name);
    if (found == nullptr) return missing_field(name);
    return found;
}

} // namespace attune::logic::expression
