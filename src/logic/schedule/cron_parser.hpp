#pragma once
// The grammar of one cron field. Internal to cron_spec; use CronSpec::parse.
#include "logic/schedule/cron_spec.hpp"

#include <span>

namespace attune::logic::schedule {

/// One whitespace-separated piece of the expression.
struct CronText {
    std::string_view text;
    std::size_t column = 1; ///< of its first character, from 1
};

/// What a field is called and may contain.
struct CronFieldRules {
    std::string_view name;
    int low = 0;
    int high = 59;
    int highest_number = high;                    ///< 7 for day of week: Sunday again
    std::span<const std::string_view> names = {}; ///< of low, low + 1, …
    bool is_day = false;                          ///< day of month or day of week: `?`, `L` and the rest
};

/// Walks over one field, reporting problems by name and column.
class CronFieldParser {
public:
    CronFieldParser(CronText field, const CronFieldRules& rules, Dialect dialect)
        : field_(field), rules_(rules), dialect_(dialect) {}

    /// A plain field: a list of `*`, values, ranges and steps. Sets bit v of `bits` for every value v.
    Result<void> parse_values(std::uint64_t& bits);
    Result<void> parse_years(std::vector<std::uint64_t>& years);
    Result<void> parse_days(CronFields& into);
    Result<void> parse_weekdays(CronFields& into);

private:
    struct Range {
        int first = 0;
        int last = 0;
        int step = 1;
    };

    /// Calls `item()` for each element of the comma-separated list.
    template <class Item>
    Result<void> parse_list(Item&& item);
    /// `*`, `a`, `a-b`, each with an optional `/step`.
    Result<Range> parse_range();
    Result<int> parse_value();
    Result<int> parse_number(std::string_view expected);
    Result<int> parse_step();
    Result<int> parse_range_end(int first, std::string_view first_text);
    Result<void> parse_day(CronFields& into);
    Result<void> parse_last_day(CronFields& into);
    Result<void> parse_weekday(CronFields& into);
    Result<void> parse_nth(CronFields& into, unsigned weekday);
    unsigned weekday_bit(int value) const;

    bool at_end() const { return position_ >= field_.text.size(); }
    char peek() const { return at_end() ? '\0' : field_.text[position_]; }
    bool take(char c);
    bool take_word(std::string_view word); ///< in any case
    std::string_view rest_of_item() const;
    Error error(std::string_view expected) const { return error_at(position_, expected); }
    Error error_at(std::size_t position, std::string_view expected) const;
    std::string values_expected() const;
    std::string suggest_two_ranges(std::string_view first, std::string_view last) const;

    CronText field_;
    const CronFieldRules& rules_;
    Dialect dialect_;
    std::size_t position_ = 0;
};

/// "expression: <field> field, column N: expected …".
Error cron_error(std::string_view field, std::size_t column, std::string_view problem);

} // namespace attune::logic::schedule
