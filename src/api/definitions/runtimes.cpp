#include "api/definitions/runtimes.hpp"

#include "api/common/change.hpp"
#include "api/common/listing.hpp"
#include "domain/pack.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

ATTUNE_FIELDS(CreateRuntime, ref, name, pack_ref, description, aliases, distributions, installation, execution_config);
ATTUNE_FIELDS(UpdateRuntime, name, description, aliases, distributions, installation, execution_config);

namespace {

namespace definitions = logic::definitions;

Runtime runtime_of(const CreateRuntime& body) {
    auto runtime = row_of<Runtime>(body);
    runtime.aliases = definitions::lower_aliases(std::move(runtime.aliases));
    return runtime;
}

Result<Runtime> create_one(Session& session, Runtime runtime, Timestamp now) {
    if (runtime.pack_ref) {
        TRY(const auto pack, flow::get_pack(session, *runtime.pack_ref));
        runtime.pack = pack.id;
    }
    return flow::create_runtime(session, std::move(runtime), now);
}

Result<flow::Changed<Runtime>> update_one(Session& session, const std::string& ref, const UpdateRuntime& body,
                                          const Caller& caller, Timestamp now) {
    TRY(const auto before, flow::get_runtime(session, ref));
    auto runtime = before;
    CHECK(caller.require(Resource::runtimes, Right::update, target_of(runtime)));
    assign_given(runtime, body);
    runtime.aliases = definitions::lower_aliases(std::move(runtime.aliases));
    CHECK(definitions::check_runtime(runtime));
    return replaced(before, flow::update_runtime(session, std::move(runtime), now));
}

task<Result<Page<RuntimeView>>> page_of(Context& ctx, const Caller& caller, PageQuery query, ListFilter filter,
                                        std::string pack_ref = {}) {
    CO_TRY(const auto window, query.window());
    keep_allowed(filter, caller, Resource::runtimes, Right::read);
    CO_TRY(auto page, co_await ctx.db.read([&](Session& session) -> Result<Page<Runtime>> {
        if (!pack_ref.empty()) CHECK(flow::get_pack(session, pack_ref));
        return list_page<Runtime>(session, filter, window);
    }));
    co_return shown_as<RuntimeView>(std::move(page));
}

} // namespace

void RuntimeRoutes::declare(Router& r) {
    r.get("/api/v1/runtimes", &RuntimeRoutes::list, *this)
        .summary("List runtimes")
        .needs_some(Resource::runtimes, Right::read);
    r.get("/api/v1/packs/{ref}/runtimes", &RuntimeRoutes::of_pack, *this)
        .summary("List the runtimes of a pack")
        .needs_some(Resource::runtimes, Right::read);
    r.get("/api/v1/runtimes/{ref}", &RuntimeRoutes::get, *this)
        .summary("Read a runtime")
        .needs_some(Resource::runtimes, Right::read);
    r.post("/api/v1/runtimes", &RuntimeRoutes::create, *this)
        .summary("Create a runtime")
        .status(201)
        .audited("definition.runtime.changed", "runtime")
        .needs_some(Resource::runtimes, Right::create);
    r.put("/api/v1/runtimes/{ref}", &RuntimeRoutes::update, *this)
        .summary("Change a runtime; what is left out stays")
        .audited("definition.runtime.changed", "runtime")
        .needs_some(Resource::runtimes, Right::update);
    r.del("/api/v1/runtimes/{ref}", &RuntimeRoutes::remove, *this)
        .summary("Delete a runtime")
        .audited("definition.runtime.changed", "runtime")
        .needs_some(Resource::runtimes, Right::delete_);
}

task<Result<Page<RuntimeView>>> RuntimeRoutes::list(Query<PageQuery> page, const Caller& caller) {
    return page_of(ctx_, caller, *page, {});
}

task<Result<Page<RuntimeView>>> RuntimeRoutes::of_pack(Path<std::string> ref, Query<PageQuery> page,
                                                       const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("pack_ref = $?", *ref), *ref);
}

task<Result<Data<RuntimeView>>> RuntimeRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(auto runtime, co_await ctx_.db.read([&](Session& session) { return flow::get_runtime(session, *ref); }));
    if (!caller.may(Resource::runtimes, Right::read, target_of(runtime))) co_return absent("Runtime", *ref);
    co_return Data{RuntimeView::of(runtime)};
}

task<Result<Data<RuntimeView>>> RuntimeRoutes::create(Body<CreateRuntime> body, const Caller& caller) {
    const auto runtime = runtime_of(*body);
    CO_CHECK(
        definitions::check_component_ref(runtime.ref, runtime.pack_ref.value_or(std::string(pack_of(runtime.ref)))));
    CO_CHECK(caller.require(Resource::runtimes, Right::create, {.pack_ref = runtime.pack_ref, .ref = runtime.ref}));
    CO_CHECK(definitions::check_runtime(runtime));
    const auto now = ctx_.clock.now();
    CO_TRY(auto made,
           co_await commit(ctx_, caller, [&](Session& session) { return created(create_one(session, runtime, now)); }));
    co_return Data{RuntimeView::of(made.value), "Runtime created"};
}

task<Result<Data<RuntimeView>>> RuntimeRoutes::update(Path<std::string> ref, Body<UpdateRuntime> body,
                                                      const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto written, co_await commit(ctx_, caller, [&](Session& session) {
               return update_one(session, *ref, *body, caller, now);
           }));
    co_return Data{RuntimeView::of(written.value)};
}

task<Result<Deleted>> RuntimeRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Runtime>> {
        TRY(const auto runtime, flow::get_runtime(session, *ref));
        CHECK(caller.require(Resource::runtimes, Right::delete_, target_of(runtime)));
        return deleted(runtime, flow::delete_runtime(session, runtime, now));
    }));
    co_return Deleted{fmt::format("Runtime '{}' deleted", *ref)};
}

} // namespace attune::api
