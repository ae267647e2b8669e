// Signatures: what providers publish as examples, and what must not pass.
#include "logic/webhooks/webhook_test_support.hpp"

#include <gtest/gtest.h>

namespace attune::logic::webhooks {
namespace {

std::optional<WebhookVerdict> verdict(const WebhookConfig& config, const Sent& sent) {
    const auto refusal = refuse_stranger(config, sent.request(), real_hashing());
    return refusal ? std::optional(refusal->verdict) : std::nullopt;
}
std::string signature(HashAlgorithm algorithm, std::string_view key, std::string_view text) {
    return hex_encode(real_hashing().hmac(algorithm, key, text));
}
Timestamp unix_time(std::int64_t seconds) {
    return Timestamp{std::chrono::seconds{seconds}};
}

TEST(Authenticity, IsWhatGithubPublishesAsItsExample) {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const auto config = config_of(R"({"provider": "github", "hmac": {"secret": "It's a Secret to Everybody"}})");
    Sent sent{{{"X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
              "Hello, World!"};

    EXPECT_EQ(verdict(config, sent), std::nullopt);
    sent.body += " ";
    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_wrong);
}

TEST(Authenticity, IsWhatSlackPublishesAsItsExample) {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    const auto config = config_of(R"({"provider": "slack", "hmac": {"secret": "8f742231b10e8888abcd99yyyzzz85a5"}})");
    Sent sent{
        {{"X-Slack-Request-Timestamp", "1531420618"},
         {"X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"}},
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        "channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url="
        "https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
        "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"};
    sent.now = unix_time(1531420618 + 299);

    EXPECT_EQ(verdict(config, sent), std::nullopt);
    sent.now = unix_time(1531420618 + 301);
    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_expired);
    sent.now = unix_time(1531420618 - 301);
    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_expired);
    sent.headers[0].second = "1531420619";
    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_wrong) << "the time is signed, too";
    sent.headers.erase(sent.headers.begin());
    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_wrong);
}

TEST(Authenticity, IsAnyOfStripesSignaturesWithinItsTime) {
    const auto config =
        config_of(R"({"provider": "stripe", "hmac": {"secret": "whsec_test"}, "replay_window_seconds": 60})");
    const std::string body = R"({"id": "evt_1"})";
    const auto right = signature(HashAlgorithm::sha256, "whsec_test", "1700000000." + body);
    const auto other = signature(HashAlgorithm::sha256, "whsec_old", "1700000000." + body);
    Sent sent{{{"Stripe-Signature", fmt::format("t=1700000000,v1={},v1={},v0=00", other, right)}}, body};
    sent.now = unix_time(1700000060);

    EXPECT_EQ(verdict(config, sent), std::nullopt);
    sent.now = unix_time(1700000061);
    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_expired);
    sent.now = unix_time(1700000000);
    for (const auto& wrong : {fmt::format("t=1700000001,v1={}", right), fmt::format("v1={}", right),
                              fmt::format("t=1700000000,v0={}", right), std::string("t=1700000000"), std::string(),
                              std::string("t=,v1="), std::string(",,=,=,t=x,v1=zz")}) {
        sent.headers[0].second = wrong;
        EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_wrong) << wrong;
    }
}

TEST(Authenticity, NeedsATimeInASignatureOfStripes) {
    const auto config = config_of(R"({"provider": "stripe", "hmac": {"secret": "s"}})");
    const Sent sent{{{"Stripe-Signature", "v1=" + signature(HashAlgorithm::sha256, "s", "body")}}, "body"};

    EXPECT_EQ(verdict(config, sent), WebhookVerdict::signature_wrong);
}

TEST(Authenticity, TakesEachAlgorithmWithItsNameOrBare) {
    for (const auto algorithm : {HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha512}) {
        const auto name = std::string(enum_name(algorithm));
        const auto config = config_of(fmt::format(R"({{"hmac": {{"secret": "s", "algorithm": "{}"}}}})", name));
        const auto right = signature(algorithm, "s", "body");
        for (const auto& text : {name + "=" + right, right, to_upper(right), " " + right + " "}) {
            EXPECT_EQ(verdict(config, {{{"X-Webhook-Signature", text}}, "body"}), std::nullopt) << text;
            EXPECT_EQ(verdict(config, {{{"x-hub-signature-256", text}}, "body"}), std::nullopt) << text;
        }
    }
}

TEST(Authenticity, RefusesAnythingButTheSignature) {
    const auto config = config_of(R"({"hmac": {"secret": "s"}})");
    const auto right = signature(HashAlgorithm::sha256, "s", "body");
    for (const auto& wrong :
         {"sha1=" + right, "sha1=" + signature(HashAlgorithm::sha1, "s", "body"), "sha256=" + right.substr(1),
          right.substr(0, 62), right + "00", std::string(), std::string("sha256="), "md5=" + right, "=" + right,
          signature(HashAlgorithm::sha256, "t", "body")}) {
        EXPECT_EQ(verdict(config, {{{"X-Webhook-Signature", wrong}}, "body"}), WebhookVerdict::signature_wrong)
            << wrong;
    }
    EXPECT_EQ(verdict(config, {{{"X-Signature", right}}, "body"}), WebhookVerdict::signature_missing);
}

TEST(Authenticity, IsATokenInAHeader) {
    const auto config = config_of(R"({"provider": "gitlab", "auth": {"secret": "hush"}})");

    EXPECT_EQ(verdict(config, {{{"X-Gitlab-Token", "hush"}}, ""}), std::nullopt);
    EXPECT_EQ(verdict(config, {{{"X-Gitlab-Token", "hus"}}, ""}), WebhookVerdict::unauthorized);
    EXPECT_EQ(verdict(config, {{{"X-Gitlab-Token", ""}}, ""}), WebhookVerdict::unauthorized);
    EXPECT_EQ(verdict(config, {{}, ""}), WebhookVerdict::unauthorized);
    const auto own = config_of(R"({"auth": {"secret": "hush", "header": "X-Mine"}})");
    EXPECT_EQ(verdict(own, {{{"X-Mine", "hush"}}, ""}), std::nullopt);
    EXPECT_EQ(verdict(own, {{{"X-Webhook-Token", "hush"}}, ""}), WebhookVerdict::unauthorized);
}

TEST(Authenticity, IsBearerOrBasic) {
    const auto bearer = config_of(R"({"provider": "alertmanager", "auth": {"secret": "hush"}})");
    EXPECT_EQ(verdict(bearer, {{{"Authorization", "Bearer hush"}}, ""}), std::nullopt);
    EXPECT_EQ(verdict(bearer, {{{"Authorization", "bearer  hush "}}, ""}), std::nullopt);
    EXPECT_EQ(verdict(bearer, {{{"Authorization", "Basic hush"}}, ""}), WebhookVerdict::unauthorized);
    EXPECT_EQ(verdict(bearer, {{{"Authorization", "hush"}}, ""}), WebhookVerdict::unauthorized);

    const auto basic = config_of(
        R"({"provider": "alertmanager", "auth": {"scheme": "basic", "username": "Aladdin", "secret": "open sesame"}})");
    EXPECT_EQ(verdict(basic, {{{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}}, ""}),
              std::nullopt); // RFC 7617
    EXPECT_EQ(verdict(basic, {{{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZg=="}}, ""}),
              WebhookVerdict::unauthorized);
}

TEST(Authenticity, NeedsBothWhenBothAreAskedFor) {
    const auto config = config_of(R"({"auth": {"secret": "hush"}, "hmac": {"secret": "s"}})");
    const auto right = signature(HashAlgorithm::sha256, "s", "");

    EXPECT_EQ(verdict(config, {{{"X-Webhook-Token", "hush"}, {"X-Webhook-Signature", right}}, ""}), std::nullopt);
    EXPECT_EQ(verdict(config, {{{"X-Webhook-Token", "hush"}}, ""}), WebhookVerdict::signature_missing);
    EXPECT_EQ(verdict(config, {{{"X-Webhook-Signature", right}}, ""}), WebhookVerdict::unauthorized);
}

} // namespace
} // namespace attune::logic::webhooks
