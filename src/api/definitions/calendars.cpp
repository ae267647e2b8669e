#include "api/definitions/calendars.hpp"

#include "flow/calendars.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {
namespace {

namespace definitions = logic::definitions;
using logic::schedule::CalendarMode;

constexpr std::string_view kEvents = "events";

} // namespace

CalendarRoutes::CalendarRoutes(Context& ctx)
    : Component(ctx, {.entity = logic::entities::calendar(), .resource = Resource::triggers}) {}

Result<Calendar> CalendarRoutes::find(Session& session, const std::string& ref) {
    return flow::get_calendar(session, ref);
}

Result<void> CalendarRoutes::check(const Calendar& row) const {
    CHECK(definitions::check_calendar(row));
    return {};
}

Result<Calendar> CalendarRoutes::add(Session& session, Form wanted, const Change& change) {
    return flow::create_calendar(session, std::move(wanted), change.now);
}

Result<Calendar> CalendarRoutes::change(Session& session, const Calendar& before, Form after, const Change& change) {
    if (change.given.has("ics"))
        after.definition[kEvents] = static_cast<const Form*>(change.prepared)->definition.at(kEvents);
    CHECK(check(after));
    return flow::update_calendar(session, before, std::move(after), change.now);
}

Result<void> CalendarRoutes::remove(Session& session, const Calendar& row, Timestamp now) {
    return flow::delete_calendar(session, row, now);
}

CalendarRoutes::Form CalendarRoutes::listed(const Calendar& row) const {
    auto out = form_of(row);
    if (text_member(row.definition, "mode", "exclude") == "include") out.mode = CalendarMode::include;
    out.timezone = text_member(row.definition, "timezone", "UTC");
    return out;
}

task<Result<void>> CalendarRoutes::prepare(Form& form) {
    if (!form.ics) co_return Result<void>{};
    if (form.definition.contains(kEvents))
        co_return invalid("ics", "expected no events in the definition when they come from an .ics file");
    CO_TRY(form.definition[kEvents], co_await ctx_.pool.run([&] { return ctx_.read_icalendar(*form.ics); }));
    co_return Result<void>{};
}

} // namespace attune::api
