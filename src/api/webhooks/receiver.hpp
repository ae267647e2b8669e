#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "flow/webhook_hits.hpp"
#include "flow/webhooks.hpp"
#include "logic/webhooks/judgement.hpp"

#include <map>
#include <memory>

namespace attune::api {

/// The answer to a request that is recorded.
struct WebhookReceipt {
    EventId event_id; ///< of the first request with this delivery's id
    std::string trigger_ref;
    Timestamp received_at; ///< likewise
    std::string message = "Webhook received successfully";
};
ATTUNE_STRUCT(WebhookReceipt);

/// What the contract's form has.
struct WrappedWebhook {
    json::value payload;
    Omittable<json::object> headers;
    Omittable<std::string> source_ip;
    Omittable<std::string> user_agent;
};
ATTUNE_STRUCT(WrappedWebhook);

/// /api/v1/webhooks/{key} and /api/v1/hooks/{key}: what others report. Answered after the commit. Webhooks that were
/// called are remembered as they were configured; the transaction sees when that holds no more.
class WebhookReceiver {
public:
    explicit WebhookReceiver(Context& ctx);
    void declare(Router& r);

private:
    using Form = logic::webhooks::WebhookForm;
    /// A webhook that was looked up.
    struct Known {
        Trigger trigger;
        logic::webhooks::WebhookConfig config;
        std::uint64_t requests = 0; ///< since it was looked up
    };
    /// What became of a request, and the answer to a challenge.
    struct Outcome {
        flow::WebhookReception reception;
        std::string trigger_ref;
        std::optional<std::string> challenge;
    };
    static constexpr std::size_t kMostKnown = 1000;

    task<Result<Data<WebhookReceipt>>> wrapped(const Path<std::string>& key, const RawRequest& request,
                                               const Caller& caller);
    task<Result<Raw>> raw(const Path<std::string>& key, const RawRequest& request, const Caller& caller);

    task<Result<Outcome>> receive(const std::string& key, Form form, const RawRequest& request, const Caller& caller);
    /// One attempt, by what is known of the webhook. Nothing when that holds no more.
    task<Result<std::optional<Outcome>>> attempt(Known& known, const std::string& key, Form form,
                                                 const logic::webhooks::WebhookRequest& request);
    Result<void> complete(flow::WebhookArrival& arrival, const Known& known, Form form,
                          const logic::webhooks::WebhookRequest& request, logic::webhooks::Judgement judgement) const;
    /// Null when no trigger has the key.
    task<Result<std::shared_ptr<Known>>> look_up(const std::string& key);

    Context& ctx_;
    const logic::webhooks::Hashing hashing_;
    std::map<std::string, std::shared_ptr<Known>> known_; ///< by key
};

} // namespace attune::api
