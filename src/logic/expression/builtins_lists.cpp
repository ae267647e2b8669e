#include "logic/expression/builtins.hpp"

#include <algorithm>
#include <unordered_map>

namespace attune::logic::expression::builtin {

Result<json::value> sort(Call& call) {
    CHECK(call.list(0));
    TRY(auto sorted, call.take(0));
    auto& items = sorted.get_array();
    // Checked first, because a comparison inside std::sort cannot fail: all numbers, or all strings.
    for (const auto& item : items) {
        auto order = compare(item, items.front());
        if (!order) return call.error(order.error().message);
    }
    CHECK(call.budget.charge(items.size() * 4));
    std::sort(items.begin(), items.end(),
              [](const json::value& a, const json::value& b) { return *compare(a, b) < 0; });
    return sorted;
}

Result<json::value> unique(Call& call) {
    TRY(const auto* list, call.list(0));
    std::unordered_multimap<std::size_t, const json::value*> seen;
    json::array out;
    for (const auto& item : *list) {
        const auto hash = hash_of(item);
        const auto [first, last] = seen.equal_range(hash);
        const bool known = std::any_of(first, last, [&](const auto& entry) { return equal(*entry.second, item); });
        CHECK(call.budget.charge(1 + static_cast<std::size_t>(std::distance(first, last))));
        if (known) continue;
        seen.emplace(hash, &item);
        TRY(auto value, call.copy(item));
        out.push_back(std::move(value));
    }
    return json::value(std::move(out));
}

Result<json::value> flat(Call& call) {
    TRY(const auto* list, call.list(0));
    json::array out;
    const auto append = [&](const json::value& item) -> Result<void> {
        TRY(auto value, call.copy(item));
        out.push_back(std::move(value));
        return {};
    };
    for (const auto& item : *list) {
        if (const auto* inner = item.if_array()) {
            for (const auto& value : *inner) CHECK(append(value));
        } else {
            CHECK(append(item));
        }
    }
    return json::value(std::move(out));
}

Result<json::value> zip(Call& call) {
    std::vector<const json::array*> lists;
    std::size_t shortest = SIZE_MAX;
    for (std::size_t i = 0; i < call.size(); ++i) {
        TRY(const auto* list, call.list(i));
        shortest = std::min(shortest, list->size());
        lists.push_back(list);
    }
    json::array rows;
    for (std::size_t row = 0; row < shortest; ++row) {
        json::array out;
        for (const auto* list : lists) {
            TRY(auto value, call.copy((*list)[row]));
            out.push_back(std::move(value));
        }
        rows.push_back(std::move(out));
    }
    return json::value(std::move(rows));
}

Result<json::value> range(Call& call) {
    TRY(const auto first, call.integer(0));
    const auto begin = call.size() == 1 ? 0 : first;
    auto end = first;
    if (call.size() == 2) {
        TRY(end, call.integer(1));
    }
    // begin + kMaxRange might overflow, the difference of unsigned numbers is exact.
    const auto length = end > begin ? static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin) : 0;
    if (length > static_cast<std::uint64_t>(kMaxRange))
        return call.error(fmt::format("makes at most {} elements", kMaxRange));
    CHECK(call.budget.charge(length));
    json::array out;
    out.reserve(length);
    for (auto i = begin; i < end; ++i) out.emplace_back(i);
    return json::value(std::move(out));
}

Result<json::value> chunks(Call& call) {
    TRY(const auto* list, call.list(0));
    TRY(const auto size, call.integer(1));
    if (size < 1) return call.wrong(1, "a size of 1 or more");
    json::array out;
    for (const auto& item : *list) {
        if (out.empty() || out.back().get_array().size() == static_cast<std::size_t>(size))
            out.emplace_back(json::array());
        TRY(auto value, call.copy(item));
        out.back().get_array().push_back(std::move(value));
    }
    return json::value(std::move(out));
}

} // namespace attune::logic::expression::builtin
