#include "api/webhooks/receiver.hpp"

#include "base/text.hpp"
#include "flow/events.hpp"
#include "logic/webhooks/webhook_event.hpp"

namespace attune::api {

ATTUNE_FIELDS(WebhookReceipt, event_id, trigger_ref, received_at, message);
ATTUNE_FIELDS(WrappedWebhook, payload, headers, source_ip, user_agent);

namespace {

namespace webhooks = logic::webhooks;

constexpr std::size_t kAroundPayload = 64 * 1024; ///< what a body may have beside its payload
constexpr std::size_t kLongestAgent = 512;
constexpr std::uint64_t kRequestsBetweenTrims = 100;
constexpr int kMostAttempts = 3;

/// The checks come in the contract's order: a body that cannot be read is refused before the key is.
Error unknown_key(webhooks::WebhookForm form, const webhooks::WebhookRequest& request) {
    auto read = form == webhooks::WebhookForm::wrapped ? webhooks::read_wrapped(request)
                                                       : webhooks::read_raw(request, webhooks::Provider::generic);
    if (auto* refusal = std::get_if<webhooks::Refusal>(&read)) return std::move(refusal->error);
    return Error{Errc::not_found, "Invalid webhook key"};
}

std::optional<std::string> agent_of(const webhooks::WebhookRequest& request) {
    const auto* agent = request.header("user-agent");
    if (agent == nullptr) return std::nullopt;
    const auto text = to_valid_utf8(*agent);
    return text.substr(0, utf8_cut(text, kLongestAgent));
}

WebhookHit hit_of(const Trigger& trigger, const webhooks::WebhookRequest& request) {
    WebhookHit out;
    out.trigger = trigger.id;
    out.address = std::string(request.address);
    out.user_agent = agent_of(request);
    out.bytes = static_cast<std::int64_t>(request.body.size());
    out.created = request.now;
    return out;
}

WebhookReceipt receipt_of(const flow::WebhookReception& reception, std::string trigger_ref) {
    return {reception.event, std::move(trigger_ref), reception.received_at};
}

} // namespace

WebhookReceiver::WebhookReceiver(Context& ctx)
    : ctx_(ctx), hashing_{[&ctx](HashAlgorithm algorithm, std::string_view key, std::string_view bytes) {
                              return ctx.digests.hmac(algorithm, key, bytes);
                          },
                          [&ctx](std::string_view a, std::string_view b) { return ctx.digests.equal(a, b); }} {}

void WebhookReceiver::declare(Router& r) {
    const auto limit = ctx_.options.payload_limit + kAroundPayload;
    // The log of hits has each request, with the verdict on it; the audit log is about people.
    auto& wrapped = r.post("/api/v1/webhooks/{key}", &WebhookReceiver::wrapped, *this)
                        .summary("Report to the webhook of a trigger")
                        .description("A request with an `Idempotency-Key` that came before is answered with the event "
                                     "of the first one.")
                        .body_limit(limit)
                        .changes_nothing()
                        .open();
    wrapped.signature.body = &type_of<WrappedWebhook>;
    r.post("/api/v1/hooks/{key}", &WebhookReceiver::raw, *this)
        .summary("Report to the webhook of a trigger what a provider sends")
        .description("The body, JSON or a form, is the event's payload; the headers are in its config. Signatures and "
                     "ids of deliveries are those of the configured provider: GitHub, GitLab, Stripe, Slack, "
                     "Alertmanager.")
        .body_limit(limit)
        .produces("application/json")
        .changes_nothing()
        .open();
}

task<Result<Data<WebhookReceipt>>> WebhookReceiver::wrapped(const Path<std::string>& key, const RawRequest& request,
                                                            const Caller& caller) {
    CO_TRY(auto outcome, co_await receive(*key, Form::wrapped, request, caller));
    co_return Data{receipt_of(outcome.reception, std::move(outcome.trigger_ref))};
}

task<Result<Raw>> WebhookReceiver::raw(const Path<std::string>& key, const RawRequest& request, const Caller& caller) {
    CO_TRY(auto outcome, co_await receive(*key, Form::raw, request, caller));
    if (outcome.challenge) {
        co_return json_response(200, json::value(json::object{{"challenge", json::string(*outcome.challenge)}}));
    }
    const auto receipt = receipt_of(outcome.reception, std::move(outcome.trigger_ref));
    co_return json_response(200, json::value(json::object{{"data", to_json(receipt)}}));
}

task<Result<WebhookReceiver::Outcome>> WebhookReceiver::receive(const std::string& key, Form form,
                                                                const RawRequest& request, const Caller& caller) {
    const webhooks::WebhookRequest seen{request.headers.all(), request.body, caller.address, ctx_.clock.now()};
    for (int i = 0; i < kMostAttempts; ++i) {
        CO_TRY(const auto known, co_await look_up(key));
        if (!known) co_return unknown_key(form, seen);
        CO_TRY(auto outcome, co_await attempt(*known, key, form, seen));
        if (!outcome) {
            if (const auto at = known_.find(key); at != known_.end() && at->second == known) known_.erase(at);
            continue;
        }
        if (outcome->reception.refusal) co_return std::move(outcome->reception.refusal->error);
        co_return *std::move(outcome);
    }
    co_return Error{Errc::unavailable, "the webhook is being changed"};
}

task<Result<std::optional<WebhookReceiver::Outcome>>>
WebhookReceiver::attempt(Known& known, const std::string& key, Form form, const webhooks::WebhookRequest& request) {
    const webhooks::Terms terms{known.config, known.trigger.webhook_enabled,
                                ctx_.options.payload_limit + kAroundPayload};
    auto judgement = webhooks::judge(terms, form, request, hashing_);
    auto challenge = judgement.challenge;
    flow::WebhookArrival arrival;
    arrival.key = key;
    arrival.generation = known.trigger.generation;
    arrival.before_rate = judgement.before_rate;
    arrival.rate = webhooks::rate_of(known.config);
    arrival.after_rate = judgement.after_rate;
    arrival.is_challenge = challenge.has_value();
    arrival.hit = hit_of(known.trigger, request);
    arrival.hit.delivery = judgement.delivery;
    arrival.trims = known.requests++ % kRequestsBetweenTrims == 0;
    if (!arrival.before_rate && !arrival.after_rate && !challenge) {
        CO_TRY(arrival.event.id, co_await ctx_.ids.take_one<EventId>());
        CO_CHECK(complete(arrival, known, form, request, std::move(judgement)));
    }
    // What a client sends makes it fail nowhere after it has changed something: it needs no savepoint.
    CO_TRY(auto reception,
           co_await flow::commit(ctx_.db, {ctx_.bus, ctx_.metrics, ctx_.announcements}, nullptr,
                                 [&](Session& session) { return flow::receive_webhook(session, arrival); }));
    if (reception.outdated) co_return std::optional<Outcome>{};
    co_return std::optional(Outcome{std::move(reception), known.trigger.ref, std::move(challenge)});
}

Result<void> WebhookReceiver::complete(flow::WebhookArrival& arrival, const Known& known, Form form,
                                       const webhooks::WebhookRequest& request, webhooks::Judgement judgement) const {
    const auto id = arrival.event.id;
    arrival.event = webhooks::event_of(known.trigger, known.config, form, request, std::move(judgement));
    arrival.event.id = id;
    if (!logic::schema::declares_secrets(known.trigger.out_schema)) return {};
    TRY(const auto* vault, required(ctx_.db.vault()));
    arrival.secrets = flow::take_secrets(*vault, known.trigger, arrival.event);
    return {};
}

task<Result<std::shared_ptr<WebhookReceiver::Known>>> WebhookReceiver::look_up(const std::string& key) {
    if (const auto at = known_.find(key); at != known_.end()) co_return at->second;
    CO_TRY(auto found, co_await ctx_.db.read([&](Session& session) { return flow::find_webhook(session, key); }));
    if (!found) co_return std::shared_ptr<Known>{};
    CO_TRY(auto config, webhooks::parse_config(found->config));
    auto known = std::make_shared<Known>();
    known->trigger = std::move(found->trigger);
    known->config = std::move(config);
    if (known_.size() >= kMostKnown) known_.clear();
    known_[key] = known;
    co_return std::move(known);
}

} // namespace attune::api
