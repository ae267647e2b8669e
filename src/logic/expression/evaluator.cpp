#include "logic/expression/evaluator.hpp"

#include "base/text.hpp"
#include "logic/expression/builtins.hpp"
#include "logic/expression/operators.hpp"

namespace attune::logic::expression {
namespace {

Error unknown(std::string_view what, std::string_view name, const std::vector<std::string_view>& known) {
    const auto meant = closest(name, known);
    const auto hint = meant.empty() ? std::string() : fmt::format("; did you mean '{}'?", meant);
    return {Errc::invalid, fmt::format("unknown {} '{}'{}", what, name, hint)};
}

Error unknown_variable(std::string_view name, const Scope& scope) {
    if (name == "None") return {Errc::invalid, "unknown variable 'None'; did you mean 'null'?"};
    auto known = scope.variable_names();
    known.insert(known.end(), {"true", "false", "null"});
    return unknown("variable", name, known);
}

Error unknown_function(std::string_view name, const Scope& scope) {
    auto known = scope.function_names();
    for (const auto& builtin : builtins()) known.push_back(builtin.name);
    return unknown("function", name, known);
}

} // namespace

Result<Operand> Evaluator::run() {
    stack_.reserve(8);
    while (next_ < program_.code.size()) {
        CHECK(budget_.charge(1));
        CHECK(step(program_.code[next_++]));
    }
    ATTUNE_ASSERT(stack_.size() == 1);
    return std::move(stack_.back());
}

Result<void> Evaluator::step(const Instruction& instruction) {
    switch (instruction.op) {
    case Op::push_constant: stack_.emplace_back(&program_.constants[instruction.argument]); return {};
    case Op::load_variable: return load_variable(instruction);
    case Op::load_member: return load_member(name(instruction));
    case Op::load_index: return load_index();
    case Op::make_list: return make_list(instruction.count);
    case Op::call_builtin: return call_builtin(instruction);
    case Op::call_scope: return call_scope(instruction);
    case Op::match_pattern: return match_pattern(instruction);
    case Op::logical_not: stack_.back() = Operand(json::value(!truthy(top()))); return {};
    case Op::to_truth: stack_.back() = Operand(json::value(truthy(top()))); return {};
    case Op::and_jump:
    case Op::or_jump: short_circuit(instruction); return {};
    case Op::negate: {
        TRY(auto value, negate(top()));
        stack_.back() = Operand(std::move(value));
        return {};
    }
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
    case Op::is_equal:
    case Op::is_unequal:
    case Op::is_less:
    case Op::is_greater:
    case Op::is_at_most:
    case Op::is_at_least:
    case Op::is_in: return apply_binary(instruction.op);
    }
    return {};
}

Result<void> Evaluator::load_variable(const Instruction& instruction) {
    const auto root = name(instruction);
    if (const auto* value = scope_.variable(root)) {
        stack_.emplace_back(value);
        return {};
    }
    if (!scope_.has_members(root)) return unknown_variable(root, scope_);
    // `event.payload` is read at once, without putting `event` together. The parser writes the two side by side.
    if (next_ < program_.code.size() && program_.code[next_].op == Op::load_member) {
        const auto member_name = name(program_.code[next_]);
        const auto* value = scope_.member(root, member_name);
        if (value == nullptr) return Error{Errc::invalid, fmt::format("field '{}' does not exist", member_name)};
        stack_.emplace_back(value);
        ++next_;
        return {};
    }
    json::value whole(scope_.assemble(root));
    CHECK(budget_.charge(weight(whole, budget_.left() + 1)));
    push(std::move(whole));
    return {};
}

Result<void> Evaluator::load_member(std::string_view name) {
    TRY(const auto* value, field(top(), name));
    return replace_top(value);
}

Result<void> Evaluator::load_index() {
    const auto index = std::move(stack_.back());
    stack_.pop_back();
    TRY(const auto* value, element(top(), index.get()));
    return replace_top(value);
}

Result<void> Evaluator::replace_top(const json::value* part) {
    if (!stack_.back().is_own()) {
        stack_.back() = Operand(part);
        return {};
    }
    CHECK(budget_.charge(weight(*part, budget_.left() + 1)));
    json::value copy(*part);
    stack_.back() = Operand(std::move(copy));
    return {};
}

Result<void> Evaluator::make_list(std::size_t count) {
    json::array list;
    list.reserve(count);
    for (auto i = stack_.size() - count; i < stack_.size(); ++i) {
        TRY(auto value, stack_[i].take(budget_));
        list.push_back(std::move(value));
    }
    drop(count);
    push(std::move(list));
    return {};
}

Result<void> Evaluator::call_builtin(const Instruction& instruction) {
    const auto& builtin = builtins()[instruction.argument];
    Call call(builtin.name, std::span(stack_).last(instruction.count), budget_);
    TRY(auto value, builtin.function(call));
    drop(instruction.count);
    push(std::move(value));
    return {};
}

Result<void> Evaluator::call_scope(const Instruction& instruction) {
    const auto function = name(instruction);
    const auto* value = scope_.function(function);
    if (value == nullptr) return unknown_function(function, scope_);
    if (instruction.count > 0) return Error{Errc::invalid, fmt::format("{}() takes no arguments", function)};
    stack_.emplace_back(value);
    return {};
}

Result<void> Evaluator::match_pattern(const Instruction& instruction) {
    TRY(const auto text, Call("match", std::span(stack_).last(2), budget_).text(1));
    const bool found = program_.patterns[instruction.argument].found_in(text);
    drop(2);
    push(json::value(found));
    return {};
}

Result<void> Evaluator::apply_binary(Op op) {
    auto right = std::move(stack_.back());
    stack_.pop_back();
    auto& left = stack_.back();
    if (op < Op::is_equal) {
        TRY(auto value, arithmetic(op, left, right, budget_));
        left = Operand(std::move(value));
    } else {
        TRY(const auto value, test(op, left.get(), right.get(), budget_));
        left = Operand(json::value(value));
    }
    return {};
}

void Evaluator::short_circuit(const Instruction& instruction) {
    const bool truth = truthy(top());
    if (truth == (instruction.op == Op::or_jump)) {
        stack_.back() = Operand(json::value(truth));
        next_ = instruction.argument;
    } else {
        stack_.pop_back();
    }
}

} // namespace attune::logic::expression
