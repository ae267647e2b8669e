#pragma once
#include "base/json.hpp"
#include "logic/expression/scope.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::expression {

inline constexpr std::size_t kMaxTextBytes = 16 * 1024;
inline constexpr std::size_t kMaxNesting = 64; ///< of parentheses, lists, indices and calls
inline constexpr std::size_t kMaxSteps =
    1'000'000; ///< of one evaluation; copying 16 bytes of text or a value is a step

struct Program;

/// A compiled expression: immutable, cheap to copy, safe to evaluate from several threads at once.
///
///     or < and < not < == != < > <= >= in < + - < * / % < unary - < .name [expr] (args)
///
/// Nothing is coerced; a missing field, an unknown name and a wrong type are errors. `%` has the sign of its left side.
/// In string literals \n \t \r \\ \' \" are escapes; any other backslash stands for itself, so that patterns read well.
class Expression {
public:
    /// Errors: `invalid`, with the position and what was expected there; `too_large` beyond the bounds above. A literal
    /// pattern given to match() is checked here too.
    static Result<Expression> parse(std::string_view text);

    /// The value. Errors: `invalid` with the reason; `too_large` when the evaluation takes more than kMaxSteps.
    Result<json::value> evaluate(const Scope& scope) const;

    /// Whether the value is true (truthy()), without copying it.
    Result<bool> test(const Scope& scope) const;

    const std::string& text() const;

    /// The root variables and the functions that are not built in, each once: what the scope must offer.
    std::vector<std::string_view> variables() const;
    std::vector<std::string_view> scope_functions() const;

private:
    explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const Program> program_;
};

} // namespace attune::logic::expression
