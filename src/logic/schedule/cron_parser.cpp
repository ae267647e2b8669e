#include "logic/schedule/cron_parser.hpp"

#include "base/text.hpp"

#include <utility>

namespace attune::logic::schedule {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

const CronFieldRules kSecond{.name = "second"};
const CronFieldRules kMinute{.name = "minute"};
const CronFieldRules kHour{.name = "hour", .high = 23};
const CronFieldRules kDay{.name = "day of month", .low = 1, .high = 31, .is_day = true};
const CronFieldRules kMonth{.name = "month", .low = 1, .high = 12, .names = kMonths};
const CronFieldRules kWeekday{
    .name = "day of week", .high = 6, .highest_number = 7, .names = kWeekdays, .is_day = true};
const CronFieldRules kQuartzWeekday{.name = "day of week", .low = 1, .high = 7, .names = kWeekdays, .is_day = true};
const CronFieldRules kYear{.name = "year", .low = 1, .high = 9999};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNicknames{{{"@yearly", "0 0 1 1 *"},
                                                                                   {"@annually", "0 0 1 1 *"},
                                                                                   {"@monthly", "0 0 1 * *"},
                                                                                   {"@weekly", "0 0 * * 0"},
                                                                                   {"@daily", "0 0 * * *"},
                                                                                   {"@midnight", "0 0 * * *"},
                                                                                   {"@hourly", "0 * * * *"}}};

/// The five fields that a nickname stands for.
Result<std::string_view> expand_nickname(std::string_view text, std::size_t column) {
    const auto name = to_lower(text);
    std::vector<std::string_view> known;
    for (const auto& [nickname, meaning] : kNicknames) {
        if (name == nickname) return meaning;
        known.push_back(nickname);
    }
    const auto wrong = [&](std::string_view problem) {
        return invalid("expression", fmt::format("column {}: {}", column, problem));
    };
    if (name == "@reboot") return wrong("@reboot names no time; expected fields or a nickname such as @daily");
    if (name.starts_with("@every")) return wrong("@every is not a cron schedule; use an interval timer");
    const auto meant = closest(name, known);
    return wrong(fmt::format("'{}' is not a nickname; expected @yearly, @monthly, @weekly, @daily or @hourly{}",
                             text.substr(0, 32), meant.empty() ? "" : fmt::format(" (did you mean {}?)", meant)));
}

std::vector<CronText> split_fields(std::string_view expression) {
    constexpr std::string_view kBlank = " \t";
    std::vector<CronText> fields;
    for (std::size_t at = expression.find_first_not_of(kBlank); at != std::string_view::npos;) {
        const auto end = std::min(expression.find_first_of(kBlank, at), expression.size());
        fields.push_back({expression.substr(at, end - at), at + 1});
        at = expression.find_first_not_of(kBlank, end);
    }
    return fields;
}

Result<void> check_count(const std::vector<CronText>& fields, std::size_t length, Dialect dialect) {
    const std::size_t fewest = dialect == Dialect::quartz ? 6 : 5;
    if (fields.size() >= fewest && fields.size() <= 7) return {};
    const auto column = fields.size() > 7 ? fields[7].column : length + 1;
    return invalid("expression",
                   fmt::format("column {}: expected {}6 (seconds first) or 7 fields (seconds first, year last), got {}",
                               column, fewest == 5 ? "5 fields, " : "", fields.size()));
}

bool unrestricted(std::string_view field, Dialect dialect) {
    if (dialect == Dialect::vixie && field.starts_with('*')) return true;
    return field == "*" || field == "?";
}

Result<void> parse_day_fields(CronText day, CronText weekday, Dialect dialect, CronFields& into) {
    bool both = unrestricted(day.text, dialect) || unrestricted(weekday.text, dialect);
    if (weekday.text.starts_with('+')) {
        both = true;
        weekday.text.remove_prefix(1);
        ++weekday.column;
    }
    into.both_days = both;
    CHECK(CronFieldParser(day, kDay, dialect).parse_days(into));
    const auto& rules = dialect == Dialect::quartz ? kQuartzWeekday : kWeekday;
    return CronFieldParser(weekday, rules, dialect).parse_weekdays(into);
}

Result<CronFields> parse_fields(std::vector<CronText> fields, Dialect dialect) {
    CronFields out;
    const auto plain = [&](CronText text, const CronFieldRules& rules, auto& into) -> Result<void> {
        std::uint64_t bits = 0;
        CHECK(CronFieldParser(text, rules, dialect).parse_values(bits));
        into = static_cast<std::remove_reference_t<decltype(into)>>(bits);
        return {};
    };
    const std::size_t base = fields.size() > 5 ? 1 : 0;
    if (base == 1) CHECK(plain(fields[0], kSecond, out.times.seconds));
    CHECK(plain(fields[base], kMinute, out.times.minutes));
    CHECK(plain(fields[base + 1], kHour, out.times.hours));
    CHECK(plain(fields[base + 3], kMonth, out.months));
    CHECK(parse_day_fields(fields[base + 2], fields[base + 4], dialect, out));
    if (fields.size() == 7) CHECK(CronFieldParser(fields[6], kYear, dialect).parse_years(out.years));
    return out;
}

} // namespace

Result<CronSpec> CronSpec::parse(std::string_view expression, Dialect dialect) {
    if (expression.size() > kMaxLength) {
        return invalid("expression",
                       fmt::format("expected at most {} characters, got {}", kMaxLength, expression.size()));
    }
    auto fields = split_fields(expression);
    const bool nickname = !fields.empty() && fields[0].text.starts_with('@');
    if (nickname) {
        TRY(const auto meaning, expand_nickname(fields[0].text, fields[0].column));
        if (fields.size() > 1) {
            return invalid("expression", fmt::format("column {}: unexpected '{}' after the nickname {}",
                                                     fields[1].column, fields[1].text, fields[0].text));
        }
        fields = split_fields(meaning);
    } else {
        CHECK(check_count(fields, expression.size(), dialect));
    }
    const std::size_t minute = fields.size() > 5 ? 1 : 0;
    CronSpec spec;
    spec.expression_ = std::string(expression);
    spec.fixed_time_ = !fields[minute].text.starts_with('*') && !fields[minute + 1].text.starts_with('*');
    TRY(spec.fields_, parse_fields(std::move(fields), nickname ? Dialect::ocps : dialect));
    return spec;
}

} // namespace attune::logic::schedule
