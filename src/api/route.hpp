#pragma once
#include "api/envelopes.hpp"
#include "api/errors.hpp"
#include "api/extract.hpp"
#include "api/schema_ref.hpp"

#include <functional>
#include <memory>
#include <set>

namespace attune::api {

/// Who may call a route.
enum class Access : std::uint8_t {
    undeclared,    ///< a mistake: answered with 403, and listed by Router::undeclared()
    open,          ///< anybody; no token is looked at
    authenticated, ///< any valid token of the admitted types
    needs,         ///< a grant without constraints, or ...
    needs_some,    ///< ... any grant: the handler checks its target with Caller::require
};

/// What a handler returns, for the document.
enum class ResultKind : std::uint8_t { data, page, deleted, bare, raw };

/// One route of the table. The setters are chained where it is declared.
class Route {
public:
    Route& summary(std::string text);
    Route& description(std::string text);
    /// The group in the document; by default the first word after /api/v1.
    Route& tag(std::string name);
    /// Of success; 200 by default.
    Route& status(int code);
    /// Bytes of body; by default as many as the router allows.
    Route& body_limit(std::size_t bytes);
    /// The media type of a Raw result, for the document.
    Route& produces(std::string media_type);

    /// What the audit log calls it ("definition.rule.changed"), and the kind of thing that it is about. Said of every
    /// route but those that read, or change nothing.
    Route& audited(std::string event_type, std::string resource);
    /// It has the method of one that changes something, and does not.
    Route& changes_nothing();
    bool may_change() const;

    /// The caller must hold the right without constraints.
    Route& needs(Resource resource, Right right);
    /// The caller must hold the right on some target; the handler checks the target it touches: Caller::require().
    Route& needs_some(Resource resource, Right right);
    /// Any access or execution token.
    Route& authenticated();
    /// Anybody.
    Route& open();
    /// Accepts this token type too, beside those above (sensors, workers).
    Route& admits(TokenType type);
    /// Any token of this type and of no other.
    Route& only(TokenType type);

    Method method = Method::get;
    std::string pattern;
    std::vector<std::string> segments; ///< of the pattern: "rules", "{ref}"
    struct Declared {
        std::string summary, description, tag, media_type, audit_event, audit_resource;
        int status = 200;
        std::optional<std::size_t> body_limit = {};
        Access access = Access::undeclared;
        Resource resource = Resource::packs;
        Right right = Right::read;
        std::set<TokenType> token_types;
        bool changes_nothing = false;
    } declared;

    /// From the handler's signature.
    struct Signature {
        const Type* path = nullptr;  ///< a struct, or the plain type of the only parameter
        const Type* query = nullptr; ///< a struct
        const Type* body = nullptr;
        ResultKind result = ResultKind::raw;
        const Type* result_item = nullptr;
    } signature;
    std::function<task<RawResponse>(const Call&)> invoke;

    /// The names in braces, in order; "{path...}" takes all that is left.
    std::vector<std::string> parameter_names() const;
};

bool is_parameter(std::string_view segment);
bool is_tail(std::string_view segment);
/// "ref" of "{ref}", "path" of "{path...}".
std::string parameter_name(std::string_view segment);

namespace detail {

template <class Arg>
struct SignatureOf {
    static void note(Route::Signature&) {}
};
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

/// How each envelope becomes a response and a schema. A handler that returns anything else does not compile here.
template <class R>
struct Envelope;

template <class T>
struct Envelope<Data<T>> {
    static constexpr auto kKind = ResultKind::data;
    static constexpr const Type* kItem = &type_of<T>;
    static RawResponse render(Data<T> result, int status) {
        json::object body{{"data", to_json(result.data)}};
        if (result.message) body["message"] = *result.message;
        auto response = json_response(result.status.value_or(status), json::value(std::move(body)));
        for (const auto& [name, value] : result.headers.all()) response.headers.add(name, value);
        return response;
    }
};
template <class T>
struct Envelope<Page<T>> {
    static constexpr auto kKind = ResultKind::page;
    static constexpr const Type* kItem = &type_of<T>;
    static RawResponse render(Page<T> result, int status) {
        json::object body{{"items", to_json(result.items)}, {"pagination", to_json(result.pagination)}};
        return json_response(status, json::value(std::move(body)));
    }
};
template <>
struct Envelope<Deleted> {
    static constexpr auto kKind = ResultKind::deleted;
    static constexpr const Type* kItem = nullptr;
    static RawResponse render(const Deleted& result, int status) {
        return json_response(status, json::value(json::object{{"success", true}, {"message", result.message}}));
    }
};
template <class T>
struct Envelope<Bare<T>> {
    static constexpr auto kKind = ResultKind::bare;
    static constexpr const Type* kItem = &type_of<T>;
    static RawResponse render(Bare<T> result, int status) { return json_response(status, to_json(result.value)); }
};
template <>
struct Envelope<Raw> {
    static constexpr auto kKind = ResultKind::raw;
    static constexpr const Type* kItem = nullptr;
    static RawResponse render(Raw result, int) { return result; }
};

task<RawResponse> refusal(Error error);

/// Awaits a handler and renders what it returns. `arguments` are what the handler's parameters refer to. One coroutine
/// a kind of result, not one a handler: each costs the compiler as much as a small file.
template <class R>
task<RawResponse> finish(std::shared_ptr<void> arguments, task<Result<R>> started, int status) {
    auto result = co_await std::move(started);
    arguments.reset();
    if (!result) co_return error_response(result.error());
    co_return Envelope<R>::render(*std::move(result), status);
}

template <class Handler, class Object, class R, class... Args>
task<RawResponse> run(Handler handler, Object& object, const Route& route, const Call& call) {
    using Arguments = std::tuple<typename extract::Extractor<Args>::Stored...>;
    auto arguments = std::make_shared<Arguments>();
    return std::apply(
        [&](auto&... one) -> task<RawResponse> {
            Result<void> read;
            (void)((read = extract::Extractor<Args>::read(call, one), read.has_value()) && ...);
            if (!read) return refusal(std::move(read).error());
            return finish<R>(arguments, (object.*handler)(extract::Extractor<Args>::get(one)...),
                             route.declared.status);
        },
        *arguments);
}

} // namespace detail
} // namespace attune::api
