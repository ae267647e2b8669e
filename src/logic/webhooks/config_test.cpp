#include "logic/webhooks/providers.hpp"
#include "logic/webhooks/webhook_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::webhooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Error refused(std::string_view text) {
    const auto parsed = parse_config(parse_json(text).value().as_object());
    return parsed ? Error{Errc::internal, "nothing is wrong"} : parsed.error();
}

TEST(WebhookConfig, AsksForNothingByDefault) {
    const auto config = config_of("{}");

    EXPECT_EQ(config.caller(), Provider::generic);
    EXPECT_EQ(hmac_of(config), nullptr);
    EXPECT_EQ(auth_of(config), nullptr);
    EXPECT_FALSE(rate_of(config));
    EXPECT_FALSE(allowed_addresses(config));
}

TEST(WebhookConfig, ReadsTheContractsForm) {
    const auto config =
        config_of(R"({"payload_size_limit_kb": 64, "ip_whitelist": {"enabled": true, "ips": ["10.0.0.0/8"]},
        "rate_limit": {"enabled": true, "requests": 10, "window_seconds": 60},
        "hmac": {"enabled": true, "secret": "s", "algorithm": "sha512"}})");

    EXPECT_EQ(config.payload_size_limit_kb, 64);
    EXPECT_TRUE(allowed_addresses(config)->contains(std::string_view("10.1.2.3")));
    EXPECT_EQ(rate_of(config)->requests, 10);
    EXPECT_EQ(hmac_of(config)->hash(), HashAlgorithm::sha512);
}

TEST(WebhookConfig, HasPartsThatAreSwitchedOff) {
    const auto config = config_of(R"({"ip_whitelist": {"enabled": false}, "rate_limit": {"enabled": false},
        "hmac": {"enabled": false}, "auth": {"enabled": false}})");

    EXPECT_EQ(hmac_of(config), nullptr);
    EXPECT_EQ(auth_of(config), nullptr);
    EXPECT_FALSE(rate_of(config));
    EXPECT_FALSE(allowed_addresses(config));
}

TEST(WebhookConfig, IsWrittenAsItWasRead) {
    constexpr const char* kText =
        R"({"provider":"slack","hmac":{"secret":"s","algorithm":"sha256"},"replay_window_seconds":60})";

    EXPECT_EQ(to_text(to_json(config_of(kText))), kText);
}

TEST(WebhookConfig, SaysWhichMemberIsWrong) {
    struct Case {
        const char* text;
        const char* field;
    };
    const Case cases[] = {
        {R"({"provider": "gogs"})", "provider"},
        {R"({"payload_size_limit_kb": 0})", "payload_size_limit_kb"},
        {R"({"payload_size_limit_kb": "1"})", "payload_size_limit_kb"},
        {R"({"ip_whitelist": {}})", "ip_whitelist.ips"},
        {R"({"ip_whitelist": {"ips": []}})", "ip_whitelist.ips"},
        {R"({"ip_whitelist": {"ips": ["10.0.0.0/8", "there"]}})", "ip_whitelist.ips[1]"},
        {R"({"rate_limit": {"requests": 0}})", "rate_limit.requests"},
        {R"({"rate_limit": {}})", "rate_limit.requests"},
        {R"({"rate_limit": {"requests": 1}})", "rate_limit.window_seconds"},
        {R"({"rate_limit": {"requests": 1001}})", "rate_limit.requests"},
        {R"({"rate_limit": {"requests": 1, "window_seconds": 3601}})", "rate_limit.window_seconds"},
        {R"({"hmac": {}})", "hmac.secret"},
        {R"({"hmac": {"secret": ""}})", "hmac.secret"},
        {R"({"hmac": {"secret": "s", "algorithm": "md5"}})", "hmac.algorithm"},
        {R"({"hmac": {"secret": "s", "header": "X Y"}})", "hmac.header"},
        {R"({"provider": "stripe", "hmac": {"secret": "s", "algorithm": "sha1"}})", "hmac.algorithm"},
        {R"({"auth": {}})", "auth.secret"},
        {R"({"auth": {"scheme": "digest", "secret": "s"}})", "auth.scheme"},
        {R"({"auth": {"scheme": "basic", "secret": "s"}})", "auth.username"},
        {R"({"auth": {"scheme": "basic", "secret": "s", "username": "a:b"}})", "auth.username"},
        {R"({"auth": {"scheme": "bearer", "secret": "s", "username": "a"}})", "auth.username"},
        {R"({"auth": {"scheme": "bearer", "secret": "s", "header": "X-A"}})", "auth.header"},
        {R"({"provider": "github", "replay_window_seconds": 60})", "replay_window_seconds"},
        {R"({"provider": "slack", "replay_window_seconds": 0})", "replay_window_seconds"},
        {R"({"delivery_header": ""})", "delivery_header"},
        {R"({"hmac": {"secret": "s", "key": 1}})", "hmac.key"},
    };
    for (const auto& one : cases) {
        const auto error = refused(one.text);
        EXPECT_EQ(error.code, Errc::invalid) << one.text;
        EXPECT_EQ(error.field, one.field) << one.text << ": " << error.message;
    }
}

TEST(WebhookConfig, SaysWhatMayBeMeant) {
    EXPECT_THAT(refused(R"({"rate_limt": {}})").message, HasSubstr("did you mean 'rate_limit'?"));
    EXPECT_THAT(refused(R"({"hmac": {"secrt": "s"}})").message, HasSubstr("did you mean 'secret'?"));
    EXPECT_THAT(refused(R"({"provider": "githup"})").message, HasSubstr("did you mean 'github'?"));
}

TEST(WebhookProviders, HaveTheirOwnHeaders) {
    const auto github = config_of(R"({"provider": "github", "hmac": {"secret": "s"}})");
    EXPECT_THAT(signature_headers(github, *github.hmac), ElementsAre("X-Hub-Signature-256"));
    const auto old = config_of(R"({"provider": "github", "hmac": {"secret": "s", "algorithm": "sha1"}})");
    EXPECT_THAT(signature_headers(old, *old.hmac), ElementsAre("X-Hub-Signature"));
    const auto own = config_of(R"({"provider": "github", "hmac": {"secret": "s", "header": "X-Mine"}})");
    EXPECT_THAT(signature_headers(own, *own.hmac), ElementsAre("X-Mine"));
    const auto gitlab = config_of(R"({"provider": "gitlab", "auth": {"secret": "s"}})");
    EXPECT_EQ(token_header(gitlab, *gitlab.auth), "X-Gitlab-Token");
    const auto alerts = config_of(R"({"provider": "alertmanager", "auth": {"secret": "s"}})");
    EXPECT_EQ(scheme_of(alerts, *alerts.auth), AuthScheme::bearer);
}

} // namespace
} // namespace attune::logic::webhooks
