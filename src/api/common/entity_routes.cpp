#include "api/common/entity_routes.hpp"

#include "base/text.hpp"

namespace attune::api {
namespace {

std::string ref_of(const Call& call) {
    return call.parameters.front().second;
}

} // namespace

Route& EntityRoutes::add(Router& r, Method method, std::string_view suffix, Handler handler, std::string summary) {
    Route::Signature signature;
    if (!suffix.empty()) signature.path = &type_of<std::string>;
    auto& route = r.add(method, fmt::format("/api/v1/{}{}", of_.collection, suffix), signature,
                        [this, handler](const Call& call) { return (this->*handler)(call); });
    return route.summary(std::move(summary));
}

void EntityRoutes::declare(Router& r) {
    const auto one = to_lower(of_.noun);
    const auto audited = fmt::format("definition.{}.changed", one);
    auto& list = add(r, Method::get, "", &EntityRoutes::list, fmt::format("List {}", of_.collection));
    list.needs_some(of_.resource, Right::read);
    list.signature.query = of_.query;
    list.signature.result = ResultKind::page;
    list.signature.result_item = of_.item;
    auto& get = add(r, Method::get, "/{ref}", &EntityRoutes::get, fmt::format("Read a {}", one));
    get.needs_some(of_.resource, Right::read);
    auto& post = add(r, Method::post, "", &EntityRoutes::post, fmt::format("Create a {}", one));
    post.status(201).needs_some(of_.resource, Right::create).audited(audited, one);
    post.signature.body = of_.create;
    auto& put =
        add(r, Method::put, "/{ref}", &EntityRoutes::put, fmt::format("Change a {}; what is left out stays", one));
    put.needs_some(of_.resource, Right::update).audited(audited, one);
    put.signature.body = of_.update;
    for (auto* route : {&get, &post, &put}) {
        route->signature.result = ResultKind::data;
        route->signature.result_item = of_.view;
    }
    auto& del = add(r, Method::delete_, "/{ref}", &EntityRoutes::del, fmt::format("Delete a {}", one));
    del.needs_some(of_.resource, Right::delete_).audited(audited, one);
    del.signature.result = ResultKind::deleted;
}

/// `column = value` for each parameter that is given and has the name of a column.
ListFilter EntityRoutes::filter_of(const void* query) const {
    ListFilter filter;
    for (const auto& field : of_.query->structure().fields) {
        if (of_.row->find(field.name) == nullptr || !field.type->is_optional()) continue;
        const auto* value = field.type->optional->content(field.of(query));
        if (value != nullptr)
            filter.add_bound(fmt::format("\"{}\" = $?", field.name), to_sql(*field.type->element, value));
    }
    return filter;
}

RawResponse EntityRoutes::shown(int status, const Erased& view, std::string message) const {
    json::object body{{"data", encode_json(*of_.view, view.get())}};
    if (!message.empty()) body["message"] = std::move(message);
    return json_response(status, json::value(std::move(body)));
}

task<Result<RawResponse>> EntityRoutes::list(const Call& call) {
    const auto query = make(*of_.query);
    CO_CHECK(extract::decode_pairs(of_.query->structure(), call.request.query, query.get()));
    CO_TRY(const auto window, of_.window(query.get()));
    auto filter = filter_of(query.get());
    keep_allowed(filter, call.caller, of_.resource, Right::read, of_.columns);
    CO_TRY(const auto page, co_await ctx_.db.read([&](Session& session) { return rows(session, filter, window); }));
    co_return json_response(
        200, json::value(json::object{{"items", to_json(page.items)}, {"pagination", to_json(page.pagination)}}));
}

task<Result<RawResponse>> EntityRoutes::get(const Call& call) {
    CO_TRY(const auto view,
           co_await ctx_.db.read([&](Session& session) { return read(session, call.caller, ref_of(call)); }));
    co_return shown(200, view);
}

task<Result<RawResponse>> EntityRoutes::post(const Call& call) {
    const auto body = make(*of_.create);
    CO_CHECK(extract::decode_body(*of_.create, call.request, body.get()));
    const Change change{call.caller, body.get(), ctx_.clock.now()};
    CO_TRY(const auto made,
           co_await commit(ctx_, call.caller, [&](Session& session) { return insert(session, change); }));
    co_return shown(201, made.value, fmt::format("{} created", of_.noun));
}

task<Result<RawResponse>> EntityRoutes::put(const Call& call) {
    const auto body = make(*of_.update);
    CO_CHECK(extract::decode_body(*of_.update, call.request, body.get()));
    const Change change{call.caller, body.get(), ctx_.clock.now()};
    CO_TRY(const auto written, co_await commit(ctx_, call.caller, [&](Session& session) {
               return replace(session, ref_of(call), change);
           }));
    co_return shown(200, written.value);
}

task<Result<RawResponse>> EntityRoutes::del(const Call& call) {
    const Change change{call.caller, nullptr, ctx_.clock.now()};
    CO_CHECK(
        co_await commit(ctx_, call.caller, [&](Session& session) { return erase(session, ref_of(call), change); }));
    const auto message = fmt::format("{} '{}' deleted", of_.noun, ref_of(call));
    co_return json_response(200, json::value(json::object{{"success", true}, {"message", message}}));
}

} // namespace attune::api
