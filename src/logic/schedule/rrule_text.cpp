#include "logic/schedule/rrule_text.hpp"

#include "base/text.hpp"
#include "logic/schedule/calendar.hpp"
#include "logic/schedule/options.hpp"
#include "logic/schedule/rrule.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// Bounds and starts exist even where the policy skips: they name a place in time, not a run.
DstPolicy for_bounds(DstPolicy policy) {
    if (policy.gap == DstGap::skip) policy.gap = DstGap::run_after;
    return policy;
}

Result<std::vector<std::string>> read_list(const json::object& config, const char* name) {
    std::vector<std::string> out;
    const auto* member = config.if_contains(name);
    if (member == nullptr || member->is_null()) return out;
    if (member->is_string()) {
        for (const auto one : split(std::string_view(member->get_string()), ',')) out.emplace_back(trim(one));
        return out;
    }
    return from_json<std::vector<std::string>>(*member, name);
}

/// One line "NAME;PARAM=x:value" of iCalendar.
Result<void> read_line(std::string_view line, std::string_view zone, RuleText& into) {
    const auto colon = line.find(':');
    const auto head = line.substr(0, std::min(colon, line.find(';')));
    const auto name = to_upper(head);
    if (colon == std::string_view::npos || name.find('=') != std::string::npos) { // "FREQ=…" without a name
        into.rule = std::string(line);
        return {};
    }
    for (const auto parameter : split(line.substr(head.size(), colon - head.size()), ';')) {
        if (!to_upper(parameter).starts_with("TZID=") || parameter.substr(5) == zone) continue;
        return invalid("rule", fmt::format("{}: its TZID is '{}', but timezone is '{}'; expected the same", name,
                                           parameter.substr(5, 64), zone));
    }
    const auto value = line.substr(colon + 1);
    auto& list = name == "EXDATE" ? into.exdate : into.rdate;
    if (name == "RRULE") {
        into.rule = std::string(value);
    } else if (name == "DTSTART") {
        if (into.dtstart.empty()) into.dtstart = std::string(value);
    } else if (name == "EXDATE" || name == "RDATE") {
        for (const auto one : split(value, ',')) list.emplace_back(trim(one));
    } else {
        return invalid("rule",
                       fmt::format("expected lines RRULE, DTSTART, EXDATE or RDATE, got '{}'", head.substr(0, 32)));
    }
    return {};
}

} // namespace

std::string to_extended(std::string_view text) {
    const auto digits = [&](std::size_t from, std::size_t count) {
        const auto part = text.substr(from, count);
        return part.size() == count &&
               std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(0, 8)) return std::string(text);
    const auto date = fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
    if (text.size() == 8) return date;
    if ((text[8] != 'T' && text[8] != 't') || !digits(9, 6)) return std::string(text);
    return fmt::format("{}T{}:{}:{}{}", date, text.substr(9, 2), text.substr(11, 2), text.substr(13, 2),
                       text.substr(15));
}

Result<RuleText> RuleText::read(const json::object& config) {
    RuleText out;
    const auto text = [&](const char* name) -> Result<std::string> {
        const auto* member = config.if_contains(name);
        if (member == nullptr || member->is_null()) return std::string{};
        return from_json<std::string>(*member, name);
    };
    TRY(out.dtstart, text("dtstart"));
    TRY(out.exdate, read_list(config, "exdate"));
    TRY(out.rdate, read_list(config, "rdate"));
    TRY(const auto rule, text("rule"));
    TRY(auto zone, text("timezone"));
    if (zone.empty()) zone = "UTC";
    if (rule.size() > 16 * RuleParts::kMaxLength) return invalid("rule", "is too long");
    for (const auto line : split(rule, '\n')) {
        if (trim(line).empty()) continue;
        CHECK(read_line(trim(line), zone, out));
    }
    if (out.rule.empty()) return invalid("rule", "is required (a rule such as FREQ=WEEKLY;BYDAY=MO)");
    if (out.dtstart.empty()) return invalid("dtstart", "is required (a time such as 2026-01-02T03:04:05Z)");
    return out;
}

Result<RuleStart> read_start(const std::string& text, const TimeZone& zone, DstPolicy policy) {
    const auto extended = to_extended(text);
    TRY(const auto at, parse_instant(extended, "dtstart", zone, for_bounds(policy)));
    const auto instant = floor_seconds(at);
    if (floor_div(instant, kSecondsPerDay) <= kFirstDay || floor_div(instant, kSecondsPerDay) >= kLastDay) {
        return invalid("dtstart", "expected a year from 1 to 9999");
    }
    // A local start keeps its time of day even where that does not exist.
    if (const auto local = parse_local(extended))
        return RuleStart{std::min(instant, zone.from_local(*local).first), *local};
    return RuleStart{instant, zone.to_local(instant)};
}

Result<Seconds> read_until(const std::string& text, const TimeZone& zone, DstPolicy policy) {
    policy = for_bounds(policy);
    if (policy.overlap == DstOverlap::both) policy.overlap = DstOverlap::last;
    const auto extended = to_extended(text);
    constexpr std::size_t kDateLength = 10;
    auto at = parse_instant(extended.size() == kDateLength ? extended + "T23:59:59" : extended, "rule", zone, policy);
    if (!at) return invalid("rule", "UNTIL: " + at.error().message);
    return floor_seconds(*at);
}

Result<std::vector<Seconds>> read_dates(const std::vector<std::string>& texts, const std::string& field,
                                        const TimeZone& zone, DstPolicy policy) {
    if (texts.size() > RRule::kMaxDates) {
        return invalid(field, fmt::format("expected at most {} times, got {}", RRule::kMaxDates, texts.size()));
    }
    std::vector<Seconds> out;
    for (const auto& text : texts) {
        TRY(const auto at, parse_instant(to_extended(text), join_path(field, out.size()), zone, for_bounds(policy)));
        out.push_back(floor_seconds(at));
    }
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace attune::logic::schedule
