#include "logic/expression/parser.hpp"

#include "logic/expression/builtins.hpp"
#include "logic/expression/expression.hpp"

#include <algorithm>

namespace attune::logic::expression {
namespace {

bool is_keyword(std::string_view word) {
    return word == "and" || word == "or" || word == "not" || word == "in";
}

} // namespace

Parser::Parser(std::string_view text) : lexer_(text) {
    program_.text = text;
}

Result<Program> Parser::parse() {
    CHECK(advance());
    CHECK(parse_or());
    if (token_.kind != Token::Kind::end) return expected("an operator or the end");
    return std::move(program_);
}

Result<void> Parser::parse_or() {
    return parse_short_circuit(&Parser::parse_and, "or", Op::or_jump);
}

Result<void> Parser::parse_and() {
    return parse_short_circuit(&Parser::parse_not, "and", Op::and_jump);
}

Result<void> Parser::parse_short_circuit(Level next, std::string_view keyword, Op jump) {
    CHECK((this->*next)());
    while (token_.is(keyword)) {
        CHECK(advance());
        const auto at = program_.code.size();
        emit(jump);
        CHECK((this->*next)());
        emit(Op::to_truth);
        program_.code[at].argument = static_cast<std::uint32_t>(program_.code.size());
    }
    return {};
}

Result<void> Parser::parse_not() {
    std::size_t times = 0;
    for (; token_.is("not"); ++times) CHECK(advance());
    CHECK(parse_comparison());
    for (; times > 0; --times) emit(Op::logical_not);
    return {};
}

Result<void> Parser::parse_comparison() {
    static constexpr BinaryOperator kOperators[] = {
        {"==", Op::is_equal},   {"!=", Op::is_unequal},  {"<", Op::is_less}, {">", Op::is_greater},
        {"<=", Op::is_at_most}, {">=", Op::is_at_least}, {"in", Op::is_in}};
    return parse_binary(&Parser::parse_sum, kOperators);
}

Result<void> Parser::parse_sum() {
    static constexpr BinaryOperator kOperators[] = {{"+", Op::add}, {"-", Op::subtract}};
    return parse_binary(&Parser::parse_product, kOperators);
}

Result<void> Parser::parse_product() {
    static constexpr BinaryOperator kOperators[] = {{"*", Op::multiply}, {"/", Op::divide}, {"%", Op::modulo}};
    return parse_binary(&Parser::parse_unary, kOperators);
}

Result<void> Parser::parse_binary(Level next, std::span<const BinaryOperator> operators) {
    CHECK((this->*next)());
    for (;;) {
        const auto found = std::find_if(operators.begin(), operators.end(),
                                        [&](const BinaryOperator& candidate) { return token_.is(candidate.symbol); });
        if (found == operators.end()) return {};
        CHECK(advance());
        CHECK((this->*next)());
        emit(found->op);
    }
}

Result<void> Parser::parse_unary() {
    std::size_t times = 0;
    for (; token_.is("-"); ++times) CHECK(advance());
    CHECK(parse_postfix());
    for (; times > 0; --times) emit(Op::negate);
    return {};
}

Result<void> Parser::parse_postfix() {
    CHECK(parse_primary());
    for (;;) {
        if (token_.is(".")) {
            CHECK(parse_member());
        } else if (token_.is("[")) {
            CHECK(parse_index());
        } else if (token_.is("(")) {
            return lexer_.error_at(token_.at, "only a function's name can be called, unexpected '('");
        } else {
            return {};
        }
    }
}

Result<void> Parser::parse_member() {
    CHECK(advance());
    if (token_.kind != Token::Kind::word)
        return expected("a field's name after '.' (an index or another key goes in [])");
    emit(Op::load_member, name_index(token_.text));
    return advance();
}

Result<void> Parser::parse_index() {
    CHECK(advance());
    CHECK(parse_nested());
    CHECK(expect("]"));
    emit(Op::load_index);
    return {};
}

Result<void> Parser::parse_primary() {
    if (token_.is("(")) return parse_group();
    if (token_.is("[")) return parse_list();
    if (token_.kind == Token::Kind::word && !is_keyword(token_.text)) return parse_name();
    if (token_.kind != Token::Kind::literal) return expected("a value");
    push_constant(std::move(token_.value));
    return advance();
}

Result<void> Parser::parse_group() {
    CHECK(advance());
    CHECK(parse_nested());
    return expect(")");
}

Result<void> Parser::parse_list() {
    CHECK(advance());
    TRY(const auto items, parse_items("]"));
    emit(Op::make_list, 0, items.count);
    return {};
}

Result<void> Parser::parse_name() {
    const auto name = token_.text;
    const auto at = token_.at;
    CHECK(advance());
    if (token_.is("(")) return parse_call(name, at);
    if (name == "true" || name == "false") {
        push_constant(json::value(name == "true"));
    } else if (name == "null") {
        push_constant(json::value(nullptr));
    } else {
        emit(Op::load_variable, name_index(name));
    }
    return {};
}

Result<void> Parser::parse_call(std::string_view name, std::size_t at) {
    const auto begin = program_.code.size();
    CHECK(advance());
    TRY(const auto items, parse_items(")"));
    const auto count = items.count;
    const auto* builtin = find_builtin(name);
    if (builtin == nullptr) {
        emit(Op::call_scope, name_index(name), count);
        return {};
    }
    if (count < builtin->min_arguments || count > builtin->max_arguments) {
        return lexer_.error_at(at, fmt::format("expected {}, got {} arguments,", builtin->usage, count));
    }
    const bool literal_first = items.first_end == begin + 1 && program_.code[begin].op == Op::push_constant;
    if (name == "match" && literal_first) return emit_literal_match(program_.code[begin].argument, at);
    emit(Op::call_builtin, static_cast<std::size_t>(builtin - builtins().data()), count);
    return {};
}

Result<void> Parser::emit_literal_match(std::size_t constant, std::size_t at) {
    const auto& pattern = program_.constants[constant];
    if (!pattern.is_string()) return lexer_.error_at(at, "expected a pattern as text in match(pattern, text)");
    auto compiled = Regex::compile(std::string_view(pattern.get_string()));
    if (!compiled) return lexer_.error_at(at, compiled.error().message);
    program_.patterns.push_back(*std::move(compiled));
    emit(Op::match_pattern, program_.patterns.size() - 1);
    return {};
}

Result<Parser::Items> Parser::parse_items(std::string_view closing) {
    Items items;
    while (!token_.is(closing)) {
        if (items.count > 0) {
            if (!token_.is(",")) return expected(fmt::format("',' or '{}'", closing));
            CHECK(advance());
        }
        CHECK(parse_nested());
        if (++items.count == 1) items.first_end = program_.code.size();
    }
    CHECK(advance());
    return items;
}

Result<void> Parser::parse_nested() {
    if (++nesting_ > kMaxNesting) {
        return Error{Errc::too_large, fmt::format("the expression nests deeper than {} levels", kMaxNesting)};
    }
    CHECK(parse_or());
    --nesting_;
    return {};
}

Result<void> Parser::advance() {
    TRY(token_, lexer_.next());
    return {};
}

Result<void> Parser::expect(std::string_view symbol) {
    if (!token_.is(symbol)) return expected(fmt::format("'{}'", symbol));
    return advance();
}

Error Parser::expected(std::string_view what) const {
    if (token_.kind == Token::Kind::end)
        return lexer_.error_at(token_.at, fmt::format("expected {}, got the end,", what));
    return lexer_.error_at(token_.at,
                           fmt::format("expected {}, got {},", what, excerpt(json::value(json::string(token_.text)))));
}

void Parser::emit(Op op, std::size_t argument, std::size_t count) {
    program_.code.push_back({op, static_cast<std::uint32_t>(argument), static_cast<std::uint32_t>(count)});
}

std::size_t Parser::name_index(std::string_view name) {
    auto& names = program_.names;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.emplace_back(name);
    return names.size() - 1;
}

void Parser::push_constant(json::value value) {
    program_.constants.push_back(std::move(value));
    emit(Op::push_constant, program_.constants.size() - 1);
}

} // namespace attune::logic::expression
