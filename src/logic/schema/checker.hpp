#pragma once
// Private to logic/schema.
#include "logic/schema/node.hpp"
#include "logic/schema/validator.hpp"

namespace attune::logic::schema {

/// Where in the value we are: a list that lives on the stack and becomes text only when there is a problem to report.
struct Location {
    const Location* parent = nullptr;
    std::string_view key;
    std::size_t index = 0;

    std::string text() const;
};

/// Checks one value against one schema. While `problems_` is set everything wrong is collected; without it (inside
/// anyOf and the like) the first failure ends the look.
class Checker {
public:
    Checker(const Schema& schema, TemplatesAllowed templates) : schema_(schema), templates_(templates) {}
    std::vector<Problem> run(const json::value& value);

private:
    bool check(NodeId id, const json::value& value, const Location* at);
    bool check_node(const Node& node, const json::value& value, const Location* at);
    bool check_type(const Node& node, const json::value& value, const Location* at);
    bool check_allowed(const json::array& allowed, const json::value& value, const Location* at);
    bool check_number(const NumberRules& rules, const json::value& value, const Location* at);
    bool check_string(const StringRules& rules, std::string_view value, const Location* at);
    bool check_array(const ArrayRules& rules, const json::array& value, const Location* at);
    bool check_unique(const json::array& value, const Location* at);
    bool check_contains(const ArrayRules& rules, const json::array& value, const Location* at);
    bool check_object(const ObjectRules& rules, const json::value& value, const Location* at);
    bool check_member(const ObjectRules& rules, const json::key_value_pair& member, const Location* at);
    bool check_name(const ObjectRules& rules, std::string_view name, const Location* at);
    bool check_dependencies(const ObjectRules& rules, const json::value& value, const Location* at);
    bool check_required(const std::vector<std::string>& names, const json::object& value, const Location* at);
    bool check_combination(const Combination& combined, const json::value& value, const Location* at);
    bool check_alternatives(const Combination& combined, const json::value& value, const Location* at);
    bool check_size(std::uint64_t size, const Limit& least, const Limit& most, std::string_view unit,
                    const Location* at);

    /// check() without reporting.
    bool fits(NodeId id, const json::value& value);
    bool has_template(const json::value& value) const;
    /// Counts work towards the bound; false when it is reached.
    bool spend(std::size_t steps) {
        steps_ += steps;
        if (steps_ > Validator::kMaxSteps) exhausted_ = true;
        return !exhausted_;
    }
    /// Stops looking when nothing is collected.
    bool go_on(bool ok) const { return ok || problems_ != nullptr; }

    /// Reports (the message is made only when it is wanted) and gives false.
    template <class Message>
    bool fail(const Location* at, Message message) {
        if (problems_ != nullptr && problems_->size() < Validator::kMaxProblems) {
            problems_->push_back({at == nullptr ? std::string() : at->text(), message()});
        }
        return false;
    }

    const Schema& schema_;
    TemplatesAllowed templates_;
    std::vector<Problem>* problems_ = nullptr;
    std::size_t steps_ = 0;
    std::size_t depth_ = 0;
    bool exhausted_ = false;
};

} // namespace attune::logic::schema
