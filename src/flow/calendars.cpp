#include "flow/calendars.hpp"

#include "base/log.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/generation.hpp"
#include "flow/timer_ranges.hpp"
#include "flow/timer_rows.hpp"
#include "logic/definitions/source.hpp"

#include <algorithm>

namespace attune::flow {
namespace {

namespace schedule = logic::schedule;

constexpr std::size_t kMostNamed = 10; ///< refs in an error

const QueryOf<Calendar> kByRef{"calendar.by_ref", "select {columns} from calendar where ref = $1"};
const NewOf<Calendar> kNew{"calendar.new"};
const UpdateOf<Calendar> kUpdate{"calendar.update"};
const Query kDelete{"calendar.delete", "delete from calendar where id = $1"};
const QueryOf<Calendar> kOfPack{"calendar.of_pack", "select {columns} from calendar where pack_ref = $1 order by id"};
const QueryOf<Calendar> kChanged{"calendar.changed",
                                 "select {columns} from calendar where generation > $1 order by generation"};
const Query kRemoved{"calendar.removed", "select ref from definition_change where kind = 'calendar' and generation > $1"
                                         " order by generation"};
const QueryOf<Timer> kTimers{"timer.with_calendars", "select {columns} from timer"
                                                     " where config ->> 'calendars' is not null order by id"
                                                     " {for_update}"};
const QueryOf<Rule> kRules{"rule.with_calendars", "select {columns} from rule"
                                                  " where trigger_params ->> 'calendars' is not null order by id"};
const QueryOf<Trigger> kTriggers{"trigger.with_calendars",
                                 "select {columns} from trigger"
                                 " where param_schema ->> 'calendars' is not null order by id"};

bool names(const json::object& config, const std::string& ref) {
    const auto all = schedule::calendar_names(config);
    return std::ranges::find(all, ref) != all.end();
}

bool follows(const Trigger& trigger, const json::object& trigger_params, const std::string& ref) {
    const auto all = logic::definitions::asked_of_source(trigger, trigger_params).calendars;
    return std::ranges::find(all, ref) != all.end();
}

/// Enabled or not: whoever enables them finds the calendar.
Result<std::vector<std::string>> users_of(Session& session, const std::string& ref) {
    std::vector<std::string> out;
    TRY(const auto rules, session.all<Rule>(kRules));
    for (const auto& rule : rules) {
        Trigger on;
        on.ref = rule.trigger_ref;
        if (follows(on, rule.trigger_params, ref)) out.push_back("rule " + rule.ref);
    }
    TRY(const auto triggers, session.all<Trigger>(kTriggers));
    for (const auto& trigger : triggers) {
        if (follows(trigger, {}, ref)) out.push_back("trigger " + trigger.ref);
    }
    return out;
}

Error in_use(const std::string& ref, const std::vector<std::string>& users) {
    std::string text;
    for (std::size_t i = 0; i < std::min(users.size(), kMostNamed); ++i) text += (i == 0 ? "" : ", ") + users[i];
    if (users.size() > kMostNamed) text += fmt::format(" and {} more", users.size() - kMostNamed);
    return Error{Errc::conflict, fmt::format("the calendar '{}' is in use by {}", ref, text)};
}

/// A timer that names the calendar, with what its schedule was before the change; none: it could not be read.
struct Follower {
    Timer timer;
    std::optional<schedule::Schedule> before;
};

Result<std::vector<Follower>> followers_of(Session& session, const std::string& ref) {
    std::vector<Follower> out;
    TRY(auto timers, session.all<Timer>(kTimers));
    for (auto& timer : timers) {
        if (!names(timer.config, ref)) continue;
        auto compiled = compile_schedule(session, timer.config);
        out.push_back({std::move(timer), compiled ? std::optional(*std::move(compiled)) : std::nullopt});
    }
    return out;
}

/// A new revision: what schedulers have planned with the old calendar fires nothing.
Result<void> follow(Session& session, Follower& one, Timestamp now) {
    auto& timer = one.timer;
    TRY(const auto compiled, compile_schedule(session, timer.config));
    const auto undecided = one.before ? schedule::next_undecided(*one.before, state_of(timer)) : std::nullopt;
    // Nothing was due: times that the calendar has kept free until now are not missed when it allows them.
    if (one.before && (!undecided || *undecided > now)) timer.cursor = std::max(timer.cursor, now);
    CHECK(renew_skipped_ahead(session, timer, one.before ? &*one.before : nullptr, compiled, now));
    ++timer.revision;
    timer.note = ending_note(timer, compiled);
    timer.trouble.reset();
    return save_timer(session, timer, now);
}

} // namespace

Result<std::optional<Calendar>> find_calendar(Session& session, std::string_view ref) {
    return session.find<Calendar>(kByRef, ref);
}

Result<Calendar> get_calendar(Session& session, std::string_view ref) {
    TRY(auto found, find_calendar(session, ref));
    if (!found) return Error{Errc::not_found, fmt::format("Calendar '{}' not found", ref)};
    return *std::move(found);
}

Result<Calendar> create_calendar(Session& session, Calendar calendar, Timestamp now) {
    TRY(const auto existing, find_calendar(session, calendar.ref));
    if (existing)
        return Error{Errc::conflict, fmt::format("a calendar with the ref '{}' exists already", calendar.ref), "ref"};
    TRY(calendar.generation, next_generation(session));
    calendar.created = calendar.updated = now;
    CHECK(session.create(kNew, calendar));
    return calendar;
}

Result<Calendar> update_calendar(Session& session, const Calendar& before, Calendar after, Timestamp now) {
    std::vector<Follower> followers;
    if (before.definition != after.definition) {
        TRY(followers, followers_of(session, before.ref));
    }
    TRY(after.generation, next_generation(session));
    after.updated = now;
    CHECK(session.update(kUpdate, after));
    for (auto& one : followers) CHECK(follow(session, one, now));
    return after;
}

Result<void> delete_calendar(Session& session, const Calendar& calendar, Timestamp now) {
    TRY(const auto users, users_of(session, calendar.ref));
    if (!users.empty()) return in_use(calendar.ref, users);
    CHECK(session.execute(kDelete, calendar.id));
    return note_deletion(session, "calendar", calendar.ref, calendar.id.value, now);
}

Result<std::vector<Calendar>> calendars_of_pack(Session& session, std::string_view pack_ref) {
    return session.all<Calendar>(kOfPack, pack_ref);
}

Result<void> delete_calendars_of(Session& session, std::string_view pack_ref, Timestamp now) {
    TRY(const auto calendars, calendars_of_pack(session, pack_ref));
    for (const auto& calendar : calendars) CHECK(delete_calendar(session, calendar, now));
    return {};
}

Result<std::vector<Calendar>> calendars_changed_since(Session& session, std::int64_t generation) {
    return session.all<Calendar>(kChanged, generation);
}

Result<std::vector<std::string>> calendars_removed_since(Session& session, std::int64_t generation) {
    return session.column<std::string>(kRemoved, generation);
}

schedule::CalendarLookup calendars_in(Session& session) {
    return [&session](const std::string& name) -> std::optional<schedule::Calendar> {
        const auto row = find_calendar(session, name);
        if (row && !*row) return std::nullopt;
        auto compiled = row ? schedule::Calendar::compile((*row)->definition) : row.error();
        if (compiled) return *std::move(compiled);
        log::error("calendar {} cannot be read: {}", name, compiled.error().text());
        return std::nullopt;
    };
}

Result<schedule::Schedule> compile_schedule(Session& session, const json::object& config) {
    return schedule::Schedule::compile(config, calendars_in(session));
}

} // namespace attune::flow
