#include "logic/expression/builtins.hpp"
#include "logic/expression/operators.hpp"

#include <cmath>

namespace attune::logic::expression::builtin {
namespace {

/// Rounds to a whole number, which is an integer when it fits into one.
Result<json::value> rounded(Call& call, double (*round_it)(double)) {
    TRY(const auto* number, call.number(0));
    if (!number->is_double()) return json::value(*number);
    const auto whole = json::value(round_it(number->get_double()));
    if (const auto integer = as_integer(whole)) return json::value(*integer);
    return whole;
}

/// min() or max(): the one that no other comes before. `sign` is 1 for min.
Result<json::value> extreme(Call& call, int sign) {
    json::array several;
    if (call.size() > 1) {
        for (std::size_t i = 0; i < call.size(); ++i) {
            TRY(auto value, call.take(i));
            several.push_back(std::move(value));
        }
    }
    const json::array* list = &several;
    if (call.size() == 1) {
        TRY(list, call.list(0));
    }
    if (list->empty()) return call.error("the list is empty");
    const json::value* best = &list->front();
    for (const auto& candidate : *list) {
        auto order = compare(candidate, *best);
        if (!order) return call.error(order.error().message);
        if (sign > 0 ? *order < 0 : *order > 0) best = &candidate;
    }
    return call.copy(*best);
}

} // namespace

Result<json::value> abs(Call& call) {
    TRY(const auto* number, call.number(0));
    if (compare_numbers(*number, json::value(0)) >= 0) return json::value(*number);
    return negate(*number);
}

Result<json::value> floor(Call& call) {
    return rounded(call, std::floor);
}
Result<json::value> ceil(Call& call) {
    return rounded(call, std::ceil);
}
Result<json::value> round(Call& call) {
    return rounded(call, std::round);
}
Result<json::value> min(Call& call) {
    return extreme(call, 1);
}
Result<json::value> max(Call& call) {
    return extreme(call, -1);
}

Result<json::value> sum(Call& call) {
    TRY(const auto* list, call.list(0));
    json::value total(0);
    for (const auto& item : *list) {
        if (!item.is_number())
            return call.error(fmt::format("expected numbers, got {} ({})", expression::type_of(item), excerpt(item)));
        Operand left(std::move(total));
        Operand right(&item);
        TRY(total, arithmetic(Op::add, left, right, call.budget));
    }
    return total;
}

} // namespace attune::logic::expression::builtin
