#include "adapters/postgres/text_format.hpp"

#include <fmt/format.h>

namespace attune::postgres {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

std::string without_nul(std::string_view text) {
    std::string out(text);
    for (auto at = out.find('\0'); at != std::string::npos; at = out.find('\0', at)) out.replace(at, 1, kReplacement);
    return out;
}

} // namespace

std::string to_text_format(const SqlValue& value) {
    switch (value.kind()) {
    case SqlValue::Kind::null: return {};
    case SqlValue::Kind::boolean: return value.as_integer() != 0 ? "t" : "f";
    case SqlValue::Kind::integer: return fmt::format_int(value.as_integer()).str();
    case SqlValue::Kind::real: return fmt::format("{}", value.as_real());
    case SqlValue::Kind::text: return without_nul(value.as_text());
    case SqlValue::Kind::timestamp: return format_timestamp(value.as_timestamp());
    }
    return {};
}

void append_element(std::string& literal, const SqlValue& value) {
    if (literal.size() > 1) literal += ',';
    if (value.kind() == SqlValue::Kind::null) {
        literal += "NULL";
        return;
    }
    literal += '"';
    for (const char c : to_text_format(value)) {
        if (c == '"' || c == '\\') literal += '\\';
        literal += c;
    }
    literal += '"';
}

Timestamp timestamp_from(std::string_view text) {
    return parse_timestamp(std::string(text) + ":00").value_or(Timestamp{});
}

Parameters::Parameters(std::span<const SqlValue> values) {
    texts_.reserve(values.size());
    for (const auto& value : values) texts_.push_back(to_text_format(value));
    for (std::size_t i = 0; i < values.size(); ++i) {
        pointers_.push_back(values[i].kind() == SqlValue::Kind::null ? nullptr : texts_[i].c_str());
    }
}

Parameters::Parameters(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (const auto& text : texts_) pointers_.push_back(text.c_str());
}

} // namespace attune::postgres
