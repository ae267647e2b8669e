#include "logic/schedule/cron_parser.hpp"

#include "base/text.hpp"

namespace attune::logic::schedule {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool is_letter(char c) {
    return upper(c) >= 'A' && upper(c) <= 'Z';
}

template <class Bits>
void set_range(Bits& bits, int first, int last, int step) {
    for (int v = first; v <= last; v += step) bits |= Bits{1} << static_cast<unsigned>(v);
}

} // namespace

Error cron_error(std::string_view field, std::size_t column, std::string_view problem) {
    return invalid("expression", fmt::format("{} field, column {}: {}", field, column, problem));
}

Error CronFieldParser::error_at(std::size_t position, std::string_view problem) const {
    return cron_error(rules_.name, field_.column + position, problem);
}

bool CronFieldParser::take(char c) {
    if (peek() != c || at_end()) return false;
    ++position_;
    return true;
}

bool CronFieldParser::take_word(std::string_view word) {
    const auto rest = field_.text.substr(position_);
    if (rest.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (upper(rest[i]) != word[i]) return false;
    }
    position_ += word.size();
    return true;
}

std::string_view CronFieldParser::rest_of_item() const {
    const auto rest = field_.text.substr(std::min(position_, field_.text.size()));
    return rest.substr(0, rest.find(','));
}

std::string CronFieldParser::values_expected() const {
    auto text = fmt::format("expected a value {}-{}", rules_.low, rules_.highest_number);
    if (!rules_.names.empty()) text += fmt::format(" or {}-{}", rules_.names.front(), rules_.names.back());
    if (rules_.is_day && rules_.names.empty()) text += ", L, LW or nW";
    return text;
}

template <class Item>
Result<void> CronFieldParser::parse_list(Item&& item) {
    do {
        if (at_end() || peek() == ',') return error(values_expected() + ", got nothing");
        CHECK(item());
        if (!at_end() && peek() != ',') {
            return error(fmt::format("unexpected '{}' after the value", rest_of_item()));
        }
    } while (take(','));
    return {};
}

Result<int> CronFieldParser::parse_number(std::string_view expected) {
    const auto start = position_;
    int value = 0;
    for (; is_digit(peek()); ++position_) value = std::min(value * 10 + (peek() - '0'), 100'000);
    if (position_ == start) return error(fmt::format("{}, got '{}'", expected, rest_of_item()));
    return value;
}

Result<int> CronFieldParser::parse_value() {
    const auto start = position_;
    for (std::size_t i = 0; i < rules_.names.size(); ++i) {
        if (!take_word(rules_.names[i])) continue;
        // `FRIL` is the last Friday, `FRIDAY` is not a name.
        if (!is_letter(peek()) || (upper(peek()) == 'L' && rules_.is_day)) return rules_.low + static_cast<int>(i);
        position_ = start;
        return error(fmt::format("{}, got '{}' (names have three letters)", values_expected(), rest_of_item()));
    }
    TRY(const int value, parse_number(values_expected()));
    if (value < rules_.low || value > rules_.highest_number) {
        return error_at(start,
                        fmt::format("{}, got '{}'", values_expected(), field_.text.substr(start, position_ - start)));
    }
    return value;
}

Result<int> CronFieldParser::parse_step() {
    const auto start = position_;
    TRY(const int step, parse_number("expected a step after '/'"));
    const int size = rules_.high - rules_.low + 1;
    if (step < 1) return error_at(start, "expected a step of 1 or more, got 0");
    if (step > size) {
        return error_at(start, fmt::format("expected a step of at most {} (the values are {}-{}), got '{}'; for longer "
                                           "periods use an interval timer",
                                           size, rules_.low, rules_.high, step));
    }
    return step;
}

std::string CronFieldParser::suggest_two_ranges(std::string_view first, std::string_view last) const {
    const auto text = [&](int value) {
        return rules_.names.empty() ? std::to_string(value)
                                    : std::string(rules_.names[static_cast<std::size_t>(value - rules_.low)]);
    };
    const auto range = [](std::string_view a, std::string_view b) {
        return a == b ? std::string(a) : fmt::format("{}-{}", a, b);
    };
    const bool named = !rules_.names.empty() && is_letter(first.front());
    const auto top = named ? text(rules_.high) : std::to_string(rules_.high);
    const auto bottom = named ? text(rules_.low) : std::to_string(rules_.low);
    return fmt::format("the range {}-{} runs backwards; write {},{}", first, last, range(to_upper(first), top),
                       range(bottom, to_upper(last)));
}

Result<int> CronFieldParser::parse_range_end(int first, std::string_view first_text) {
    const auto start = position_;
    TRY(int last, parse_value());
    const auto last_text = field_.text.substr(start, position_ - start);
    // By name, Sunday is both ends of the week: SAT-SUN is 6-7.
    if (last < first && last == 0 && rules_.highest_number == 7 && !is_digit(last_text.front())) last = 7;
    if (last < first) return error_at(start - first_text.size() - 1, suggest_two_ranges(first_text, last_text));
    return last;
}

Result<CronFieldParser::Range> CronFieldParser::parse_range() {
    Range range{rules_.low, rules_.high, 1};
    if (!take('*')) {
        const auto start = position_;
        TRY(range.first, parse_value());
        const auto first_text = field_.text.substr(start, position_ - start);
        range.last = range.first;
        if (take('-')) {
            TRY(range.last, parse_range_end(range.first, first_text));
        } else if (peek() == '/') {
            range.last = std::max(range.first, rules_.high); // N/step = N-max/step
        }
    }
    if (take('/')) {
        TRY(range.step, parse_step());
    }
    return range;
}

Result<void> CronFieldParser::parse_values(std::uint64_t& bits) {
    return parse_list([&]() -> Result<void> {
        if (peek() == '?') return error("'?' may stand only in a day field; expected '*'");
        TRY(const Range range, parse_range());
        set_range(bits, range.first, range.last, range.step);
        return {};
    });
}

Result<void> CronFieldParser::parse_years(std::vector<std::uint64_t>& years) {
    if (field_.text == "*") return {};
    years.assign(9999 / 64 + 1, 0);
    return parse_list([&]() -> Result<void> {
        TRY(const Range range, parse_range());
        for (auto y = static_cast<unsigned>(range.first); y <= static_cast<unsigned>(range.last);
             y += static_cast<unsigned>(range.step)) {
            years[y / 64] |= std::uint64_t{1} << (y % 64);
        }
        return {};
    });
}

Result<void> CronFieldParser::parse_days(CronFields& into) {
    return parse_list([&] { return parse_day(into); });
}

Result<void> CronFieldParser::parse_day(CronFields& into) {
    if (take_word("L")) return parse_last_day(into);
    if (take('?')) {
        set_range(into.days, 1, 31, 1);
        return {};
    }
    const auto start = position_;
    TRY(const Range range, parse_range());
    if (upper(peek()) != 'W') {
        set_range(into.days, range.first, range.last, range.step);
        return {};
    }
    if (range.first != range.last || range.step != 1 || field_.text[start] == '*') {
        return error("W follows a single day, as in 15W, not a range");
    }
    ++position_;
    into.nearest_weekday |= 1U << static_cast<unsigned>(range.first);
    return {};
}

/// After `L`: nothing, `W`, and in Quartz `-n` with or without `W`.
Result<void> CronFieldParser::parse_last_day(CronFields& into) {
    if (take_word("W")) {
        into.last_weekday = true;
        return {};
    }
    unsigned before = 0;
    if (peek() == '-') {
        if (dialect_ != Dialect::quartz) return error("L-n belongs to the quartz dialect; expected L or LW");
        ++position_;
        const auto start = position_;
        TRY(const int n, parse_number("expected a number of days after 'L-'"));
        if (n > 30) return error_at(start, fmt::format("expected 0-30 days after 'L-', got '{}'", n));
        before = static_cast<unsigned>(n);
    }
    (take_word("W") ? into.weekday_from_end : into.days_from_end) |= 1U << before;
    return {};
}

Result<void> CronFieldParser::parse_weekdays(CronFields& into) {
    return parse_list([&] { return parse_weekday(into); });
}

unsigned CronFieldParser::weekday_bit(int value) const {
    // Quartz counts Sunday as 1, everybody else as 0 and 7.
    return static_cast<unsigned>(dialect_ == Dialect::quartz ? value - 1 : value % 7);
}

Result<void> CronFieldParser::parse_weekday(CronFields& into) {
    if (take('?')) {
        into.weekdays = 0x7F;
        return {};
    }
    if (peek() == 'L' || peek() == 'l') {
        if (dialect_ != Dialect::quartz) return error("expected the day before L, as in 5L (the last Friday)");
        ++position_;
        into.weekdays |= 1U << 6U;
        return {};
    }
    const auto start = position_;
    TRY(const Range range, parse_range());
    const bool single = range.first == range.last && range.step == 1 && field_.text[start] != '*';
    if (upper(peek()) == 'L' || peek() == '#') {
        if (!single) return error(fmt::format("'{}' follows a single day, not a range", upper(peek())));
        if (take('#')) return parse_nth(into, weekday_bit(range.first));
        ++position_;
        into.last_weekdays |= static_cast<std::uint8_t>(1U << weekday_bit(range.first));
        return {};
    }
    for (int v = range.first; v <= range.last; v += range.step) {
        into.weekdays |= static_cast<std::uint8_t>(1U << weekday_bit(v));
    }
    return {};
}

Result<void> CronFieldParser::parse_nth(CronFields& into, unsigned weekday) {
    const auto start = position_;
    if (take_word("L")) {
        into.last_weekdays |= static_cast<std::uint8_t>(1U << weekday);
        return {};
    }
    TRY(const int nth, parse_number("expected 1-5 after '#'"));
    if (nth < 1 || nth > 5) return error_at(start, fmt::format("expected 1-5 after '#', got '{}'", nth));
    into.nth_weekdays[static_cast<std::size_t>(nth - 1)] |= static_cast<std::uint8_t>(1U << weekday);
    return {};
}

} // namespace attune::logic::schedule
