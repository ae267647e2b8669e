#include "logic/expression/lexer.hpp"

#include "logic/expression/value.hpp"

#include <algorithm>
#include <charconv>

namespace attune::logic::expression {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr std::string_view kSymbols[] = {"==", "!=", "<=", ">=", "<", ">", "+", "-", "*",
                                         "/",  "%",  "(",  ")",  "[", "]", ",", "."};

/// What to write instead of an operator of other languages.
std::string_view hint_for(std::string_view rest) {
    if (rest.starts_with("&")) return "; write 'and'";
    if (rest.starts_with("||")) return "; write 'or'";
    if (rest.starts_with("|")) return "; there are no filters, call a function: upper(x)";
    if (rest.starts_with("!")) return "; write 'not'";
    if (rest.starts_with("=")) return "; write '==' to compare";
    if (rest.starts_with("{") || rest.starts_with("}"))
        return "; there are no object literals, and only one outer {{ }}";
    return "";
}

} // namespace

Error Lexer::error_at(std::size_t offset, std::string_view what) const {
    return Error{Errc::invalid,
                 fmt::format("{} at character {}", what, 1 + count_code_points(text_.substr(0, offset)))};
}

Token Lexer::token(Token::Kind kind, std::size_t start, json::value value) const {
    return {kind, text_.substr(start, at_ - start), start, std::move(value)};
}

Result<Token> Lexer::next() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    if (at_ == text_.size()) return token(Token::Kind::end, at_);
    const char c = text_[at_];
    if (is_digit(c)) return number();
    if (c == '"' || c == '\'') return string();
    if (is_word_start(c)) return word();
    return symbol();
}

std::size_t Lexer::digits(std::size_t from) const {
    while (from < text_.size() && is_digit(text_[from])) ++from;
    return from;
}

Result<Token> Lexer::number() {
    const auto start = at_;
    at_ = digits(at_);
    bool whole = true;
    const auto digit_at = [&](std::size_t i) { return i < text_.size() && is_digit(text_[i]); };
    if (at_ < text_.size() && text_[at_] == '.' && digit_at(at_ + 1)) {
        at_ = digits(at_ + 1);
        whole = false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
        const bool sign = at_ + 1 < text_.size() && (text_[at_ + 1] == '+' || text_[at_ + 1] == '-');
        const auto exponent = at_ + (sign ? 2 : 1);
        if (!digit_at(exponent)) return error_at(at_, "expected the digits of an exponent after 'e'");
        at_ = digits(exponent);
        whole = false;
    }
    if (at_ < text_.size() && is_word_start(text_[at_])) return error_at(at_, "expected an operator after the number");
    const auto* first = text_.data() + start;
    const auto* last = text_.data() + at_;
    if (whole) {
        std::uint64_t value = 0;
        if (std::from_chars(first, last, value).ec != std::errc{}) {
            return error_at(start, "the whole number is too large (64 bits are kept)");
        }
        return token(Token::Kind::literal, start, integer_value(value));
    }
    double value = 0;
    if (std::from_chars(first, last, value).ec != std::errc{}) {
        return error_at(start, "the number is outside the range of a double");
    }
    return token(Token::Kind::literal, start, json::value(value));
}

Result<Token> Lexer::string() {
    const auto start = at_;
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
        const char c = text_[at_++];
        if (c != '\\' || at_ == text_.size()) {
            out += c;
            continue;
        }
        constexpr std::string_view kEscapes = "ntr\\'\"";
        constexpr std::string_view kMeanings = "\n\t\r\\'\"";
        const auto escape = kEscapes.find(text_[at_]);
        if (escape == std::string_view::npos) {
            out += c;
            continue;
        }
        out += kMeanings[escape];
        ++at_;
    }
    if (at_ == text_.size()) return error_at(start, fmt::format("no closing {} for the string that begins", quote));
    ++at_;
    return token(Token::Kind::literal, start, json::value(json::string(out)));
}

Result<Token> Lexer::word() {
    const auto start = at_;
    while (at_ < text_.size() && (is_word_start(text_[at_]) || is_digit(text_[at_]))) ++at_;
    return token(Token::Kind::word, start);
}

Result<Token> Lexer::symbol() {
    const auto start = at_;
    const auto rest = text_.substr(at_);
    for (const auto symbol : kSymbols) {
        if (!rest.starts_with(symbol)) continue;
        at_ += symbol.size();
        return token(Token::Kind::symbol, start);
    }
    std::size_t length = 1;
    while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U) ++length;
    return error_at(start, fmt::format("unexpected '{}'{},", rest.substr(0, length), hint_for(rest)));
}

} // namespace attune::logic::expression
