#include "logic/schedule/rrule.hpp"

#include "logic/schedule/calendar.hpp"
#include "logic/schedule/rrule_text.hpp"
#include "logic/schedule/zoned_search.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// The local times of a calendar rule, with a budget of steps.
struct CalendarSeries {
    const CalendarRule& rule;
    std::optional<Seconds> last;
    int& steps;

    std::optional<Seconds> next(Seconds from) {
        const auto found = ++steps > RRule::kMaxSteps ? std::nullopt : rule.next(from, steps, RRule::kMaxSteps);
        return found && last && *found > *last ? std::nullopt : found;
    }
    std::optional<Seconds> prev(Seconds from) {
        if (last) from = std::min(from, *last);
        return ++steps > RRule::kMaxSteps ? std::nullopt : rule.prev(from, steps, RRule::kMaxSteps);
    }
};

std::variant<CalendarRule, ElapsedRule> make_rule(const RuleParts& parts, const RuleStart& start,
                                                  const TimeZone& zone) {
    if (parts.frequency >= Frequency::daily) return CalendarRule(parts, start.local);
    return ElapsedRule(parts, start.instant, zone);
}

} // namespace

Result<RRule> RRule::compile(const json::object& config, const TimeZone& zone, DstPolicy policy) {
    TRY(const auto text, RuleText::read(config));
    TRY(auto parts, RuleParts::parse(text.rule));
    TRY(const auto start, read_start(text.dtstart, zone, policy));
    TRY(auto extra, read_dates(text.rdate, "rdate", zone, policy));
    TRY(auto excepted, read_dates(text.exdate, "exdate", zone, policy));
    std::optional<Seconds> until;
    if (!parts.until.empty()) {
        TRY(until, read_until(parts.until, zone, policy));
    }
    auto rule = make_rule(parts, start, zone);
    Form form{std::move(parts),   zone, policy, start.instant, std::move(rule), until, {}, std::move(extra),
              std::move(excepted)};
    CHECK(apply_bounds(form));
    return RRule(std::make_shared<const Form>(std::move(form)));
}

/// Finds the COUNT-th occurrence, after which the series ends.
Result<void> RRule::apply_bounds(Form& form) {
    if (!form.parts.count) return {};
    int steps = 0;
    std::optional<Seconds> last;
    if (const auto* calendar = std::get_if<CalendarRule>(&form.rule)) {
        form.last_local = last = calendar->nth(*form.parts.count, steps, kMaxCountSteps);
    } else {
        form.until = last = std::get<ElapsedRule>(form.rule).nth(*form.parts.count, steps, kMaxCountSteps);
    }
    if (last || steps <= kMaxCountSteps) return {}; // found, or the series is shorter
    steps = 0;
    const bool hopeless = std::visit([&](const auto& rule) { return !rule.nth(1, steps, kMaxSteps); }, form.rule);
    if (hopeless) return {}; // it never fires: nothing to count
    return invalid(
        "rule", fmt::format("COUNT: {} occurrences of this rule are too many to count; use UNTIL", *form.parts.count));
}

std::optional<Timestamp> RRule::until() const {
    if (!form_->until || form_->parts.until.empty()) return std::nullopt;
    return from_seconds(*form_->until);
}

std::optional<Seconds> RRule::next_local(Seconds from) const {
    const auto* calendar = std::get_if<CalendarRule>(&form_->rule);
    if (calendar == nullptr) return std::nullopt;
    int steps = 0;
    return CalendarSeries{*calendar, form_->last_local, steps}.next(from);
}

bool RRule::is_excepted(Seconds instant) const {
    return std::binary_search(form_->excepted.begin(), form_->excepted.end(), instant);
}

std::optional<Seconds> RRule::next_of_rule(Seconds from, int& steps) const {
    from = std::max(from, form_->start);
    std::optional<Seconds> found;
    if (const auto* calendar = std::get_if<CalendarRule>(&form_->rule)) {
        CalendarSeries series{*calendar, form_->last_local, steps};
        found = ZonedSearch(series, form_->zone, form_->policy, true).next(from);
    } else {
        found = std::get<ElapsedRule>(form_->rule).next(from, steps, kMaxSteps);
    }
    return found && form_->until && *found > *form_->until ? std::nullopt : found;
}

std::optional<Seconds> RRule::prev_of_rule(Seconds from, int& steps) const {
    if (form_->until) from = std::min(from, *form_->until);
    std::optional<Seconds> found;
    if (const auto* calendar = std::get_if<CalendarRule>(&form_->rule)) {
        CalendarSeries series{*calendar, form_->last_local, steps};
        found = ZonedSearch(series, form_->zone, form_->policy, true).prev(from);
    } else {
        found = std::get<ElapsedRule>(form_->rule).prev(from, steps, kMaxSteps);
    }
    return found && *found < form_->start ? std::nullopt : found;
}

std::optional<Timestamp> RRule::next(Timestamp after) const {
    int steps = 0;
    for (auto from = floor_seconds(after) + 1;;) {
        auto found = next_of_rule(from, steps);
        const auto extra = std::lower_bound(form_->extra.begin(), form_->extra.end(), from);
        if (extra != form_->extra.end() && (!found || *extra < *found)) found = *extra;
        if (!found) return std::nullopt;
        if (!is_excepted(*found)) return from_seconds(*found);
        from = *found + 1; // at most once for each EXDATE
    }
}

std::optional<Timestamp> RRule::prev(Timestamp before) const {
    int steps = 0;
    for (auto from = floor_seconds(before - Duration{1});;) {
        auto found = prev_of_rule(from, steps);
        const auto extra = std::upper_bound(form_->extra.begin(), form_->extra.end(), from);
        if (extra != form_->extra.begin() && (!found || *(extra - 1) > *found)) found = *(extra - 1);
        if (!found) return std::nullopt;
        if (!is_excepted(*found)) return from_seconds(*found);
        from = *found - 1;
    }
}

} // namespace attune::logic::schedule
