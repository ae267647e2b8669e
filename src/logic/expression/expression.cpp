#include "logic/expression/expression.hpp"

#include "base/text.hpp"
#include "logic/expression/evaluator.hpp"
#include "logic/expression/parser.hpp"

#include <algorithm>

namespace attune::logic::expression {
namespace {

std::vector<std::string_view> names_used_by(const Program& program, Op op) {
    std::vector<std::string_view> names;
    for (const auto& instruction : program.code) {
        if (instruction.op != op) continue;
        const std::string_view name = program.names[instruction.argument];
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

} // namespace

Result<Expression> Expression::parse(std::string_view text) {
    if (text.size() > kMaxTextBytes) {
        return Error{Errc::too_large,
                     fmt::format("an expression may have at most {} bytes, got {}", kMaxTextBytes, text.size())};
    }
    if (!is_valid_utf8(text)) return Error{Errc::invalid, "the expression is not UTF-8"};
    TRY(auto program, Parser(text).parse());
    return Expression{std::make_shared<const Program>(std::move(program))};
}

Result<json::value> Expression::evaluate(const Scope& scope) const {
    Evaluator evaluator(*program_, scope);
    TRY(auto value, evaluator.run());
    return value.take(evaluator.budget());
}

Result<bool> Expression::test(const Scope& scope) const {
    TRY(const auto value, Evaluator(*program_, scope).run());
    return truthy(value.get());
}

const std::string& Expression::text() const {
    return program_->text;
}

std::vector<std::string_view> Expression::variables() const {
    return names_used_by(*program_, Op::load_variable);
}

std::vector<std::string_view> Expression::scope_functions() const {
    return names_used_by(*program_, Op::call_scope);
}

} // namespace attune::logic::expression
