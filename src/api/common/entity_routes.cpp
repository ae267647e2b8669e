#include "api/common/entity_routes.hpp"

#include "base/text.hpp"
#include "domain/pack.hpp"
#include "logic/definitions/fields.hpp"

namespace attune::api {
namespace {

using logic::entities::Given;

std::string ref_of(const Call& call) {
    return call.parameters.front().second;
}

} // namespace

Route& EntityRoutes::add(Router& r, Method method, const std::string& path, Handler handler, std::string summary) {
    Route::Signature signature;
    if (path.find('{') != std::string::npos) signature.path = &type_of<std::string>;
    return r.add(method, path, signature, std::move(handler)).summary(std::move(summary));
}

void EntityRoutes::readable(Route& route) const {
    if (of_.read_by_all)
        route.authenticated();
    else
        route.needs_some(of_.resource, Right::read);
}

std::string EntityRoutes::audited_as(std::string_view name) const {
    return name.empty() ? fmt::format("definition.{}.changed", to_lower(entity().head().noun)) : std::string(name);
}

Result<void> EntityRoutes::check_ref(const std::string& ref, const std::optional<std::string>& pack_ref) {
    return logic::definitions::check_component_ref(ref, pack_ref.value_or(std::string(pack_of(ref))));
}

void EntityRoutes::declare(Router& r) {
    declare_lists(r);
    const auto path = fmt::format("/api/v1/{}/{{ref}}", entity().head().collection);
    auto& get = add(r, Method::get, path, [this](const Call& call) { return this->get(call); }, entity().read_text());
    get.signature.result = ResultKind::data;
    get.signature.result_item = &entity().view();
    readable(get);
    declare_writes(r);
}

void EntityRoutes::declare_lists(Router& r) {
    const auto& head = entity().head();
    const auto path = fmt::format("/api/v1/{}", head.collection);
    declare_list(r, path, entity().list_text(), nullptr, {});
    if (entity().is_switched())
        declare_list(r, path + "/enabled", fmt::format("List the enabled {}", head.collection), nullptr,
                     "enabled = true");
    for (const auto& below : of_.below)
        declare_list(r, fmt::format("/api/v1/{}/{{ref}}/{}", below.collection, head.collection),
                     std::string(below.summary), &below, {});
}

void EntityRoutes::declare_list(Router& r, const std::string& path, std::string summary, const ListBelow* below,
                                std::string_view condition) {
    const auto handler = [this, below, condition](const Call& call) { return list(call, below, condition); };
    auto& route = add(r, Method::get, path, handler, std::move(summary));
    readable(route);
    route.signature.query = of_.query;
    route.signature.result = ResultKind::page;
    route.signature.result_item = &entity().item();
}

void EntityRoutes::declare_writes(Router& r) {
    const auto one = to_lower(entity().head().noun);
    const auto all = fmt::format("/api/v1/{}", entity().head().collection);
    auto& post =
        add(r, Method::post, all, [this](const Call& call) { return this->post(call); }, entity().create_text());
    post.status(201).needs_some(of_.resource, Right::create).audited(audited_as(of_.created), one);
    post.signature.body = &entity().create_body();
    auto& put = add(
        r, Method::put, all + "/{ref}", [this](const Call& call) { return this->put(call); }, entity().change_text());
    put.needs_some(of_.resource, of_.change).audited(audited_as(of_.changed), one);
    put.signature.body = &entity().update_body();
    for (auto* route : {&post, &put}) {
        route->signature.result = ResultKind::data;
        route->signature.result_item = &entity().view();
    }
    if (entity().is_switched()) {
        declare_switch(r, "enable", true, entity().enable_text());
        declare_switch(r, "disable", false, entity().disable_text());
    }
    auto& del = add(
        r, Method::delete_, all + "/{ref}", [this](const Call& call) { return this->del(call); },
        entity().remove_text());
    del.needs_some(of_.resource, Right::delete_).audited(audited_as(of_.deleted), one);
    del.signature.result = ResultKind::deleted;
}

void EntityRoutes::declare_switch(Router& r, std::string_view word, bool enabled, std::string summary) {
    const auto path = fmt::format("/api/v1/{}/{{ref}}/{}", entity().head().collection, word);
    auto& route = add(
        r, Method::post, path, [this, enabled](const Call& call) { return enable(call, enabled); }, std::move(summary));
    route.needs_some(of_.resource, of_.change).audited(audited_as(of_.changed), to_lower(entity().head().noun));
    route.signature.result = ResultKind::data;
    route.signature.result_item = &entity().view();
}

void EntityRoutes::keep_visible(ListFilter& filter, const Caller& caller) const {
    keep_allowed(filter, caller, of_.resource, Right::read, of_.columns);
}

void EntityRoutes::narrow(ListFilter& filter, const void* query, const Caller&) const {
    for (const auto& field : of_.query->structure().fields) {
        if (of_.row->find(field.name) == nullptr || !field.type->is_optional()) continue;
        const auto* value = field.type->optional->content(field.of(query));
        if (value != nullptr)
            filter.add_bound(fmt::format("\"{}\" = $?", field.name), to_sql(*field.type->element, value));
    }
}

RawResponse EntityRoutes::shown(int status, const Erased& form, std::string message) const {
    json::object body{{"data", encode_json(entity().view(), form.get())}};
    if (!message.empty()) body["message"] = std::move(message);
    return json_response(status, json::value(std::move(body)));
}

task<Result<RawResponse>> EntityRoutes::list(const Call& call, const ListBelow* below, std::string_view condition) {
    const auto query = make_query();
    CO_CHECK(extract::decode_pairs(of_.query->structure(), call.request.query, query.get()));
    CO_TRY(const auto window, of_.window(query.get()));
    ListFilter filter;
    if (below != nullptr) filter.add(fmt::format("{} = $?", below->column), ref_of(call));
    if (!condition.empty()) filter.add(condition);
    narrow(filter, query.get(), call.caller);
    keep_visible(filter, call.caller);
    CO_TRY(const auto page, co_await ctx_.db.read([&](Session& session) -> Result<Page<json::value>> {
        if (below != nullptr) CHECK(below->find(session, ref_of(call)));
        return rows(session, filter, window);
    }));
    co_return json_response(
        200, json::value(json::object{{"items", to_json(page.items)}, {"pagination", to_json(page.pagination)}}));
}

task<Result<RawResponse>> EntityRoutes::get(const Call& call) {
    CO_TRY(const auto form,
           co_await ctx_.db.read([&](Session& session) { return read(session, call.caller, ref_of(call)); }));
    co_return shown(200, form);
}

task<Result<RawResponse>> EntityRoutes::post(const Call& call) {
    CO_TRY(const auto document, extract::read_json_body(call.request));
    const auto form = make_form();
    CO_CHECK(decode_json(entity().create_body(), document, {}, {}, form.get()));
    CO_CHECK(co_await prepare(form.get()));
    CO_CHECK(admit(form.get(), call.caller));
    const Given given(entity().create_body(), document);
    const Change change{.caller = call.caller, .given = given, .now = ctx_.clock.now()};
    CO_TRY(const auto made,
           co_await commit(ctx_, call.caller, [&](Session& session) { return insert(session, form, change); }));
    co_return shown(201, made.value, fmt::format("{} created", entity().head().noun));
}

task<Result<RawResponse>> EntityRoutes::put(const Call& call) {
    const auto& body = entity().update_body();
    CO_TRY(const auto document, extract::read_json_body(call.request));
    const auto form = make_form(); // read once for its errors, and for what is read off the loop
    CO_CHECK(decode_json(body, document, {}, {}, form.get()));
    CO_CHECK(co_await prepare(form.get()));
    const Given given(body, document);
    co_return co_await write(call, document,
                             {.caller = call.caller, .given = given, .prepared = form.get(), .now = ctx_.clock.now()});
}

task<Result<RawResponse>> EntityRoutes::enable(const Call& call, bool enabled) {
    const Given given({"enabled"});
    const json::value document{{"enabled", enabled}};
    co_return co_await write(call, document,
                             {.caller = call.caller, .given = given, .now = ctx_.clock.now(), .repeated = true});
}

/// What the document says, over the row as it is in the transaction.
task<Result<RawResponse>> EntityRoutes::write(const Call& call, const json::value& document, const Change& change) {
    const Writer writer = [&](void* into) { return decode_json(entity().update_body(), document, {}, {}, into); };
    CO_TRY(const auto written, co_await commit(ctx_, call.caller, [&](Session& session) {
               return replace(session, ref_of(call), writer, change);
           }));
    co_return shown(200, written.value);
}

task<Result<void>> EntityRoutes::delete_one(const Caller& caller, const std::string& ref) {
    const Given none;
    const Change change{.caller = caller, .given = none, .now = ctx_.clock.now()};
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) { return erase(session, ref, change); }));
    co_return Result<void>{};
}

task<Result<RawResponse>> EntityRoutes::del(const Call& call) {
    CO_CHECK(co_await delete_one(call.caller, ref_of(call)));
    const auto message = fmt::format("{} '{}' deleted", entity().head().noun, ref_of(call));
    co_return json_response(200, json::value(json::object{{"success", true}, {"message", message}}));
}

} // namespace attune::api
