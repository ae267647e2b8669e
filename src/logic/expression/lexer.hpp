#pragma once
// Private to logic/expression.
#include "base/json.hpp"

#include <string>
#include <string_view>

namespace attune::logic::expression {

struct Token {
    enum class Kind { end, literal, word, symbol };
    Kind kind = Kind::end;
    std::string_view text; ///< as written
    std::size_t at = 0;    ///< byte offset
    json::value value;     ///< of a literal

    bool is(std::string_view symbol_or_word) const {
        return (kind == Kind::symbol || kind == Kind::word) && text == symbol_or_word;
    }
};

/// Cuts the text into tokens, one at a time. Literals are numbers and strings; keywords are words.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}
    Result<Token> next();

    /// An error that names the position by its character.
    Error error_at(std::size_t offset, std::string_view what) const;

private:
    Result<Token> number();
    Result<Token> string();
    Result<Token> word();
    Result<Token> symbol();
    Token token(Token::Kind kind, std::size_t start, json::value value = {}) const;
    std::size_t digits(std::size_t from) const;

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace attune::logic::expression
