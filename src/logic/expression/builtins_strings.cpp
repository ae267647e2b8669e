#include "base/text.hpp"
#include "logic/expression/builtins.hpp"
#include "logic/expression/regex.hpp"

namespace attune::logic::expression::builtin {
namespace {

constexpr std::size_t kCompileSteps = 1000; // what compiling a computed pattern costs

json::value text_value(std::string_view text) {
    return json::value(json::string(text));
}

} // namespace

Result<json::value> lower(Call& call) {
    TRY(const auto text, call.text(0));
    return text_value(to_lower(text));
}

Result<json::value> upper(Call& call) {
    TRY(const auto text, call.text(0));
    return text_value(to_upper(text));
}

Result<json::value> trim(Call& call) {
    TRY(const auto text, call.text(0));
    return text_value(attune::trim(text));
}

Result<json::value> split(Call& call) {
    TRY(const auto text, call.text(0));
    TRY(const auto separator, call.text(1));
    if (separator.empty()) return call.error("the separator is empty");
    json::array parts;
    for (std::size_t from = 0;;) {
        const auto at = find_text(text, separator, from);
        CHECK(call.budget.charge(1));
        parts.push_back(text_value(text.substr(from, at == std::string_view::npos ? at : at - from)));
        if (at == std::string_view::npos) return json::value(std::move(parts));
        from = at + separator.size();
    }
}

Result<json::value> join(Call& call) {
    TRY(const auto* list, call.list(0));
    TRY(const auto separator, call.text(1));
    std::string out;
    for (const auto& item : *list) {
        CHECK(call.budget.charge(weight(item, call.budget.left() + 1)));
        CHECK(call.budget.charge_text(separator.size()));
        if (&item != list->data()) out += separator;
        out += to_string(item);
    }
    return text_value(out);
}

Result<json::value> replace(Call& call) {
    TRY(const auto text, call.text(0));
    TRY(const auto before, call.text(1));
    TRY(const auto after, call.text(2));
    if (before.empty()) return call.error("the text to replace is empty");
    std::string out;
    for (std::size_t from = 0;;) {
        const auto at = find_text(text, before, from);
        if (at == std::string_view::npos) return text_value(out.append(text.substr(from)));
        CHECK(call.budget.charge_text(after.size()));
        out.append(text.substr(from, at - from)).append(after);
        from = at + before.size();
    }
}

Result<json::value> starts_with(Call& call) {
    TRY(const auto text, call.text(0));
    TRY(const auto prefix, call.text(1));
    return json::value(text.starts_with(prefix));
}

Result<json::value> ends_with(Call& call) {
    TRY(const auto text, call.text(0));
    TRY(const auto suffix, call.text(1));
    return json::value(text.ends_with(suffix));
}

Result<json::value> match(Call& call) {
    TRY(const auto pattern, call.text(0));
    TRY(const auto text, call.text(1));
    CHECK(call.budget.charge(kCompileSteps));
    auto regex = Regex::compile(pattern);
    if (!regex) return call.error(regex.error().message);
    return json::value(regex->found_in(text));
}

} // namespace attune::logic::expression::builtin
