#pragma once
#include "api/routes/actions.hpp"
#include "api/routes/auth.hpp"
#include "api/routes/calendars.hpp"
#include "api/routes/packs.hpp"
#include "api/routes/rules.hpp"
#include "api/routes/runtimes.hpp"
#include "api/routes/schedules.hpp"
#include "api/routes/timers.hpp"
#include "api/routes/triggers.hpp"

namespace attune::api {

/// Accounts, and all that is written about packs and their components. Outlives the router's use.
class DefinitionsApi {
public:
    explicit DefinitionsApi(Context& ctx);
    void declare(Router& r);

private:
    AuthRoutes auth_;
    PackRoutes packs_;
    RuntimeRoutes runtimes_;
    TriggerRoutes triggers_;
    ActionRoutes actions_;
    RuleRoutes rules_;
    CalendarRoutes calendars_;
    ScheduleRoutes schedules_;
    TimerRoutes timers_;
};

} // namespace attune::api
