#include "api/definitions/runtimes.hpp"

#include "api/definitions/below.hpp"
#include "logic/definitions/definitions.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {

namespace definitions = logic::definitions;

RuntimeRoutes::RuntimeRoutes(Context& ctx)
    : Component(ctx, {.entity = logic::entities::runtime(),
                      .resource = Resource::runtimes,
                      .below = {below_packs("List the runtimes of a pack")}}) {}

Result<Runtime> RuntimeRoutes::find(Session& session, const std::string& ref) {
    return flow::get_runtime(session, ref);
}

Result<void> RuntimeRoutes::check(const Runtime& row) const {
    return definitions::check_runtime(row);
}

Result<Runtime> RuntimeRoutes::add(Session& session, Runtime wanted, const Change& change) {
    wanted.aliases = definitions::lower_aliases(std::move(wanted.aliases));
    return flow::create_runtime(session, std::move(wanted), change.now);
}

Result<Runtime> RuntimeRoutes::change(Session& session, const Runtime&, Runtime after, const Change& change) {
    after.aliases = definitions::lower_aliases(std::move(after.aliases));
    CHECK(definitions::check_runtime(after));
    return flow::update_runtime(session, std::move(after), change.now);
}

Result<void> RuntimeRoutes::remove(Session& session, const Runtime& row, Timestamp now) {
    return flow::delete_runtime(session, row, now);
}

} // namespace attune::api
