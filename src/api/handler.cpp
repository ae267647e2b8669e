#include "api/handler.hpp"

#include "api/context.hpp"

namespace attune::api::detail {
namespace {

task<RawResponse> answer(const Context& context, const DatabaseHandler<Erased>& handler, Call& call, int status) {
    call.now = context.clock.now();
    const auto arguments = handler.read(call);
    if (!arguments) co_return error_response(arguments.error());
    const auto result =
        co_await context.db.read([&](Session& session) { return handler.run(session, arguments->get()); });
    if (!result) co_return error_response(result.error());
    co_return handler.render(result->get(), status);
}

task<RawResponse> answer(const Context& context, const DatabaseHandler<flow::Changed<Erased>>& handler, Call& call,
                         int status) {
    call.now = context.clock.now();
    const auto arguments = handler.read(call);
    if (!arguments) co_return error_response(arguments.error());
    const auto changed =
        co_await commit(context, call.caller, [&](Session& session) { return handler.run(session, arguments->get()); });
    if (!changed) co_return error_response(changed.error());
    co_return handler.render(changed->value.get(), status);
}

} // namespace

Result<void> read_all(const Call& call, std::span<const Parameter> parameters, std::span<void* const> places) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        CHECK(parameters[i].read(parameters[i].type, call, places[i]));
    }
    return {};
}

RawResponse render_data(json::value data, const std::optional<std::string>& message, int status,
                        const Headers& headers) {
    json::object body{{"data", std::move(data)}};
    if (message) body["message"] = *message;
    auto response = json_response(status, json::value(std::move(body)));
    for (const auto& [name, value] : headers.all()) response.headers.add(name, value);
    return response;
}

RawResponse render_page(json::value items, const Pagination& pagination, int status) {
    json::object body{{"items", std::move(items)}, {"pagination", to_json(pagination)}};
    return json_response(status, json::value(std::move(body)));
}

RawResponse render_deleted(const std::string& message, int status) {
    return json_response(status, json::value(json::object{{"success", true}, {"message", message}}));
}

task<RawResponse> refusal(Error error) {
    co_return error_response(error);
}

Route::Invoke on_database(const Context& context, DatabaseHandler<Erased> handler) {
    return [&context, handler = std::move(handler)](Call& call, int status) {
        return answer(context, handler, call, status);
    };
}
Route::Invoke on_database(const Context& context, DatabaseHandler<flow::Changed<Erased>> handler) {
    return [&context, handler = std::move(handler)](Call& call, int status) {
        return answer(context, handler, call, status);
    };
}

} // namespace attune::api::detail
