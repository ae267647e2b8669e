#pragma once
#include "api/envelopes.hpp"
#include "api/route.hpp"
#include "flow/effects.hpp"

#include <array>
#include <memory>
#include <span>
#include <tuple>

namespace attune {
class Session;
}

/// How a handler becomes part of a route: from its types here, so that all that follows is the same for each.
namespace attune::api {

struct Context;

/// A handler without its types.
struct Endpoint {
    Route::Signature signature;
    Route::Invoke invoke;
};

namespace detail {

/// A value whose type its maker alone knows.
using Erased = std::unique_ptr<void, void (*)(void*)>;

template <class T>
Erased erased(T&& value) {
    return {new T(std::forward<T>(value)), [](void* it) { delete static_cast<T*>(it); }};
}

template <class Arg>
struct SignatureOf {
    static void note(Route::Signature&) {}
};
template <class Arg>
struct SignatureOf<const Arg&> : SignatureOf<Arg> {};
template <class T>
struct SignatureOf<Path<T>> {
    static void note(Route::Signature& s) { s.path = &type_of<T>; }
};
template <class T>
struct SignatureOf<Query<T>> {
    static void note(Route::Signature& s) { s.query = &type_of<T>; }
};
template <class T>
struct SignatureOf<Body<T>> {
    static void note(Route::Signature& s) { s.body = &type_of<T>; }
};

RawResponse render_data(json::value data, const std::optional<std::string>& message, int status,
                        const Headers& headers);
RawResponse render_page(json::value items, const Pagination& pagination, int status);
RawResponse render_deleted(const std::string& message, int status);

/// How each envelope becomes a response and a schema. A handler that returns anything else does not compile here.
template <class R>
struct Envelope;

template <class T>
struct Envelope<Data<T>> {
    static constexpr auto kKind = ResultKind::data;
    static constexpr const Type* kItem = &type_of<T>;
    static RawResponse render(Data<T>& result, int status) {
        return render_data(to_json(result.data), result.message, result.status.value_or(status), result.headers);
    }
};
template <class T>
struct Envelope<Page<T>> {
    static constexpr auto kKind = ResultKind::page;
    static constexpr const Type* kItem = &type_of<T>;
    static RawResponse render(Page<T>& result, int status) {
        return render_page(to_json(result.items), result.pagination, status);
    }
};
template <>
struct Envelope<Deleted> {
    static constexpr auto kKind = ResultKind::deleted;
    static constexpr const Type* kItem = nullptr;
    static RawResponse render(Deleted& result, int status) { return render_deleted(result.message, status); }
};
template <class T>
struct Envelope<Bare<T>> {
    static constexpr auto kKind = ResultKind::bare;
    static constexpr const Type* kItem = &type_of<T>;
    static RawResponse render(Bare<T>& result, int status) { return json_response(status, to_json(result.value)); }
};
template <>
struct Envelope<Raw> {
    static constexpr auto kKind = ResultKind::raw;
    static constexpr const Type* kItem = nullptr;
    static RawResponse render(Raw& result, int) { return std::move(result); }
};

template <class R, class... Args>
Route::Signature signature_of() {
    Route::Signature out;
    (SignatureOf<Args>::note(out), ...);
    out.result = Envelope<R>::kKind;
    out.result_item = Envelope<R>::kItem;
    return out;
}

/// One parameter of a handler: how it is read of a request, into its place.
struct Parameter {
    Result<void> (*read)(const Type* type, const Call& call, void* to);
    const Type* type;
};
Result<void> read_all(const Call& call, std::span<const Parameter> parameters, std::span<void* const> places);

/// The parameters of one call, kept together while the handler runs.
template <class... Args>
class Arguments {
public:
    static Result<Erased> read(const Call& call) {
        auto out = erased(Values());
        CHECK(read(call, *static_cast<Values*>(out.get()), std::index_sequence_for<Args...>()));
        return out;
    }
    /// What the handler returns, called with `first` and these.
    template <class Handler, class C, class... First>
    static auto call(void* values, Handler handler, C& object, First&... first) {
        return call(*static_cast<Values*>(values), std::index_sequence_for<Args...>(), handler, object, first...);
    }

private:
    using Values = std::tuple<typename extract::Extractor<Args>::Stored...>;

    template <std::size_t... I>
    static Result<void> read(const Call& call, Values& values, std::index_sequence<I...>) {
        static constexpr std::array<Parameter, sizeof...(Args)> parameters{
            Parameter{extract::Extractor<Args>::read, extract::Extractor<Args>::type}...};
        const std::array<void*, sizeof...(Args)> places{extract::Extractor<Args>::place(std::get<I>(values))...};
        return read_all(call, parameters, places);
    }
    template <std::size_t... I, class Handler, class C, class... First>
    static auto call(Values& values, std::index_sequence<I...>, Handler handler, C& object, First&... first) {
        return (object.*handler)(first..., extract::Extractor<Args>::get(std::get<I>(values))...);
    }
};

task<RawResponse> refusal(Error error);

/// Awaits a handler and renders what it returns. One coroutine a kind of result, not one a handler: each costs the
/// compiler as much as a small file.
template <class R>
task<RawResponse> finish([[maybe_unused]] Erased arguments, task<Result<R>> started, int status) {
    auto result = co_await std::move(started);
    if (!result) co_return error_response(result.error());
    co_return Envelope<R>::render(*result, status);
}

/// A handler over a Session. `Out` is what it returns, without its type: Erased, or flow::Changed<Erased>.
template <class Out>
struct DatabaseHandler {
    Result<Erased> (*read)(const Call& call) = {};
    std::function<Result<Out>(Session&, void* arguments)> run;
    RawResponse (*render)(void* result, int status) = {};
};
/// Runs it on a database thread, in a transaction that reads, or in one of its own that is committed. The context
/// outlives the route.
Route::Invoke on_database(const Context& context, DatabaseHandler<Erased> handler);
Route::Invoke on_database(const Context& context, DatabaseHandler<flow::Changed<Erased>> handler);

template <class R>
RawResponse render_erased(void* result, int status) {
    return Envelope<R>::render(*static_cast<R*>(result), status);
}

template <class R>
Result<Erased> erase(Result<R> result) {
    if (!result) return std::move(result).error();
    return erased(*std::move(result));
}
template <class R>
Result<flow::Changed<Erased>> erase_change(Result<flow::Changed<R>> changed) {
    if (!changed) return std::move(changed).error();
    return flow::Changed<Erased>{erased(std::move(changed->value)), std::move(changed->effects)};
}

template <class... Args>
inline constexpr bool may_run_again = ((std::is_reference_v<Args> || std::is_trivially_copyable_v<Args>) && ...);

} // namespace detail

/// A coroutine.
template <class C, class R, class... Args>
Endpoint endpoint(task<Result<R>> (C::*handler)(Args...), C& object) {
    auto invoke = [handler, &object](Call& call, int status) {
        auto arguments = detail::Arguments<Args...>::read(call);
        if (!arguments) return detail::refusal(std::move(arguments).error());
        auto started = detail::Arguments<Args...>::call(arguments->get(), handler, object);
        return detail::finish<R>(*std::move(arguments), std::move(started), status);
    };
    return {detail::signature_of<R, Args...>(), std::move(invoke)};
}

/// A function that reads the database.
template <class C, class R, class... Args>
Endpoint endpoint(Result<R> (C::*handler)(Session&, Args...), C& object, const Context& context) {
    static_assert(detail::may_run_again<Args...>, "parameters are references: a transaction may be run again");
    auto run = [handler, &object](Session& session, void* arguments) {
        return detail::erase(detail::Arguments<Args...>::call(arguments, handler, object, session));
    };
    return {detail::signature_of<R, Args...>(),
            detail::on_database(context,
                                detail::DatabaseHandler<detail::Erased>{&detail::Arguments<Args...>::read,
                                                                        std::move(run), &detail::render_erased<R>})};
}

/// A function that changes the database: committed, recorded in the audit log, and what follows from it applied.
template <class C, class R, class... Args>
Endpoint endpoint(Result<flow::Changed<R>> (C::*handler)(Session&, Args...), C& object, const Context& context) {
    static_assert(detail::may_run_again<Args...>, "parameters are references: a transaction may be run again");
    auto run = [handler, &object](Session& session, void* arguments) {
        return detail::erase_change(detail::Arguments<Args...>::call(arguments, handler, object, session));
    };
    return {detail::signature_of<R, Args...>(),
            detail::on_database(context,
                                detail::DatabaseHandler<flow::Changed<detail::Erased>>{
                                    &detail::Arguments<Args...>::read, std::move(run), &detail::render_erased<R>})};
}

} // namespace attune::api
