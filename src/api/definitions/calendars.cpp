#include "api/definitions/calendars.hpp"

#include "api/common/change.hpp"
#include "api/common/listing.hpp"
#include "base/reflect.hpp"
#include "domain/pack.hpp"
#include "flow/calendars.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

ATTUNE_FIELDS(CreateCalendar, ref, pack_ref, label, description, definition, ics);
ATTUNE_FIELDS(UpdateCalendar, label, description, definition, ics);
ATTUNE_FIELDS(CalendarSummary, id, ref, pack_ref, label, description, mode, timezone, created, updated);
ATTUNE_FIELDS(CalendarView, id, ref, pack, pack_ref, label, description, is_adhoc, definition, created, updated);

namespace {

namespace definitions = logic::definitions;

namespace schedule = logic::schedule;

Calendar calendar_of(const CreateCalendar& body) {
    auto calendar = row_of<Calendar>(body);
    calendar.is_adhoc = true;
    return calendar;
}

/// Errors: `invalid` when the events would come from two places.
Result<void> check_one_source(const std::optional<json::object>& definition, const std::optional<std::string>& ics) {
    if (!ics || !definition || !definition->contains("events")) return {};
    return invalid("ics", "expected no events in the definition when they come from an .ics file");
}

Result<Calendar> create_one(Session& session, Calendar calendar, Timestamp now) {
    if (calendar.pack_ref) {
        TRY(const auto pack, flow::get_pack(session, *calendar.pack_ref));
        calendar.pack = pack.id;
    }
    return flow::create_calendar(session, std::move(calendar), now);
}

Result<flow::Changed<Calendar>> update_one(Session& session, const std::string& ref, const UpdateCalendar& body,
                                           const std::optional<json::array>& events, const Caller& caller,
                                           Timestamp now) {
    TRY(const auto before, flow::get_calendar(session, ref));
    CHECK(caller.require(Resource::triggers, Right::update, target_of(before)));
    auto after = before;
    assign_given(after, body);
    if (events) after.definition["events"] = *events;
    CHECK(definitions::check_calendar(after));
    return replaced(before, flow::update_calendar(session, before, std::move(after), now));
}

std::string text_in(const json::object& object, std::string_view member, std::string_view fallback) {
    const auto* found = object.if_contains(member);
    return std::string(found != nullptr && found->is_string() ? std::string_view(found->get_string()) : fallback);
}

} // namespace

CalendarSummary CalendarSummary::of(const Calendar& row) {
    auto out = view_of<CalendarSummary>(row);
    if (text_in(row.definition, "mode", "exclude") == "include") out.mode = schedule::CalendarMode::include;
    out.timezone = text_in(row.definition, "timezone", "UTC");
    return out;
}

CalendarView CalendarView::of(const Calendar& row) {
    return view_of<CalendarView>(row);
}

void CalendarRoutes::declare(Router& r) {
    r.get("/api/v1/calendars", &CalendarRoutes::list, *this)
        .summary("List the calendars that timers can name")
        .needs_some(Resource::triggers, Right::read);
    r.get("/api/v1/calendars/{ref}", &CalendarRoutes::get, *this)
        .summary("Read a calendar")
        .needs_some(Resource::triggers, Right::read);
    r.post("/api/v1/calendars", &CalendarRoutes::create, *this)
        .summary("Create a calendar from a definition, or from the text of an .ics file")
        .status(201)
        .audited("definition.calendar.changed", "calendar")
        .needs_some(Resource::triggers, Right::create);
    r.put("/api/v1/calendars/{ref}", &CalendarRoutes::update, *this)
        .summary("Change a calendar; timers that use it follow at once")
        .description("What is left out stays. A definition is replaced as a whole; `ics` replaces its events.")
        .audited("definition.calendar.changed", "calendar")
        .needs_some(Resource::triggers, Right::update);
    r.del("/api/v1/calendars/{ref}", &CalendarRoutes::remove, *this)
        .summary("Delete a calendar that no rule and no trigger uses")
        .audited("definition.calendar.changed", "calendar")
        .needs_some(Resource::triggers, Right::delete_);
}

task<Result<Page<CalendarSummary>>> CalendarRoutes::list(Query<PageQuery> page, const Caller& caller) {
    CO_TRY(const auto window, page->window());
    ListFilter filter;
    keep_allowed(filter, caller, Resource::triggers, Right::read);
    CO_TRY(auto rows,
           co_await ctx_.db.read([&](Session& session) { return list_page<Calendar>(session, filter, window); }));
    co_return shown_as<CalendarSummary>(std::move(rows));
}

task<Result<Data<CalendarView>>> CalendarRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(const auto row, co_await ctx_.db.read([&](Session& session) { return flow::get_calendar(session, *ref); }));
    if (!caller.may(Resource::triggers, Right::read, target_of(row))) co_return absent("Calendar", *ref);
    co_return Data{CalendarView::of(row)};
}

task<Result<json::array>> CalendarRoutes::events_of(const std::string& ics) {
    co_return co_await ctx_.pool.run([&] { return ctx_.read_icalendar(ics); });
}

task<Result<Data<CalendarView>>> CalendarRoutes::create(Body<CreateCalendar> body, const Caller& caller) {
    CO_CHECK(check_one_source(body->definition, body->ics));
    const auto ics = std::move(body->ics);
    auto calendar = calendar_of(*body);
    CO_CHECK(
        definitions::check_component_ref(calendar.ref, calendar.pack_ref.value_or(std::string(pack_of(calendar.ref)))));
    CO_CHECK(caller.require(Resource::triggers, Right::create, {.pack_ref = calendar.pack_ref, .ref = calendar.ref}));
    if (ics) {
        CO_TRY(calendar.definition["events"], co_await events_of(*ics));
    }
    CO_CHECK(definitions::check_calendar(calendar));
    const auto now = ctx_.clock.now();
    CO_TRY(const auto made, co_await commit(ctx_, caller, [&](Session& session) {
               return created(create_one(session, calendar, now));
           }));
    co_return Data{CalendarView::of(made.value), "Calendar created"};
}

task<Result<Data<CalendarView>>> CalendarRoutes::update(Path<std::string> ref, Body<UpdateCalendar> body,
                                                        const Caller& caller) {
    CO_CHECK(check_one_source(body->definition, body->ics));
    std::optional<json::array> events;
    if (body->ics) {
        CO_TRY(events, co_await events_of(*body->ics));
    }
    const auto now = ctx_.clock.now();
    CO_TRY(const auto written, co_await commit(ctx_, caller, [&](Session& session) {
               return update_one(session, *ref, *body, events, caller, now);
           }));
    co_return Data{CalendarView::of(written.value), "Calendar changed"};
}

task<Result<Deleted>> CalendarRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Calendar>> {
        TRY(const auto calendar, flow::get_calendar(session, *ref));
        CHECK(caller.require(Resource::triggers, Right::delete_, target_of(calendar)));
        return deleted(calendar, flow::delete_calendar(session, calendar, now));
    }));
    co_return Deleted{fmt::format("Calendar '{}' deleted", *ref)};
}

} // namespace attune::api
