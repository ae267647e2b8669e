#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "domain/trigger.hpp"
#include "domain/webhook.hpp"

#include <functional>

namespace attune::api {

/// The webhook of a trigger.
struct WebhookView {
    TriggerId trigger;
    std::string trigger_ref;
    bool webhook_enabled = false;
    Omittable<std::string> webhook_key;
    Omittable<std::string> path;         ///< takes what providers send
    Omittable<std::string> wrapped_path; ///< takes {"payload": …}
    json::object config;                 ///< its secrets are masked
};
ATTUNE_STRUCT(WebhookView);

/// A request to the webhook, as its log shows it.
struct WebhookHitView {
    WebhookHitId id;
    std::optional<std::string> address;
    std::optional<std::string> user_agent;
    WebhookVerdict verdict = WebhookVerdict::accepted;
    std::int64_t status = 0;
    std::optional<std::string> message;
    std::optional<std::string> delivery;
    std::optional<EventId> event;
    std::int64_t bytes = 0;
    std::int64_t count = 1; ///< requests in a row that this stands for
    Timestamp created;
    Timestamp updated; ///< the last of them
};
ATTUNE_STRUCT(WebhookHitView);

struct WebhookHitQuery : PerPage50 {
    std::optional<WebhookVerdict> verdict;
    std::optional<std::int64_t> status;
    std::optional<std::string> address;
    std::optional<std::string> delivery;
    std::optional<std::int64_t> event;
};
ATTUNE_STRUCT(WebhookHitQuery);

/// /api/v1/triggers/{ref}/webhook and /webhooks: what people do with the webhook of a trigger.
class WebhookRoutes {
public:
    explicit WebhookRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    using Ref = Path<std::string>;
    /// A trigger, as its own routes show it.
    using Shown = Data<json::value>;

    task<Result<Shown>> enable(const Ref& ref, const Caller& caller);
    task<Result<Shown>> regenerate(const Ref& ref, const Caller& caller);
    Result<flow::Changed<Shown>> disable(Session& session, const Ref& ref, const Caller& caller, Timestamp now);
    Result<Data<WebhookView>> get(Session& session, const Ref& ref, const Caller& caller);
    Result<flow::Changed<Data<WebhookView>>> configure(Session& session, const Ref& ref, const Body<json::object>& body,
                                                       const Caller& caller, Timestamp now);
    Result<Page<WebhookHitView>> hits(Session& session, const Ref& ref, const Query<WebhookHitQuery>& query,
                                      const Caller& caller);

    /// Changes the trigger, with a key that is new.
    using Change = Result<flow::Changed<Trigger>> (*)(Session&, const Trigger& before, const std::string& key,
                                                      Timestamp now);
    task<Result<Shown>> change_key(std::string ref, const Caller& caller, Change change);

    Context& ctx_;
};

} // namespace attune::api
