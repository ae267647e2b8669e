#include "logic/webhooks/content.hpp"
#include "logic/webhooks/webhook_test_support.hpp"

#include <gtest/gtest.h>

namespace attune::logic::webhooks {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";

Sent sent(std::string body, std::string type = "application/json") {
    return {{{"Content-Type", std::move(type)}}, std::move(body)};
}
std::string payload(const ReadContent& read) {
    if (const auto* refusal = std::get_if<Refusal>(&read)) return "refused: " + refusal->error.text();
    return to_text(std::get<Content>(read).payload);
}
std::optional<WebhookVerdict> refusal(const ReadContent& read) {
    const auto* found = std::get_if<Refusal>(&read);
    return found == nullptr ? std::nullopt : std::optional(found->verdict);
}

TEST(WebhookContent, IsThePayloadOfTheContractsForm) {
    const auto given =
        sent(R"({"payload": [1, "a"], "headers": {"x": "y"}, "source_ip": "1.2.3.4", "user_agent": "u"})");
    const auto read = read_wrapped(given.request());

    EXPECT_EQ(payload(read), R"([1,"a"])");
    EXPECT_EQ(to_text(json::value(*std::get<Content>(read).headers)), R"({"x":"y"})");
    EXPECT_EQ(std::get<Content>(read).source_ip, "1.2.3.4");
    EXPECT_EQ(std::get<Content>(read).user_agent, "u");
    const auto null = sent(R"({"payload": null, "headers": null})", "application/vnd.x+json; charset=utf-8");
    EXPECT_EQ(payload(read_wrapped(null.request())), "null");
}

TEST(WebhookContent, IsMissingInWhatIsNotTheContractsForm) {
    for (const auto* body : {"", "{", "[]", "null", "{}", R"({"Payload": 1})", R"({"payload": 1, "headers": []})",
                             R"({"payload": 1, "source_ip": 4})"}) {
        const auto given = sent(body);
        EXPECT_EQ(refusal(read_wrapped(given.request())), WebhookVerdict::bad_body) << body;
    }
    const auto form = sent("payload=1", kForm);
    EXPECT_EQ(refusal(read_wrapped(form.request())), WebhookVerdict::unsupported_type);
}

TEST(WebhookContent, IsTheWholeOfARawBody) {
    const auto given = sent(R"({"zen": "Keep it logically awesome."})");
    EXPECT_EQ(payload(read_raw(given.request(), Provider::github)), R"({"zen":"Keep it logically awesome."})");
    const auto broken = sent("{");
    EXPECT_EQ(refusal(read_raw(broken.request(), Provider::github)), WebhookVerdict::bad_body);
    EXPECT_EQ(payload(read_raw(Sent{}.request(), Provider::generic)), "null");
}

TEST(WebhookContent, IsOfAMediaTypeThatIsUnderstood) {
    for (const auto* type : {"text/plain", "application/xml", "multipart/form-data; boundary=b", "json", "text/json"}) {
        const auto given = sent("{}", type);
        EXPECT_EQ(refusal(read_raw(given.request(), Provider::generic)), WebhookVerdict::unsupported_type) << type;
    }
    const Sent none{{}, "{}"};
    EXPECT_EQ(refusal(read_raw(none.request(), Provider::generic)), WebhookVerdict::unsupported_type);
    auto packed = sent("{}");
    packed.headers.emplace_back("Content-Encoding", "gzip");
    EXPECT_EQ(refusal(read_raw(packed.request(), Provider::generic)), WebhookVerdict::unsupported_type);
}

TEST(WebhookContent, IsTheFieldsOfAForm) {
    const auto form = sent("command=%2Fdeploy&text=web+app&empty=&bare&a=1&a=2&a=3&%C3%A9=%E2%82%AC", kForm);
    EXPECT_EQ(payload(read_raw(form.request(), Provider::slack)),
              "{\"command\":\"/deploy\",\"text\":\"web app\",\"empty\":\"\",\"bare\":\"\",\"a\":[\"1\",\"2\",\"3\"],"
              "\"\u00e9\":\"\u20ac\"}");
    const auto none = sent("&&", std::string(kForm) + "; charset=UTF-8");
    EXPECT_EQ(payload(read_raw(none.request(), Provider::generic)), "{}");
}

TEST(WebhookContent, IsTheJsonInAFormWhereTheProviderSendsThat) {
    const auto form = sent("payload=%7B%22action%22%3A%22opened%22%7D", kForm);
    EXPECT_EQ(payload(read_raw(form.request(), Provider::github)), R"({"action":"opened"})");
    EXPECT_EQ(payload(read_raw(form.request(), Provider::slack)), R"({"action":"opened"})");
    EXPECT_EQ(payload(read_raw(form.request(), Provider::generic)), R"({"payload":"{\"action\":\"opened\"}"})");
    const auto broken = sent("payload=%7B", kForm);
    EXPECT_EQ(refusal(read_raw(broken.request(), Provider::github)), WebhookVerdict::bad_body);
}

TEST(WebhookForms, AreBounded) {
    std::string body;
    for (std::size_t i = 0; i < kMostFields; ++i) body += "a=1&";
    EXPECT_TRUE(parse_form(body));
    EXPECT_FALSE(parse_form(body + "b=1"));
}

TEST(WebhookForms, HaveNoBrokenSequencesAndNoBytesThatAreNoText) {
    EXPECT_FALSE(parse_form("a=%"));
    EXPECT_FALSE(parse_form("%zz=1"));
    EXPECT_EQ(to_text(json::value(parse_form("a=%FF%00").value())), "{\"a\":\"\ufffd\ufffd\"}");
}

} // namespace
} // namespace attune::logic::webhooks
