#include "logic/schema/checker.hpp"

#include "logic/expression/value.hpp"
#include "logic/matching/template_text.hpp"

#include <algorithm>
#include <cmath>

namespace attune::logic::schema {
namespace {

unsigned type_bits(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null: return null_type;
    case json::kind::bool_: return boolean_type;
    case json::kind::int64:
    case json::kind::uint64: return integer_type | number_type;
    case json::kind::double_: {
        const double number = value.get_double();
        return std::trunc(number) == number ? integer_type | number_type : number_type;
    }
    case json::kind::string: return string_type;
    case json::kind::array: return array_type;
    case json::kind::object: return object_type;
    }
    return 0;
}

std::string type_names(unsigned types) {
    constexpr std::string_view kNames[] = {"null",     "true or false", "an integer", "a number",
                                           "a string", "a list",        "an object"};
    std::string out;
    for (unsigned i = 0; i < std::size(kNames); ++i) {
        if ((types & (1U << i)) == 0) continue;
        if (!out.empty()) out += " or ";
        out += kNames[i];
    }
    return out;
}

/// "a", "b" or "c": what an enum allows, cut short.
std::string choices(const json::array& allowed) {
    constexpr std::size_t kShown = 10;
    std::string out;
    for (std::size_t i = 0; i < std::min(allowed.size(), kShown); ++i) {
        if (i > 0) out += "|";
        out += excerpt(allowed[i]);
    }
    return allowed.size() > kShown ? out + "|..." : out;
}

} // namespace

std::string Location::text() const {
    const auto before = parent == nullptr ? std::string() : parent->text();
    return key.data() == nullptr ? join_path(before, index) : join_path(before, key);
}

std::vector<Problem> Checker::run(const json::value& value) {
    std::vector<Problem> problems;
    problems_ = &problems;
    check(0, value, nullptr);
    // Alone: what else was found may be a consequence.
    if (exhausted_) return {{"", "is too large or too deeply nested to be checked against the schema"}};
    return problems;
}

bool Checker::fits(NodeId id, const json::value& value) {
    auto* const collecting = std::exchange(problems_, nullptr);
    const bool ok = check(id, value, nullptr);
    problems_ = collecting;
    return ok;
}

bool Checker::has_template(const json::value& value) const {
    if (templates_ == TemplatesAllowed::no || !value.is_string()) return false;
    const auto parts = matching::split_templates(value.get_string());
    return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.is_path; });
}

bool Checker::check(NodeId id, const json::value& value, const Location* at) {
    if (depth_ == Validator::kMaxDepth) exhausted_ = true;
    if (!spend(1)) return false;
    ++depth_;
    const bool ok = has_template(value) || check_node(schema_.nodes[id], value, at);
    --depth_;
    return ok;
}

bool Checker::check_node(const Node& node, const json::value& value, const Location* at) {
    if (node.fixed) return *node.fixed || fail(at, [] { return std::string("is not allowed here"); });
    bool ok = check_type(node, value, at);
    // Of a wrong type there is no more to say.
    if (!ok) return false;
    if (node.allowed) ok = check_allowed(*node.allowed, value, at);
    if (!go_on(ok)) return false;
    if (value.is_number()) ok = check_number(node.number, value, at) && ok;
    if (const auto* text = value.if_string()) ok = check_string(node.string, *text, at) && ok;
    if (const auto* list = value.if_array()) ok = check_array(node.array, *list, at) && ok;
    if (value.is_object()) ok = check_object(node.object, value, at) && ok;
    if (!go_on(ok)) return false;
    return check_combination(node.combined, value, at) && ok;
}

bool Checker::check_type(const Node& node, const json::value& value, const Location* at) {
    if (node.types == 0 || (node.types & type_bits(value)) != 0) return true;
    return fail(at, [&] { return fmt::format("expected {}, got {}", type_names(node.types), excerpt(value)); });
}

bool Checker::check_allowed(const json::array& allowed, const json::value& value, const Location* at) {
    if (!spend(allowed.size())) return false;
    for (const auto& choice : allowed) {
        if (expression::equal(choice, value)) return true;
    }
    return fail(at, [&] { return fmt::format("expected {}, got {}", choices(allowed), excerpt(value)); });
}

bool Checker::check_combination(const Combination& combined, const json::value& value, const Location* at) {
    bool ok = !combined.reference || check(*combined.reference, value, at);
    for (const auto id : combined.all_of) {
        if (go_on(ok)) ok = check(id, value, at) && ok;
    }
    if (go_on(ok)) ok = check_alternatives(combined, value, at) && ok;
    if (go_on(ok) && combined.none_of && fits(*combined.none_of, value)) {
        ok = fail(at, [&] { return fmt::format("{} is excluded by 'not'", excerpt(value)); });
    }
    if (!go_on(ok) || !combined.condition) return ok;
    const auto& next = fits(*combined.condition, value) ? combined.consequence : combined.alternative;
    return (!next || check(*next, value, at)) && ok;
}

bool Checker::check_alternatives(const Combination& combined, const json::value& value, const Location* at) {
    const auto fitting = [&](NodeId id) { return fits(id, value); };
    bool ok = true;
    const auto& any = combined.any_of;
    if (any.size() == 1) {
        ok = check(any.front(), value, at);
    } else if (!any.empty() && std::none_of(any.begin(), any.end(), fitting)) {
        ok = fail(at, [&] { return fmt::format("{} fits none of the {} alternatives", excerpt(value), any.size()); });
    }
    const auto& one = combined.one_of;
    if (!go_on(ok) || one.empty()) return ok;
    if (one.size() == 1) return check(one.front(), value, at) && ok;
    const auto count = std::count_if(one.begin(), one.end(), fitting);
    if (count == 1) return ok;
    return fail(at, [&] {
        return fmt::format("{} fits {} of the {} alternatives, expected exactly one", excerpt(value),
                           count == 0 ? "none" : "several", one.size());
    });
}

} // namespace attune::logic::schema
