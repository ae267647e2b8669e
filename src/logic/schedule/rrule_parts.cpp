#include "logic/schedule/rrule_parts.hpp"

#include "base/enums.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace attune::logic::schedule {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

Error wrong(std::string_view part, std::string_view problem) {
    return invalid("rule", fmt::format("{}: {}", part, problem));
}

std::optional<std::int64_t> to_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::optional<unsigned> to_weekday(std::string_view text) {
    const auto* found = std::find(kWeekdays.begin(), kWeekdays.end(), text);
    if (found == kWeekdays.end()) return std::nullopt;
    return static_cast<unsigned>(found - kWeekdays.begin());
}

/// Reads the parts one after the other.
class Parser {
public:
    Result<RuleParts> parse(std::string_view rule) {
        bool has_frequency = false;
        for (const auto piece : split(rule, ';')) {
            if (trim(piece).empty()) continue;
            const auto equals = piece.find('=');
            if (equals == std::string_view::npos) {
                return wrong(piece.substr(0, 32), "expected NAME=value, as in FREQ=DAILY");
            }
            name_ = trim(piece.substr(0, equals));
            const auto value = trim(piece.substr(equals + 1));
            if (std::find(seen_.begin(), seen_.end(), name_) != seen_.end()) return wrong(name_, "is given twice");
            seen_.emplace_back(name_);
            has_frequency |= name_ == "FREQ";
            CHECK(read_part(value));
        }
        if (!has_frequency) return invalid("rule", "FREQ is required (SECONDLY to YEARLY)");
        return std::move(out_);
    }

private:
    Result<void> read_part(std::string_view value) {
        if (value.empty()) return wrong(name_, "expected a value");
        if (name_ == "FREQ") return read_frequency(value);
        if (name_ == "INTERVAL") return read_number(value, 1, RuleParts::kMaxInterval, out_.interval);
        if (name_ == "COUNT") return read_number(value, 1, RuleParts::kMaxCount, out_.count.emplace());
        if (name_ == "UNTIL") return out_.until = std::string(value), Result<void>{};
        if (name_ == "WKST") return read_week_start(value);
        if (name_ == "BYDAY") return each(value, [&](std::string_view item) { return read_weekday(item); });
        if (name_ == "BYMONTH") return bits(value, 1, 12, out_.months);
        if (name_ == "BYMONTHDAY") return signed_bits(value, 31, out_.month_days, out_.month_days_from_end);
        if (name_ == "BYWEEKNO") return signed_bits(value, 53, out_.weeks, out_.weeks_from_end);
        if (name_ == "BYYEARDAY") return signed_list(value, out_.year_days);
        if (name_ == "BYSETPOS") return signed_list(value, out_.positions);
        if (name_ == "BYHOUR") return bits(value, 0, 23, out_.hours);
        if (name_ == "BYMINUTE") return bits(value, 0, 59, out_.minutes);
        if (name_ == "BYSECOND") return bits(value, 0, 59, out_.seconds);
        return unknown_part();
    }

    Result<void> unknown_part() const {
        static const std::vector<std::string_view> known{"FREQ",   "INTERVAL", "COUNT",      "UNTIL",    "WKST",
                                                         "BYDAY",  "BYMONTH",  "BYMONTHDAY", "BYWEEKNO", "BYYEARDAY",
                                                         "BYHOUR", "BYMINUTE", "BYSECOND",   "BYSETPOS"};
        const auto meant = closest(name_, known);
        return wrong(name_.substr(0, 32), meant.empty() ? "is no part of a rule"
                                                        : fmt::format("is no part of a rule; did you mean {}?", meant));
    }

    Result<void> read_frequency(std::string_view value) {
        const auto found = parse_enum<Frequency>(to_lower(value));
        if (!found) {
            return wrong(name_, fmt::format("expected SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY, "
                                            "got '{}'",
                                            value.substr(0, 32)));
        }
        out_.frequency = *found;
        return {};
    }

    Result<void> read_number(std::string_view value, std::int64_t low, std::int64_t high, std::int64_t& into) const {
        const auto number = to_number(value);
        if (!number || *number < low || *number > high) {
            return wrong(name_, fmt::format("expected {} to {}, got '{}'", low, high, value.substr(0, 32)));
        }
        into = *number;
        return {};
    }

    Result<void> read_week_start(std::string_view value) {
        const auto weekday = to_weekday(value);
        if (!weekday) return wrong(name_, fmt::format("expected MO to SU, got '{}'", value.substr(0, 32)));
        out_.week_start = *weekday;
        return {};
    }

    /// "MO", "2TU", "-1FR".
    Result<void> read_weekday(std::string_view item) {
        const auto split_at = item.size() < 2 ? 0 : item.size() - 2;
        const auto weekday = to_weekday(item.substr(split_at));
        const auto number = to_number(item.substr(0, split_at));
        const bool numbered = split_at > 0;
        if (!weekday || (numbered && (!number || *number == 0 || *number < -53 || *number > 53))) {
            return wrong(name_, fmt::format("expected MO to SU, with a number from -53 to 53 before it or none, got "
                                            "'{}'",
                                            item.substr(0, 32)));
        }
        if (numbered) {
            out_.nth_weekdays.push_back({static_cast<int>(*number), *weekday});
        } else {
            out_.weekdays |= 1U << *weekday;
        }
        return {};
    }

    template <class Use>
    Result<void> each(std::string_view value, Use&& use) const {
        constexpr std::size_t kMostItems = 400;
        const auto items = split(value, ',');
        if (items.size() > kMostItems) return wrong(name_, fmt::format("expected at most {} values", kMostItems));
        for (const auto item : items) CHECK(use(trim(item)));
        return {};
    }

    template <class Bits>
    Result<void> bits(std::string_view value, std::int64_t low, std::int64_t high, Bits& into) const {
        return each(value, [&](std::string_view item) -> Result<void> {
            std::int64_t number = 0;
            CHECK(read_number(item, low, high, number));
            into |= Bits{1} << static_cast<unsigned>(number);
            return {};
        });
    }

    Result<std::int64_t> signed_number(std::string_view item, std::int64_t most) const {
        const auto number = to_number(item);
        if (number && *number != 0 && *number >= -most && *number <= most) return *number;
        return wrong(name_, fmt::format("expected 1 to {} or -{} to -1, got '{}'", most, most, item.substr(0, 32)));
    }

    template <class Bits>
    Result<void> signed_bits(std::string_view value, std::int64_t most, Bits& into, Bits& from_end) const {
        return each(value, [&](std::string_view item) -> Result<void> {
            TRY(const auto number, signed_number(item, most));
            (number > 0 ? into : from_end) |= Bits{1} << static_cast<unsigned>(std::abs(number));
            return {};
        });
    }

    Result<void> signed_list(std::string_view value, std::vector<int>& into) const {
        return each(value, [&](std::string_view item) -> Result<void> {
            TRY(const auto number, signed_number(item, 366));
            into.push_back(static_cast<int>(number));
            return {};
        });
    }

    RuleParts out_;
    std::vector<std::string> seen_;
    std::string_view name_;
};

/// What the standard forbids.
Result<void> check_combination(const RuleParts& p) {
    const auto name = to_upper(enum_name(p.frequency));
    if (p.count && !p.until.empty()) return wrong("COUNT", "expected COUNT or UNTIL, not both");
    if (p.has_weeks() && p.frequency != Frequency::yearly) {
        return wrong("BYWEEKNO", fmt::format("may stand only with FREQ=YEARLY, got {}", name));
    }
    if (!p.year_days.empty() && p.frequency >= Frequency::daily && p.frequency <= Frequency::monthly) {
        return wrong("BYYEARDAY", fmt::format("may not stand with FREQ={}", name));
    }
    if (p.has_month_days() && p.frequency == Frequency::weekly) {
        return wrong("BYMONTHDAY", "may not stand with FREQ=WEEKLY");
    }
    if (!p.nth_weekdays.empty() && (p.frequency < Frequency::monthly || p.has_weeks())) {
        return wrong("BYDAY",
                     fmt::format("a numbered weekday such as 2MO needs FREQ=MONTHLY or YEARLY without BYWEEKNO, "
                                 "got FREQ={}",
                                 name));
    }
    const bool by_anything = p.months != 0 || p.has_month_days() || p.has_weekdays() || !p.year_days.empty() ||
                             p.has_weeks() || p.hours != 0 || p.minutes != 0 || p.seconds != 0;
    if (!p.positions.empty() && !by_anything) return wrong("BYSETPOS", "needs another BY… part beside it");
    return {};
}

} // namespace

Result<RuleParts> RuleParts::parse(std::string_view rule) {
    if (rule.size() > kMaxLength) {
        return invalid("rule", fmt::format("expected at most {} characters, got {}", kMaxLength, rule.size()));
    }
    auto upper = to_upper(trim(rule));
    if (upper.starts_with("RRULE:")) upper.erase(0, 6);
    TRY(auto parts, Parser().parse(upper));
    CHECK(check_combination(parts));
    return parts;
}

} // namespace attune::logic::schedule
