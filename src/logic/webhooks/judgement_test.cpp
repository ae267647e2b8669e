#include "logic/webhooks/judgement.hpp"
#include "logic/webhooks/webhook_event.hpp"
#include "logic/webhooks/webhook_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::webhooks {
namespace {

using testing::HasSubstr;
using testing::Not;

Sent json_sent(std::string body) {
    return {{{"Content-Type", "application/json"}}, std::move(body)};
}
Judgement judged(const WebhookConfig& config, const Sent& sent, WebhookForm form = WebhookForm::raw,
                 bool enabled = true) {
    return judge({config, enabled, 1024 * 1024}, form, sent.request(), real_hashing());
}
std::optional<WebhookVerdict> verdict(const std::optional<Refusal>& refusal) {
    return refusal ? std::optional(refusal->verdict) : std::nullopt;
}

/// Everything is wrong with the request; one thing after the other is put right.
TEST(WebhookJudgement, ChecksInTheOrderOfTheContract) {
    auto config = config_of(R"({"payload_size_limit_kb": 1, "ip_whitelist": {"ips": ["10.0.0.0/8"]},
        "hmac": {"secret": "s"}})");
    auto sent = json_sent("{" + std::string(2000, ' '));

    EXPECT_EQ(verdict(judged(config, sent, WebhookForm::wrapped, false).before_rate), WebhookVerdict::bad_body);
    sent.body = R"({"payload": 1})" + std::string(2000, ' ');
    EXPECT_EQ(verdict(judged(config, sent, WebhookForm::wrapped, false).before_rate), WebhookVerdict::disabled);
    EXPECT_EQ(verdict(judged(config, sent, WebhookForm::wrapped).before_rate), WebhookVerdict::too_large);
    sent.body = R"({"payload": 1})";
    EXPECT_EQ(verdict(judged(config, sent, WebhookForm::wrapped).before_rate), WebhookVerdict::address_refused);
    sent.address = "10.0.0.1";
    const auto last = judged(config, sent, WebhookForm::wrapped);
    EXPECT_EQ(verdict(last.before_rate), std::nullopt);
    EXPECT_EQ(verdict(last.after_rate), WebhookVerdict::signature_missing);
}

TEST(WebhookJudgement, AnswersALongBodyWith400AndLogs413) {
    const auto config = config_of(R"({"payload_size_limit_kb": 1})");
    const auto exact = judged(config, json_sent(R"("")" + std::string(1022, ' ')));
    const auto longer = judged(config, json_sent(R"("")" + std::string(1023, ' ')));

    EXPECT_FALSE(exact.before_rate);
    ASSERT_TRUE(longer.before_rate);
    EXPECT_EQ(longer.before_rate->error.code, Errc::bad_request);
    EXPECT_EQ(status_of(longer.before_rate->verdict), 413);
}

TEST(WebhookJudgement, HasNoMoreThanTheServerAllows) {
    const auto config = config_of(R"({"payload_size_limit_kb": 1000})");
    const auto sent = json_sent(R"("")" + std::string(100, ' '));

    EXPECT_TRUE(judge({config, true, 50}, WebhookForm::raw, sent.request(), real_hashing()).before_rate);
}

TEST(WebhookDeliveries, AreKnownByWhatEachProviderSends) {
    struct Case {
        const char* provider;
        std::vector<HeaderField> headers;
        const char* body;
        std::optional<std::string> expected;
    };
    const Case cases[] = {
        {"generic", {{"Idempotency-Key", " k1 "}}, "{}", "k1"},
        {"generic", {{"X-GitHub-Delivery", "d"}}, "{}", std::nullopt},
        {"generic", {}, R"({"id": "x"})", std::nullopt},
        {"generic", {{"Idempotency-Key", ""}}, "{}", std::nullopt},
        {"github", {{"X-GitHub-Delivery", "72d3162e"}, {"Idempotency-Key", "k"}}, "{}", "72d3162e"},
        {"gitlab", {{"X-Gitlab-Event-UUID", "u"}}, "{}", "u"},
        {"gitlab", {{"X-Gitlab-Event-UUID", "u"}, {"Idempotency-Key", "k"}}, "{}", "k"},
        {"stripe", {}, R"({"id": "evt_1"})", "evt_1"},
        {"stripe", {}, R"({"id": 1})", std::nullopt},
        {"slack", {{"X-Slack-Retry-Num", "1"}}, R"({"event_id": "Ev1"})", "Ev1"},
        {"alertmanager", {}, R"({"groupKey": "{}"})", std::nullopt},
        {"alertmanager", {{"Idempotency-Key", "k"}}, "{}", "k"},
    };
    for (const auto& one : cases) {
        const auto config = config_of(fmt::format(R"({{"provider": "{}"}})", one.provider));
        Sent sent{one.headers, one.body};
        sent.headers.emplace_back("Content-Type", "application/json");
        EXPECT_EQ(judged(config, sent).delivery, one.expected) << one.provider << " " << one.body;
    }
    auto sent = json_sent("{}");
    sent.headers.emplace_back("X-Mine", "m");
    EXPECT_EQ(judged(config_of(R"({"delivery_header": "x-mine"})"), sent).delivery, "m");
}

TEST(WebhookDeliveries, AreBounded) {
    auto sent = json_sent("{}");
    sent.headers.emplace_back("Idempotency-Key", std::string(256, 'k'));
    const auto judgement = judged(config_of("{}"), sent);

    EXPECT_EQ(verdict(judgement.before_rate), WebhookVerdict::bad_body);
    EXPECT_EQ(judgement.delivery->size(), 255U);
}

TEST(WebhookChallenges, AreSlacksAlone) {
    const auto sent = json_sent(R"({"type": "url_verification", "challenge": "3eZbrw1aB"})");

    EXPECT_EQ(judged(config_of(R"({"provider": "slack"})"), sent).challenge, "3eZbrw1aB");
    EXPECT_EQ(judged(config_of("{}"), sent).challenge, std::nullopt);
    const auto signed_only = judged(config_of(R"({"provider": "slack", "hmac": {"secret": "s"}})"), sent);
    EXPECT_EQ(signed_only.challenge, std::nullopt);
    EXPECT_EQ(verdict(signed_only.after_rate), WebhookVerdict::signature_missing);
}

Trigger a_trigger() {
    Trigger out;
    out.id = {7};
    out.ref = "mine.push";
    out.webhook_key = "wh_1";
    return out;
}
Event event(const WebhookConfig& config, const Sent& sent, WebhookForm form) {
    return event_of(a_trigger(), config, form, sent.request(), judged(config, sent, form));
}

TEST(WebhookEvents, AreThoseOfTheContract) {
    auto sent =
        json_sent(R"({"payload": {"a": 1}, "headers": {"x": "y", "Authorization": "hush"}, "user_agent": "u"})");
    sent.headers.emplace_back("User-Agent", "curl");
    const auto made = event(config_of("{}"), sent, WebhookForm::wrapped);

    EXPECT_EQ(made.trigger_ref, "mine.push");
    EXPECT_EQ(made.source_ref, "webhook");
    EXPECT_FALSE(made.rule);
    EXPECT_EQ(to_text(*made.payload), R"({"a":1})");
    EXPECT_EQ(
        to_text(*made.config),
        R"({"source":"webhook","received_at":"2026-01-01T00:00:00.000000Z","webhook_key":"wh_1","headers":{"x":"y"},)"
        R"("source_ip":"192.0.2.7","user_agent":"u"})");
}

TEST(WebhookEvents, TellOfTheRequestThatAProviderSent) {
    auto sent = json_sent(R"({"zen": "z"})");
    sent.headers.insert(sent.headers.end(), {{"X-GitHub-Event", "ping"},
                                             {"X-GitHub-Delivery", "d-1"},
                                             {"User-Agent", "GitHub-Hookshot/1"},
                                             {"Accept", "a"},
                                             {"accept", "b"}});
    const auto made = event(config_of(R"({"provider": "github"})"), sent, WebhookForm::raw);

    EXPECT_EQ(to_text(*made.payload), R"({"zen":"z"})");
    EXPECT_EQ(made.delivery, "d-1");
    EXPECT_EQ(to_text(*made.config),
              R"({"source":"webhook","received_at":"2026-01-01T00:00:00.000000Z","provider":"github","kind":"ping",)"
              R"("headers":{"content-type":"application/json","x-github-event":"ping","x-github-delivery":"d-1",)"
              R"("user-agent":"GitHub-Hookshot/1","accept":"a, b"},"source_ip":"192.0.2.7",)"
              R"("user_agent":"GitHub-Hookshot/1","delivery":"d-1"})");
}

TEST(WebhookEvents, HaveNoHeadersThatCarrySecrets) {
    auto sent = json_sent("{}");
    for (const auto* name : {"Authorization", "Proxy-Authorization", "Cookie", "X-Gitlab-Token", "X-Hub-Signature",
                             "Stripe-Signature", "X-Mine", "X-Api-Key", "X-Own"}) {
        sent.headers.emplace_back(name, "hush");
    }
    const auto config = config_of(R"({"hmac": {"enabled": false, "header": "x-mine"},
        "auth": {"enabled": false, "header": "X-OWN"}})");

    EXPECT_THAT(to_text(*event(config, sent, WebhookForm::raw).config), Not(HasSubstr("hush")));
}

} // namespace
} // namespace attune::logic::webhooks
