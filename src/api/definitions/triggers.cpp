#include "api/definitions/triggers.hpp"

#include "api/definitions/below.hpp"
#include "flow/calendars.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

namespace definitions = logic::definitions;

TriggerRoutes::TriggerRoutes(Context& ctx)
    : Component(ctx, {.entity = logic::entities::trigger(),
                      .resource = Resource::triggers,
                      .below = {below_packs("List the triggers of a pack")}}) {}

Result<Trigger> TriggerRoutes::find(Session& session, const std::string& ref) {
    return flow::get_trigger(session, ref);
}

Result<void> TriggerRoutes::check(const Trigger& row) const {
    return definitions::check_trigger(row);
}

Result<Trigger> TriggerRoutes::add(Session& session, Form wanted, const Change& change) {
    CHECK(definitions::check_trigger_source(wanted, flow::calendars_in(session)));
    return flow::create_trigger(session, std::move(wanted), change.now);
}

Result<Trigger> TriggerRoutes::change(Session& session, const Trigger&, Form after, const Change& change) {
    CHECK(check(after));
    CHECK(definitions::check_trigger_source(after, flow::calendars_in(session)));
    return flow::update_trigger(session, std::move(after), change.now);
}

Result<void> TriggerRoutes::remove(Session& session, const Trigger& row, Timestamp now) {
    return flow::delete_trigger(session, row, now);
}

} // namespace attune::api
