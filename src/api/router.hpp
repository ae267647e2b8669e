#pragma once
#include "api/handler.hpp"
#include "api/request_measures.hpp"
#include "logic/access/addresses.hpp"

#include <deque>
#include <map>

namespace attune::api {

class AuditLog;
struct RequestTrail;

/// The table of routes, and the handler that looks requests up in it: match, authenticate, check the right, read the
/// parameters, call, render. Declared at start, constant afterwards; lives on the HTTP loop. What it refers to (route
/// objects, the authenticator) outlives it.
///
///     r.get("/api/v1/rules/{ref}", &RuleRoutes::get, *this).summary("Read a rule").needs(Resource::rules,
///     Right::read);
///
/// A handler is a method `task<Result<R>> (C::*)(Args...)`, a coroutine on the loop. One that only uses the database is
/// a plain function over a Session, and is declared with the context whose database runs it: `Result<R>
/// (C::*)(Session&, Args...)` reads, `Result<flow::Changed<R>> (C::*)(Session&, Args...)` changes something, which is
/// committed as commit() does. R is one of Data<T>, Page<T>, Deleted, Bare<T>, Raw; each argument one of Path<T>,
/// Query<T>, Body<T> (or references to constant ones, which live as long as the handler runs), const Caller&, const
/// RawRequest&, in any order; over a Session also Timestamp, which is the time now.
class Router final : public HttpHandler {
public:
    explicit Router(Authenticator& authenticator);
    ~Router() override;

    template <class Handler, class C, class... Rest>
    Route& get(std::string pattern, Handler handler, C& object, Rest&... rest) {
        return add(Method::get, std::move(pattern), endpoint(handler, object, rest...));
    }
    template <class Handler, class C, class... Rest>
    Route& post(std::string pattern, Handler handler, C& object, Rest&... rest) {
        return add(Method::post, std::move(pattern), endpoint(handler, object, rest...));
    }
    template <class Handler, class C, class... Rest>
    Route& put(std::string pattern, Handler handler, C& object, Rest&... rest) {
        return add(Method::put, std::move(pattern), endpoint(handler, object, rest...));
    }
    template <class Handler, class C, class... Rest>
    Route& patch(std::string pattern, Handler handler, C& object, Rest&... rest) {
        return add(Method::patch, std::move(pattern), endpoint(handler, object, rest...));
    }
    template <class Handler, class C, class... Rest>
    Route& del(std::string pattern, Handler handler, C& object, Rest&... rest) {
        return add(Method::delete_, std::move(pattern), endpoint(handler, object, rest...));
    }
    Route& add(Method method, std::string pattern, Endpoint endpoint);

    /// A route whose handler reads what it needs by itself; `signature` is for the document.
    Route& add(Method method, std::string pattern, const Route::Signature& signature,
               std::function<task<Result<RawResponse>>(const Call&)> handler);

    /// Answers what no pattern matches (the web pages). Without one: 404.
    void fallback(HttpHandler& handler) { fallback_ = &handler; }

    /// Counts the requests from now on, by the templates of the routes. Both outlive the router; the metrics are not
    /// asked any more once it is gone.
    void measure(Metrics& metrics, const Clock& clock) { measures_.emplace(metrics, clock); }

    /// Records from now on who changed what, or was denied it. Outlives the router.
    void audit(AuditLog& log) { audit_ = &log; }

    /// Takes the word of these proxies for the address of a client from now on; without them X-Forwarded-For and
    /// X-Real-IP are ignored.
    void trust(logic::access::AddressList proxies) { proxies_ = std::move(proxies); }

    /// Bytes of body of routes that declare no limit of their own; 1 MiB by default.
    void body_limit_unless_declared(std::size_t bytes) { body_limit_ = bytes; }

    const std::deque<Route>& routes() const { return routes_; }

    /// What is wrong with the table, one sentence each: routes without an access rule or a summary, parameters that do
    /// not fit their pattern. A test expects none.
    std::vector<std::string> undeclared() const;

    std::size_t body_limit(const RawRequest& head) const override;
    task<std::optional<RawResponse>> refuse(const RawRequest& head) override;
    task<RawResponse> handle(RawRequest request) override;

private:
    struct Node;
    struct Match;

    task<RawResponse> answer(const Match& match, RawRequest request);
    Route& insert(Method method, std::string pattern);
    Match find(const RawRequest& request) const;
    task<RawResponse> answer_match(const Route& route, Call& call, RequestTrail* trail);
    bool is_audited(const Route& route) const;
    /// The client's address, behind the proxies that are trusted.
    std::string client_of(const RawRequest& request) const;
    task<std::optional<RawResponse>> refuse_known(const Route& route, const RawRequest& head);
    task<std::optional<RawResponse>> admit(const Route& route, const RawRequest& request, Caller& caller);

    Authenticator& authenticator_;
    std::deque<Route> routes_;
    std::unique_ptr<Node> root_;
    std::vector<std::string> conflicts_;
    HttpHandler* fallback_ = nullptr;
    std::optional<RequestMeasures> measures_;
    AuditLog* audit_ = nullptr;
    std::size_t body_limit_ = kEagerBody;
    logic::access::AddressList proxies_;
};

} // namespace attune::api
