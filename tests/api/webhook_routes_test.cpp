#include "base/text.hpp"
#include "definitions_fixture.hpp"
#include "domain/sealed_value.hpp"

#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class WebhookRoutesTest : public DefinitionRoutes {
protected:
    WebhookRoutesTest() {
        auto& reader = authenticator_.callers["reader"];
        reader.identity = {3};
        reader.grants = {{Resource::triggers, {Right::read}, {}}};
        auto& stranger = authenticator_.callers["stranger"];
        stranger.identity = {4};
        Grant elsewhere{Resource::triggers, {Right::read, Right::update}, {}};
        elsewhere.constraints.emplace();
        elsewhere.constraints->pack_refs.emplace({std::string("other")});
        stranger.grants = {elsewhere};
        call(Method::post, "/api/v1/triggers", R"({"ref":"mine.push","pack_ref":"mine","label":"Push"})");
    }

    static constexpr const char* kWebhook = "/api/v1/triggers/mine.push/webhook";

    json::value data(const RawResponse& response) {
        const auto body = parse_json(response.body);
        const auto* found = body ? find_member(*body, "data") : nullptr;
        return found == nullptr ? json::value(response.body) : *found;
    }
    static std::string text(const json::value& object, std::string_view member) {
        return std::string(object.at(member).as_string());
    }
    std::string enable() {
        return text(data(call(Method::post, "/api/v1/triggers/mine.push/webhooks/enable")), "webhook_key");
    }
    void configure(std::string_view config) {
        const auto answer = call(Method::put, kWebhook, std::string(config));
        ASSERT_EQ(answer.status, 200) << answer.body;
    }

    /// What a provider sends.
    struct Report {
        std::string body = "{}";
        std::vector<std::pair<std::string, std::string>> headers = {};
        std::string content_type = "application/json";
        std::string peer = "192.0.2.7";
    };
    RawResponse report(const std::string& path, Report sent) {
        auto request = make_request(Method::post, path);
        if (!sent.content_type.empty()) request.headers.add("Content-Type", sent.content_type);
        for (auto& [name, value] : sent.headers) request.headers.add(name, value);
        request.body = std::move(sent.body);
        request.peer = sent.peer;
        return run_to_end(router_.handle(std::move(request)));
    }
    RawResponse hook(Report sent) { return report("/api/v1/hooks/" + key_, std::move(sent)); }
    RawResponse wrapped(std::string body) {
        Report sent;
        sent.body = std::move(body);
        return report("/api/v1/webhooks/" + key_, std::move(sent));
    }
    std::string signature(std::string_view secret, std::string_view body) {
        return "sha256=" + hex_encode(fakes_.digests->hmac(HashAlgorithm::sha256, secret, body));
    }
    std::vector<json::value> hits(std::string_view query = {}, const std::string& token = "admin") {
        const auto body = parse_json(call(Method::get, fmt::format("{}/hits{}", kWebhook, query), {}, token).body);
        std::vector<json::value> out;
        for (const auto& one : body->at("items").as_array()) out.push_back(one);
        return out;
    }
    std::vector<std::string> verdicts(std::string_view query = {}) {
        std::vector<std::string> out;
        for (const auto& one : hits(query)) out.emplace_back(one.at("verdict").as_string());
        return out;
    }

    std::string key_ = "none";
};

TEST_F(WebhookRoutesTest, EnableAndDisableAWebhookAndGiveItANewKey) {
    const auto key = enable();
    EXPECT_THAT(key, testing::MatchesRegex("wh_[0-9a-f]{32}"));
    EXPECT_EQ(enable(), key);

    const auto renewed = data(call(Method::post, "/api/v1/triggers/mine.push/webhooks/regenerate"));
    EXPECT_NE(text(renewed, "webhook_key"), key);
    EXPECT_EQ(renewed.at("webhook_enabled"), true);

    const auto disabled = data(call(Method::post, "/api/v1/triggers/mine.push/webhooks/disable"));
    EXPECT_EQ(disabled.at("webhook_enabled"), false);
    EXPECT_EQ(disabled.as_object().if_contains("webhook_key"), nullptr);
    EXPECT_EQ(call(Method::post, "/api/v1/triggers/mine.push/webhooks/regenerate").status, 400);
    EXPECT_EQ(call(Method::post, "/api/v1/triggers/mine.none/webhooks/enable").status, 404);
}

TEST_F(WebhookRoutesTest, ShowTheConfigurationWithoutItsSecrets) {
    const auto key = enable();
    configure(R"({"provider": "github", "hmac": {"secret": "hush"}})");

    const auto answer = call(Method::get, kWebhook);
    EXPECT_THAT(answer.body, Not(HasSubstr("hush")));
    const auto view = data(answer);
    EXPECT_EQ(view.at("config").at("provider"), "github");
    EXPECT_EQ(text(view.at("config").at("hmac"), "secret"), kMask);
    EXPECT_EQ(text(view, "path"), "/api/v1/hooks/" + key);
    EXPECT_EQ(text(view, "wrapped_path"), "/api/v1/webhooks/" + key);
    EXPECT_EQ(call(Method::put, kWebhook, to_text(view.at("config"))).status, 200) << "who reads may write it back";
    key_ = key;
    EXPECT_EQ(hook({"{}", {{"X-Hub-Signature-256", signature("hush", "{}")}}}).status, 200);
}

TEST_F(WebhookRoutesTest, RefuseAConfigurationAndNameTheMember) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"providr": "github"})", "providr"},
        {R"({"provider": "githup"})", "provider"},
        {R"({"hmac": {"algorithm": "sha256"}})", "hmac.secret"},
        {R"({"hmac": {"secret": "********"}})", "hmac.secret"},
        {R"({"ip_whitelist": {"ips": ["x"]}})", "ip_whitelist.ips[0]"},
        {R"({"rate_limit": 5})", "rate_limit"},
    };
    for (const auto& [body, field] : cases) {
        const auto answer = call(Method::put, kWebhook, body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_EQ(field_of(answer), field) << answer.body;
    }
    EXPECT_EQ(call(Method::put, kWebhook, "[]").status, 422);
}

TEST_F(WebhookRoutesTest, AreForThoseWhoMayReadOrUpdateTheTrigger) {
    key_ = enable();
    EXPECT_EQ(call(Method::get, kWebhook, {}, "reader").status, 200);
    EXPECT_EQ(call(Method::get, std::string(kWebhook) + "/hits", {}, "reader").status, 200);
    EXPECT_EQ(call(Method::get, kWebhook, {}, "stranger").status, 404);
    EXPECT_EQ(call(Method::get, std::string(kWebhook) + "/hits", {}, "stranger").status, 404);
    for (const auto* token : {"reader", "stranger"}) {
        EXPECT_EQ(call(Method::put, kWebhook, "{}", token).status, 403);
        for (const auto* verb : {"enable", "disable", "regenerate"})
            EXPECT_EQ(call(Method::post, fmt::format("/api/v1/triggers/mine.push/webhooks/{}", verb), {}, token).status,
                      403);
    }
}

TEST_F(WebhookRoutesTest, TakeTheContractsForm) {
    key_ = enable();
    const auto answer = wrapped(R"({"payload": {"a": 1}, "headers": {"x": "y"}, "source_ip": "198.51.100.1"})");

    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto receipt = data(answer);
    EXPECT_EQ(receipt.at("trigger_ref"), "mine.push");
    EXPECT_EQ(receipt.at("message"), "Webhook received successfully");
    ASSERT_EQ(world_.events().size(), 1U);
    const auto event = world_.events()[0];
    EXPECT_EQ(receipt.at("event_id"), event.id.value);
    EXPECT_EQ(text(receipt, "received_at"), format_timestamp(event.created));
    EXPECT_EQ(to_text(*event.payload), R"({"a":1})");
    EXPECT_EQ(event.source_ref, "webhook");
    EXPECT_EQ(text(*event.config, "webhook_key"), key_);
    EXPECT_EQ(event.config->at("source_ip"), "198.51.100.1");
    EXPECT_EQ(to_text(event.config->at("headers")), R"({"x":"y"})");
}

TEST_F(WebhookRoutesTest, CheckInTheOrderOfTheContract) {
    EXPECT_EQ(wrapped("{").status, 400) << "a body that cannot be read, before the key";
    EXPECT_EQ(wrapped("{}").status, 400);
    const auto unknown = wrapped(R"({"payload": 1})");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_THAT(unknown.body, HasSubstr("Invalid webhook key"));

    key_ = enable();
    configure(R"({"payload_size_limit_kb": 1, "ip_whitelist": {"ips": ["10.0.0.0/8"]},
        "rate_limit": {"requests": 1, "window_seconds": 60}, "hmac": {"secret": "s"}})");
    const auto body = std::string(R"({"payload": 1})");
    const auto path = "/api/v1/webhooks/" + key_;
    EXPECT_EQ(report(path, {body + std::string(2000, ' ')}).status, 400) << "longer than the webhook allows";
    EXPECT_EQ(report(path, {body}).status, 403) << "from an address that is not allowed";
    Report allowed{body};
    allowed.peer = "10.0.0.1";
    EXPECT_EQ(report(path, allowed).status, 401) << "without a signature";
    allowed.headers = {{"X-Webhook-Signature", signature("s", body)}};
    EXPECT_EQ(report(path, allowed).status, 429) << "the rate is looked at before the signature";
    world_.advance(60s);
    EXPECT_EQ(report(path, allowed).status, 200);
    EXPECT_THAT(verdicts(),
                ElementsAre("accepted", "rate_limited", "signature_missing", "address_refused", "too_large"));
    EXPECT_EQ(hits()[4].at("status"), 413);
}

TEST_F(WebhookRoutesTest, AnswerARepeatedDeliveryWithTheFirstOnesEvent) {
    key_ = enable();
    configure(R"({"provider": "github"})");
    const auto first = data(hook({"{}", {{"X-GitHub-Delivery", "d-1"}}}));
    world_.advance(1h);
    const auto second = hook({"{}", {{"X-GitHub-Delivery", "d-1"}}});

    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(data(second), first);
    EXPECT_EQ(world_.events().size(), 1U);
    EXPECT_THAT(verdicts(), ElementsAre("repeated", "accepted"));
    EXPECT_EQ(hits("?delivery=d-1&verdict=repeated")[0].at("event"), first.at("event_id"));
}

TEST_F(WebhookRoutesTest, MakeOneEventOfOneDeliveryThatArrivesTwiceAtOnce) {
    key_ = enable();
    asio::io_context& loop = world_.loop;
    std::vector<json::value> answers;
    for (int i = 0; i < 2; ++i) {
        auto request = make_request(Method::post, "/api/v1/webhooks/" + key_, R"({"payload": 1})");
        request.headers.add("Idempotency-Key", "k");
        asio::co_spawn(
            loop,
            [](Router& router, RawRequest one, std::vector<json::value>& into) -> task<void> {
                into.push_back(*parse_json((co_await router.handle(std::move(one))).body));
            }(router_, std::move(request), answers),
            asio::detached);
    }
    world_.clock.run_until_idle();

    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0], answers[1]);
    EXPECT_EQ(world_.events().size(), 1U);
}

TEST_F(WebhookRoutesTest, LimitTheRateOfEachAddress) {
    key_ = enable();
    configure(R"({"rate_limit": {"requests": 2, "window_seconds": 10}})");
    Report other;
    other.peer = "192.0.2.8";

    EXPECT_EQ(hook({}).status, 200);
    world_.advance(5s);
    EXPECT_EQ(hook({}).status, 200);
    const auto refused = hook({});
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.headers.find("retry-after"), nullptr);
    EXPECT_EQ(hook(other).status, 200);
    world_.advance(5s);
    EXPECT_EQ(hook({}).status, 200);
    EXPECT_EQ(hook({}).status, 429);
    EXPECT_EQ(world_.events().size(), 4U);
}

TEST_F(WebhookRoutesTest, TakeBodiesOfTheTypesThatAreUnderstood) {
    key_ = enable();
    configure(R"({"provider": "github"})");

    EXPECT_EQ(hook({"{}", {}, "text/plain"}).status, 415);
    EXPECT_EQ(hook({"{}", {}, ""}).status, 415);
    EXPECT_EQ(hook({"{", {}}).status, 400);
    EXPECT_EQ(hook({"payload=%7B%22ref%22%3A%22main%22%7D", {}, "application/x-www-form-urlencoded"}).status, 200);
    EXPECT_EQ(to_text(*world_.events()[0].payload), R"({"ref":"main"})");
    EXPECT_THAT(verdicts(), ElementsAre("accepted", "bad_body", "unsupported_type", "unsupported_type"));
}

TEST_F(WebhookRoutesTest, AnswerSlacksChallengeAndMakeNoEvent) {
    key_ = enable();
    configure(R"({"provider": "slack"})");

    const auto answer = hook({R"({"type": "url_verification", "challenge": "3eZbrw1aB"})"});

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"challenge":"3eZbrw1aB"})");
    EXPECT_TRUE(world_.events().empty());
    EXPECT_THAT(verdicts(), ElementsAre("challenged"));
}

TEST_F(WebhookRoutesTest, SealTheSecretsOfAPayload) {
    key_ = enable();
    call(Method::put, "/api/v1/triggers/mine.push", R"({"out_schema": {"token": {"type": "string", "secret": true}}})");

    ASSERT_EQ(hook({R"({"token": "hush"})"}).status, 200);

    EXPECT_EQ(to_text(*world_.events()[0].payload), fmt::format(R"({{"token":"{}"}})", kMask));
}

TEST_F(WebhookRoutesTest, FollowAChangeAtOnce) {
    key_ = enable();
    EXPECT_EQ(hook({}).status, 200);
    configure(R"({"hmac": {"secret": "s"}})");
    EXPECT_EQ(hook({}).status, 401);
    configure(R"({"hmac": {"enabled": false}})");
    EXPECT_EQ(hook({}).status, 200);
    call(Method::post, "/api/v1/triggers/mine.push/webhooks/regenerate");
    EXPECT_EQ(hook({}).status, 404);
}

TEST_F(WebhookRoutesTest, BelieveTrustedProxiesAlone) {
    key_ = enable();
    configure(R"({"ip_whitelist": {"ips": ["203.0.113.0/24"]}})");
    Report forwarded;
    forwarded.headers = {{"X-Forwarded-For", "203.0.113.9"}, {"X-Real-IP", "203.0.113.9"}};
    EXPECT_EQ(hook(forwarded).status, 403);

    router_.trust(*logic::access::AddressList::parse({"192.0.2.0/24"}, "proxies"));
    EXPECT_EQ(hook(forwarded).status, 200);
    forwarded.headers = {{"X-Forwarded-For", "203.0.113.9, 198.51.100.1"}};
    EXPECT_EQ(hook(forwarded).status, 403) << "what a client claims is before what the proxy saw";
    forwarded.peer = "198.51.100.7";
    forwarded.headers = {{"X-Forwarded-For", "203.0.113.9"}};
    EXPECT_EQ(hook(forwarded).status, 403);
    EXPECT_EQ(hits()[0].at("address"), "198.51.100.7");
    EXPECT_EQ(hits("?address=203.0.113.9").size(), 1U);
}

TEST_F(WebhookRoutesTest, ListTheRequestsByPagesAndFilters) {
    key_ = enable();
    for (int i = 0; i < 3; ++i) hook({fmt::format(R"({{"n":{}}})", i), {{"User-Agent", "tests"}}});
    hook({"{", {}});

    EXPECT_EQ(hits("?per_page=2").size(), 2U);
    EXPECT_EQ(hits("?per_page=2&page=2").size(), 2U);
    EXPECT_THAT(verdicts("?status=400"), ElementsAre("bad_body"));
    EXPECT_EQ(hits("?verdict=accepted").size(), 3U);
    EXPECT_EQ(hits(fmt::format("?event={}", world_.events()[1].id.value)).size(), 1U);
    const auto hit = hits("?verdict=accepted")[0];
    EXPECT_EQ(hit.at("user_agent"), "tests");
    EXPECT_EQ(hit.at("bytes"), 7);
    EXPECT_EQ(call(Method::get, std::string(kWebhook) + "/hits?verdict=none").status, 400);
}

TEST_F(WebhookRoutesTest, AreOfTheTriggersThatNoTimerFires) {
    EXPECT_EQ(call(Method::post, "/api/v1/triggers/core.intervaltimer/webhooks/enable").status, 409);
    enable();
    const auto refused =
        call(Method::put, "/api/v1/triggers/mine.push", R"({"param_schema": {"type":"interval","seconds":5}})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(field_of(refused), "param_schema");
}

} // namespace
} // namespace attune::api
