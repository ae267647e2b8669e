#pragma once
// Private to logic/expression.
#include "logic/expression/lexer.hpp"
#include "logic/expression/program.hpp"

#include <span>

namespace attune::logic::expression {

/// Recursive descent, one function a level of precedence, writing code as it reads. Only brackets recurse; they are
/// bounded by kMaxNesting.
class Parser {
public:
    explicit Parser(std::string_view text);
    Result<Program> parse();

private:
    Result<void> parse_or();
    Result<void> parse_and();
    Result<void> parse_not();
    Result<void> parse_comparison();
    Result<void> parse_sum();
    Result<void> parse_product();
    Result<void> parse_unary();
    Result<void> parse_postfix();
    Result<void> parse_primary();
    Result<void> parse_member();
    Result<void> parse_index();
    Result<void> parse_group();
    Result<void> parse_list();
    Result<void> parse_name();
    Result<void> parse_call(std::string_view name, std::size_t at);
    struct Items {
        std::uint32_t count = 0;
        std::size_t first_end = 0; ///< where the code of the first one ends
    };
    /// Values separated by commas up to `closing`, which is read too.
    Result<Items> parse_items(std::string_view closing);
    /// match() with a literal pattern, which is compiled once, here.
    Result<void> emit_literal_match(std::size_t constant, std::size_t at);
    Result<void> parse_nested();

    using Level = Result<void> (Parser::*)();
    struct BinaryOperator {
        std::string_view symbol;
        Op op;
    };
    /// left-associative: next (operator next)*
    Result<void> parse_binary(Level next, std::span<const BinaryOperator> operators);
    /// next (keyword next)*, leaving out what need not be evaluated
    Result<void> parse_short_circuit(Level next, std::string_view keyword, Op jump);

    Result<void> advance();
    Result<void> expect(std::string_view symbol);
    Error expected(std::string_view what) const;
    void emit(Op op, std::size_t argument = 0, std::size_t count = 0);
    std::size_t name_index(std::string_view name);
    void push_constant(json::value value);

    Lexer lexer_;
    Token token_;
    Program program_;
    std::size_t nesting_ = 0;
};

} // namespace attune::logic::expression
