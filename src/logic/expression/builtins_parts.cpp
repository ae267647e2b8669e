// Looking for and cutting out parts of lists and strings. Positions in strings count code points, so that no cut falls
// inside a character.
#include "logic/expression/builtins.hpp"
#include "logic/expression/operators.hpp"

#include <algorithm>

namespace attune::logic::expression::builtin {
namespace {

constexpr std::string_view kListOrString = "a list or a string";

/// The byte where the code point number `index` begins.
std::size_t byte_offset(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    const auto continues = [&] { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
    for (; index > 0 && at < text.size(); --index) {
        ++at;
        while (continues()) ++at;
    }
    return at;
}

/// A position from the front, or from the end when negative; cut to 0..size.
std::size_t clamp_position(std::int64_t wanted, std::size_t size) {
    const auto end = static_cast<std::int64_t>(size);
    if (wanted < 0) wanted = wanted < -end ? 0 : wanted + end;
    return static_cast<std::size_t>(std::min(wanted, end));
}

std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = find_text(text, part); at != std::string_view::npos; at = find_text(text, part, at + part.size()))
        ++found;
    return found;
}

} // namespace

Result<json::value> contains(Call& call) {
    auto found = expression::contains(call[0], call[1], call.budget);
    if (!found) return found.error().code == Errc::invalid ? call.error(found.error().message) : found.error();
    return json::value(*found);
}

Result<json::value> reversed(Call& call) {
    if (call[0].is_array()) {
        TRY(auto list, call.take(0));
        std::reverse(list.get_array().begin(), list.get_array().end());
        return list;
    }
    if (!call[0].is_string()) return call.wrong(0, kListOrString);
    TRY(const auto text, call.text(0));
    std::string out;
    out.reserve(text.size());
    for (auto end = text.size(); end > 0;) {
        auto begin = end - 1;
        while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
        out.append(text.substr(begin, end - begin));
        end = begin;
    }
    return json::value(json::string(out));
}

Result<json::value> slice(Call& call) {
    const auto* list = call[0].if_array();
    if (list == nullptr && !call[0].is_string()) return call.wrong(0, kListOrString);
    const auto text = list == nullptr ? std::string_view(call[0].get_string()) : std::string_view();
    CHECK(call.budget.charge_text(text.size()));
    const auto size = list == nullptr ? count_code_points(text) : list->size();
    TRY(const auto first, call.integer(1));
    const auto begin = clamp_position(first, size);
    auto end = size;
    if (call.size() == 3) {
        TRY(const auto last, call.integer(2));
        end = std::max(begin, clamp_position(last, size));
    }
    if (list == nullptr) {
        const auto from = byte_offset(text, begin);
        return json::value(json::string(text.substr(from, byte_offset(text.substr(from), end - begin))));
    }
    json::array out;
    for (auto i = begin; i < end; ++i) {
        TRY(auto value, call.copy((*list)[i]));
        out.push_back(std::move(value));
    }
    return json::value(std::move(out));
}

Result<json::value> index_of(Call& call) {
    if (call[0].is_string()) {
        TRY(const auto text, call.text(0));
        TRY(const auto wanted, call.text(1));
        const auto at = find_text(text, wanted);
        if (at == std::string_view::npos) return json::value(-1);
        return integer_value(count_code_points(text.substr(0, at)));
    }
    if (!call[0].is_array()) return call.wrong(0, kListOrString);
    TRY(const auto* list, call.list(0));
    const auto at =
        std::find_if(list->begin(), list->end(), [&](const json::value& item) { return equal(item, call[1]); });
    return json::value(at == list->end() ? std::int64_t{-1} : std::int64_t{at - list->begin()});
}

Result<json::value> count(Call& call) {
    if (call.size() == 2 && call[0].is_string()) {
        TRY(const auto text, call.text(0));
        TRY(const auto wanted, call.text(1));
        if (wanted.empty()) return call.error("the text to count is empty");
        return integer_value(occurrences(text, wanted));
    }
    if (!call[0].is_array()) return call.wrong(0, call.size() == 1 ? "a list" : kListOrString);
    TRY(const auto* list, call.list(0));
    if (call.size() == 1) return integer_value(list->size());
    const auto found =
        std::count_if(list->begin(), list->end(), [&](const json::value& item) { return equal(item, call[1]); });
    return json::value(std::int64_t{found});
}

} // namespace attune::logic::expression::builtin
