#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "domain/calendar.hpp"
#include "logic/schedule/calendars.hpp"

namespace attune::api {

/// `ics`: the text of an .ics file; its events are the definition's `events`.
struct CreateCalendar {
    std::string ref;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::optional<json::object> definition;
    std::optional<std::string> ics;
};
ATTUNE_STRUCT(CreateCalendar);

struct UpdateCalendar {
    std::optional<std::string> label;
    Patch<std::string> description;
    std::optional<json::object> definition;
    std::optional<std::string> ics;
};
ATTUNE_STRUCT(UpdateCalendar);

struct CalendarSummary {
    CalendarId id;
    std::string ref;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    logic::schedule::CalendarMode mode = logic::schedule::CalendarMode::exclude;
    std::string timezone;
    Timestamp created;
    Timestamp updated;
    static CalendarSummary of(const Calendar& row);
};
ATTUNE_STRUCT(CalendarSummary);

struct CalendarView {
    CalendarId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    bool is_adhoc = false;
    json::object definition;
    Timestamp created;
    Timestamp updated;
    static CalendarView of(const Calendar& row);
};
ATTUNE_STRUCT(CalendarView);

/// /api/v1/calendars. The rights are those on triggers.
class CalendarRoutes {
public:
    explicit CalendarRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Page<CalendarSummary>>> list(Query<PageQuery> page, const Caller& caller);
    task<Result<Data<CalendarView>>> get(Path<std::string> ref, const Caller& caller);
    task<Result<Data<CalendarView>>> create(Body<CreateCalendar> body, const Caller& caller);
    task<Result<Data<CalendarView>>> update(Path<std::string> ref, Body<UpdateCalendar> body, const Caller& caller);
    task<Result<Deleted>> remove(Path<std::string> ref, const Caller& caller);

    task<Result<json::array>> events_of(const std::string& ics);

    Context& ctx_;
};

} // namespace attune::api
