#include "api/router.hpp"

#include "api/audit_log.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace attune::api {

/// The patterns as a tree: at each segment a literal is tried before the parameter, and that before the tail.
struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> tail;
    std::map<Method, Route*> routes;

    Node& child(const std::string& segment) {
        auto& slot = is_tail(segment) ? tail : is_parameter(segment) ? parameter : literals[segment];
        if (!slot) slot = std::make_unique<Node>();
        return *slot;
    }

    const Node* find(const std::vector<std::string>& segments, std::size_t at) const {
        if (at == segments.size()) return routes.empty() ? nullptr : this;
        if (const auto literal = literals.find(segments[at]); literal != literals.end()) {
            if (const auto* found = literal->second->find(segments, at + 1)) return found;
        }
        if (parameter) {
            if (const auto* found = parameter->find(segments, at + 1)) return found;
        }
        return tail.get();
    }
};

struct Router::Match {
    const Route* route = nullptr;
    std::string allowed; ///< the methods of the path, when it exists: "GET, HEAD, POST"
};

namespace {

std::string allowed_methods(const std::map<Method, Route*>& routes) {
    std::vector<std::string> names{"OPTIONS"};
    for (const auto& [method, ignored] : routes) {
        names.push_back(method_name(method));
        if (method == Method::get) names.emplace_back("HEAD");
    }
    std::sort(names.begin(), names.end());
    return join(names, ", ");
}

TextPairs parameters_of(const Route& route, const std::vector<std::string>& segments) {
    TextPairs out;
    for (std::size_t i = 0; i < route.segments.size(); ++i) {
        if (!is_parameter(route.segments[i])) continue;
        auto value = segments[i];
        if (is_tail(route.segments[i])) {
            value = join({segments.begin() + static_cast<std::ptrdiff_t>(i), segments.end()}, "/");
        }
        out.emplace_back(parameter_name(route.segments[i]), std::move(value));
    }
    return out;
}

std::string default_tag(const std::vector<std::string>& segments) {
    const bool versioned = segments.size() > 2 && segments[0] == "api";
    return versioned ? segments[2] : segments.empty() ? "root" : segments[0];
}

std::optional<std::string> parameter_mistake(const Route& route) {
    const auto names = route.parameter_names();
    const auto& signature = route.signature;
    if (signature.path == nullptr) return std::nullopt;
    if (signature.path->kind != Kind::structure) {
        if (names.size() == 1) return std::nullopt;
        return "has Path of a plain type, but not one parameter";
    }
    for (const auto& field : signature.path->structure().fields) {
        if (std::ranges::find(names, field.name) == names.end()) {
            return fmt::format("has no parameter {{{}}} in its pattern", field.name);
        }
    }
    return std::nullopt;
}

RawResponse without_match(const RawRequest& request, const std::string& allowed) {
    if (allowed.empty()) {
        return error_response(Error{Errc::not_found, fmt::format("no such path: {}", request.path)});
    }
    const bool asked = request.method == Method::options;
    auto response = asked ? RawResponse{.status = 204, .content_type = {}}
                          : error_response(405, "METHOD_NOT_ALLOWED", "this path allows " + allowed);
    response.headers.add("Allow", allowed);
    return response;
}

} // namespace

Router::Router(Authenticator& authenticator) : authenticator_(authenticator), root_(std::make_unique<Node>()) {}
Router::~Router() = default;

Route& Router::insert(Method method, std::string pattern) {
    Route& route = routes_.emplace_back();
    route.method = method;
    for (const auto part : split(pattern, '/')) {
        if (!part.empty()) route.segments.emplace_back(part);
    }
    route.pattern = std::move(pattern);
    route.declared.tag = default_tag(route.segments);
    Node* node = root_.get();
    for (const auto& segment : route.segments) node = &node->child(segment);
    if (!node->routes.emplace(method, &route).second) {
        conflicts_.push_back(fmt::format("{} {} is declared twice", method_name(method), route.pattern));
    }
    return route;
}

Route& Router::add(Method method, std::string pattern, Endpoint endpoint) {
    Route& route = insert(method, std::move(pattern));
    route.signature = endpoint.signature;
    route.invoke = std::move(endpoint.invoke);
    return route;
}

Route& Router::add(Method method, std::string pattern, const Route::Signature& signature,
                   std::function<task<Result<RawResponse>>(const Call&)> handler) {
    auto invoke = [handler = std::move(handler)](Call& call, int status) {
        return detail::finish<Raw>({nullptr, [](void*) {}}, handler(call), status);
    };
    return add(method, std::move(pattern), {signature, std::move(invoke)});
}

std::vector<std::string> Router::undeclared() const {
    auto out = conflicts_;
    for (const auto& route : routes_) {
        const auto name = fmt::format("{} {}", method_name(route.method), route.pattern);
        if (route.declared.access == Access::undeclared) out.push_back(name + " does not say who may call it");
        if (route.declared.summary.empty()) out.push_back(name + " has no summary");
        if (route.may_change() && route.declared.audit_event.empty())
            out.push_back(name + " does not say what the audit log calls it");
        if (const auto mistake = parameter_mistake(route)) out.push_back(name + " " + *mistake);
    }
    return out;
}

Router::Match Router::find(const RawRequest& request) const {
    const auto* node = root_->find(request.segments, 0);
    if (node == nullptr) return {};
    const auto method = request.method == Method::head ? Method::get : request.method;
    const auto found = node->routes.find(method);
    return {found == node->routes.end() ? nullptr : found->second, allowed_methods(node->routes)};
}

std::size_t Router::body_limit(const RawRequest& head) const {
    const auto match = find(head);
    if (match.route != nullptr) return match.route->declared.body_limit.value_or(body_limit_);
    return fallback_ != nullptr && match.allowed.empty() ? fallback_->body_limit(head) : kEagerBody;
}

task<std::optional<RawResponse>> Router::admit(const Route& route, const RawRequest& request, Caller& caller) {
    caller.address = request.peer;
    const auto& rule = route.declared;
    if (rule.access == Access::open) co_return std::nullopt;
    auto known = co_await authenticator_.authenticate(request);
    if (!known) {
        const auto& error = known.error();
        co_return error.code == Errc::unauthenticated ? bearer_error_response(error.message) : error_response(error);
    }
    caller = *std::move(known);
    caller.address = request.peer;
    if (rule.access == Access::undeclared || !rule.token_types.contains(caller.token_type)) {
        co_return error_response(
            Error{Errc::forbidden, fmt::format("{} tokens are not accepted here", enum_name(caller.token_type))});
    }
    if (rule.access == Access::needs && !allows(caller.grants, rule.resource, rule.right)) {
        co_return error_response(insufficient(rule.resource, rule.right));
    }
    if (rule.access == Access::needs_some && !allows_some(caller.grants, rule.resource, rule.right)) {
        co_return error_response(insufficient(rule.resource, rule.right));
    }
    co_return std::nullopt;
}

std::string Router::client_of(const RawRequest& request) const {
    std::vector<std::string_view> forwarded;
    for (const auto& [name, value] : request.headers.all()) {
        if (to_lower(name) == "x-forwarded-for") forwarded.emplace_back(value);
    }
    return logic::access::client_address(request.peer, forwarded, request.headers.get("x-real-ip"), proxies_);
}

task<std::optional<RawResponse>> Router::refuse(const RawRequest& head) {
    const auto match = find(head);
    if (match.route == nullptr) co_return std::nullopt;
    if (proxies_.empty()) co_return co_await refuse_known(*match.route, head);
    auto seen = head;
    seen.peer = client_of(head);
    co_return co_await refuse_known(*match.route, seen);
}

task<std::optional<RawResponse>> Router::refuse_known(const Route& route, const RawRequest& head) {
    Caller caller;
    if (!is_audited(route)) co_return co_await admit(route, head, caller);
    auto trail = audit_->begin(route, head);
    auto refused = co_await admit(route, head, caller);
    AuditLog::identify(trail, caller);
    if (!refused) co_return std::nullopt;
    co_await audit_->end(trail, caller, *refused);
    refused->headers.add("X-Request-Id", trail.actor.request_id.value_or(""));
    co_return refused;
}

bool Router::is_audited(const Route& route) const {
    return audit_ != nullptr && route.may_change();
}

task<RawResponse> Router::handle(RawRequest request) {
    if (!proxies_.empty()) request.peer = client_of(request);
    const auto match = find(request);
    if (!measures_) co_return co_await answer(match, std::move(request));
    const auto pattern = match.route == nullptr ? std::string_view{} : std::string_view(match.route->pattern);
    auto measured = measures_->begin(request.method, pattern);
    auto response = co_await answer(match, std::move(request));
    measured.ends(response.status);
    co_return response;
}

task<RawResponse> Router::answer(const Match& match, RawRequest request) {
    if (match.route == nullptr) {
        if (match.allowed.empty() && fallback_ != nullptr) co_return co_await fallback_->handle(std::move(request));
        co_return without_match(request, match.allowed);
    }
    Call call;
    call.request = std::move(request);
    if (!is_audited(*match.route)) co_return co_await answer_match(*match.route, call, nullptr);
    auto trail = audit_->begin(*match.route, call.request);
    auto response = co_await answer_match(*match.route, call, &trail);
    co_await audit_->end(trail, call.caller, response);
    response.headers.add("X-Request-Id", trail.actor.request_id.value_or(""));
    co_return response;
}

task<RawResponse> Router::answer_match(const Route& route, Call& call, RequestTrail* trail) {
    auto refused = co_await admit(route, call.request, call.caller);
    if (trail != nullptr) AuditLog::identify(*trail, call.caller);
    if (refused) co_return std::move(*refused);
    call.caller.trail = trail;
    call.parameters = parameters_of(route, call.request.segments);
    co_return co_await route.invoke(call, route.declared.status);
}

} // namespace attune::api
