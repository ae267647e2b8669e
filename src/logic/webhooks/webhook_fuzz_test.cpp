// Seeded random input: nothing that a stranger sends crashes, hangs, passes without the secret, or is not text.
#include "logic/webhooks/judgement.hpp"
#include "logic/webhooks/providers.hpp"
#include "logic/webhooks/webhook_event.hpp"
#include "logic/webhooks/webhook_test_support.hpp"

#include <gtest/gtest.h>
#include <random>

namespace attune::logic::webhooks {
namespace {

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::string bytes(std::size_t most) {
        std::string out(below(most), '\0');
        for (auto& c : out) c = static_cast<char>(random_());
        return out;
    }
    /// A few pieces of this, with random bytes between them now and then.
    std::string of(std::span<const std::string_view> pieces, std::size_t most) {
        std::string out;
        for (auto n = below(most); n > 0; --n) {
            out += pieces[below(pieces.size())];
            if (below(20) == 0) out += bytes(4);
        }
        return out;
    }

private:
    std::mt19937 random_;
};

constexpr std::string_view kFormPieces[] = {"a",   "b",   "=", "&",   "+",       "%", "%4",  "%41", "%00",  "%ff",
                                            "%C3", "%A9", ";", "=&=", "payload", "[", "%7B", "%7D", "\xc3", "=1&"};
constexpr std::string_view kJsonPieces[] = {"{",
                                            "}",
                                            "[",
                                            "]",
                                            ":",
                                            ",",
                                            "\"",
                                            "\"id\"",
                                            "\"type\"",
                                            "\"payload\"",
                                            "\"url_verification\"",
                                            "\"challenge\"",
                                            "\"event_id\"",
                                            "1",
                                            "null",
                                            "{\"payload\":",
                                            "\\u0000",
                                            "\\ud800",
                                            "1e999",
                                            " "};
constexpr std::string_view kSignaturePieces[] = {
    "sha256=", "sha1=",  "v0=", "v1=",  "t=",         ",",  "=",
    " ",       "0",      "00",  "ffff", "1700000000", "-1", "99999999999999999999",
    "Bearer ", "Basic ", "x",   "%",    "\t"};
constexpr std::string_view kNames[] = {"X-Webhook-Signature", "X-Hub-Signature-256",       "Stripe-Signature",
                                       "X-Slack-Signature",   "X-Slack-Request-Timestamp", "X-Gitlab-Token",
                                       "Authorization",       "X-Webhook-Token",           "Idempotency-Key",
                                       "X-GitHub-Delivery",   "Content-Encoding",          "User-Agent"};

Sent any_request(Generator& generator) {
    constexpr std::string_view kTypes[] = {"application/json", "application/x-www-form-urlencoded", "text/plain", ""};
    Sent out;
    const auto type = kTypes[generator.below(8) % 4];
    if (!type.empty()) out.headers.emplace_back("Content-Type", type);
    for (auto n = generator.below(4); n > 0; --n)
        out.headers.emplace_back(kNames[generator.below(std::size(kNames))], generator.of(kSignaturePieces, 6));
    out.body = generator.below(2) == 0 ? generator.of(kJsonPieces, 12) : generator.of(kFormPieces, 12);
    out.now = Timestamp{std::chrono::seconds{1'700'000'000}};
    return out;
}

TEST(WebhookFuzz, FormsAreTextOrRefused) {
    Generator generator(1);
    for (int i = 0; i < 30'000; ++i) {
        const auto body = i % 3 == 0 ? generator.bytes(40) : generator.of(kFormPieces, 20);
        const auto parsed = parse_form(body);
        if (!parsed) {
            EXPECT_FALSE(parsed.error().message.empty());
            continue;
        }
        const auto text = to_text(json::value(*parsed));
        EXPECT_TRUE(is_valid_utf8(text)) << body;
        EXPECT_TRUE(parse_json(text)) << body;
    }
}

TEST(WebhookFuzz, NobodyPassesWithoutTheSecret) {
    Generator generator(2);
    const auto hashing = real_hashing();
    std::vector<WebhookConfig> configs;
    for (const auto provider : enum_names<Provider>()) {
        configs.push_back(config_of(fmt::format(R"({{"provider": "{}", "hmac": {{"secret": "hush"}}}})", provider)));
        configs.push_back(config_of(fmt::format(R"({{"provider": "{}", "auth": {{"secret": "hush"}}}})", provider)));
    }
    for (int i = 0; i < 30'000; ++i) {
        const auto& config = configs[generator.below(configs.size())];
        const auto sent = any_request(generator);
        EXPECT_TRUE(refuse_stranger(config, sent.request(), hashing)) << to_text(to_json(config));
    }
}

TEST(WebhookFuzz, WhatIsRecordedIsText) {
    Generator generator(3);
    const auto hashing = real_hashing();
    Trigger trigger;
    trigger.id = {1};
    trigger.ref = "mine.hook";
    int recorded = 0;
    for (int i = 0; i < 30'000; ++i) {
        const auto provider = static_cast<Provider>(generator.below(enum_names<Provider>().size()));
        WebhookConfig config;
        config.provider.emplace(provider);
        const auto form = generator.below(2) == 0 ? WebhookForm::raw : WebhookForm::wrapped;
        const auto sent = any_request(generator);
        auto judgement = judge({config, true, 1000}, form, sent.request(), hashing);
        if (judgement.before_rate) {
            EXPECT_TRUE(is_valid_utf8(judgement.before_rate->error.text()));
            continue;
        }
        const auto event = event_of(trigger, config, form, sent.request(), std::move(judgement));
        const auto text = to_text(to_json(event));
        EXPECT_TRUE(is_valid_utf8(text));
        EXPECT_TRUE(parse_json(text));
        ++recorded;
    }
    EXPECT_GT(recorded, 1'000);
}

TEST(WebhookFuzz, ASignatureIsOfItsBodyAlone) {
    Generator generator(4);
    const auto hashing = real_hashing();
    const auto config = config_of(R"({"hmac": {"secret": "hush"}})");
    for (int i = 0; i < 5'000; ++i) {
        Sent sent;
        sent.body = generator.bytes(200);
        sent.headers = {{"X-Webhook-Signature", hex_encode(hashing.hmac(HashAlgorithm::sha256, "hush", sent.body))}};
        EXPECT_FALSE(refuse_stranger(config, sent.request(), hashing));
        sent.body += generator.bytes(3) + "x";
        EXPECT_TRUE(refuse_stranger(config, sent.request(), hashing));
    }
}

} // namespace
} // namespace attune::logic::webhooks
