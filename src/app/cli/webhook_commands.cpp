#include "app/cli/webhook_commands.hpp"

#include "app/cli/request_body.hpp"
#include "app/cli/requests.hpp"
#include "base/text.hpp"

namespace attune::app::cli {
namespace {

using enum Parameter::Kind;
using Parameters = std::vector<Parameter>;

const Parameter kTrigger{"ref", "The trigger's ref (<pack>.<name>).", one, true};

/// A secret in a file ends with a newline that nobody meant.
json::value line_of(const Arguments& args, const std::string& option) {
    auto text = args.text(option);
    if (text.ends_with('\n')) text.pop_back();
    return json::value(json::string(text));
}

/// The parts that options give, over --config.
json::object with_parts(json::object config, const Arguments& args, json::object given) {
    const auto put = [&](const char* part, const char* member, json::value value) {
        auto& slot = config[part];
        if (!slot.is_object()) slot.emplace_object();
        slot.get_object()[member] = std::move(value);
    };
    if (args.has("secret")) put("hmac", "secret", line_of(args, "secret"));
    if (args.has("algorithm")) put("hmac", "algorithm", json::value(json::string(args.text("algorithm"))));
    if (args.has("token")) put("auth", "secret", line_of(args, "token"));
    if (args.has("allow")) put("ip_whitelist", "ips", given.at("allow"));
    if (args.has("requests")) put("rate_limit", "requests", given.at("requests"));
    if (args.has("window-seconds")) put("rate_limit", "window_seconds", given.at("window_seconds"));
    for (const auto* member : {"provider", "payload_size_limit_kb"}) {
        if (const auto* value = given.if_contains(member)) config[member] = *value;
    }
    return config;
}

Result<ApiRequest> set_webhook(const Arguments& args) {
    RequestBody body(args);
    body.json("config", "config")
        .text("provider", "provider")
        .texts("allow", "allow")
        .integer("requests", "requests")
        .integer("window_seconds", "window-seconds")
        .integer("payload_size_limit_kb", "size-limit-kb");
    TRY(auto taken, body.take());
    auto& given = taken.as_object();
    json::object config;
    if (const auto* whole = given.if_contains("config")) {
        if (!whole->is_object()) return invalid("--config", "expected a JSON object");
        config = whole->get_object();
    }
    config = with_parts(std::move(config), args, given);
    if (config.empty()) return invalid("", "nothing to change was given (see --help)");
    auto request = item_request("PUT", "triggers", args.text("ref"), "/webhook");
    request.body = std::move(config);
    return request;
}

auto of_trigger(std::string method, std::string suffix) {
    return [=](const Arguments& args) -> Result<ApiRequest> {
        return item_request(method, "triggers", args.text("ref"), suffix);
    };
}

Result<ApiRequest> list_hits(const Arguments& args) {
    return list_request(args, fmt::format("triggers/{}/webhook/hits", url_encode(args.text("ref"))), "per_page",
                        {{"verdict", "verdict"}, {"address", "address"}, {"delivery", "delivery"}});
}

Parameters settings() {
    return {
        kTrigger,
        {"--provider", "Who calls: generic, github, gitlab, stripe, slack or alertmanager."},
        {"--secret", "What requests are signed with. @- reads it from stdin: arguments are seen by everybody here.",
         one, false, true},
        {"--algorithm", "How they are signed: sha256, or sha1, sha512."},
        {"--token", "A secret that requests carry, in the provider's way. @- reads it from stdin.", one, false, true},
        {"--allow", "An address or a range that may call, and nobody else. Repeatable.", many},
        {"--requests", "At most so many requests of one address ..."},
        {"--window-seconds", "... in so many seconds."},
        {"--size-limit-kb", "Longer bodies are refused."},
        {"--config", "Any of its members (a JSON object); null takes one away.", one, false, true}};
}

} // namespace

std::vector<Command> webhook_commands() {
    auto hits = Parameters{kTrigger,
                           {"--verdict", "Only those with this verdict."},
                           {"--address", "Only those of this client."},
                           {"--delivery", "Only those with this id of a delivery."}};
    const auto& paging = paging_options();
    hits.insert(hits.end(), paging.begin(), paging.end());
    return {{"webhook show",
             "Show the webhook of a trigger: its paths and what it asks for.",
             {kTrigger},
             of_trigger("GET", "/webhook")},
            {"webhook enable",
             "Let others report at the webhook of a trigger.",
             {kTrigger},
             of_trigger("POST", "/webhooks/enable")},
            {"webhook disable",
             "Close the webhook of a trigger; its key is gone.",
             {kTrigger},
             of_trigger("POST", "/webhooks/disable")},
            {"webhook regenerate",
             "Give the webhook of a trigger a new key; the old one is of no use any more.",
             {kTrigger},
             of_trigger("POST", "/webhooks/regenerate")},
            {"webhook set", "Change what the webhook of a trigger asks of its callers.", settings(), set_webhook},
            {"webhook hits",
             "List the requests to the webhook of a trigger, newest first.",
             hits,
             list_hits,
             {{"ID", "id"},
              {"VERDICT", "verdict"},
              {"STATUS", "status"},
              {"ADDRESS", "address"},
              {"DELIVERY", "delivery"},
              {"EVENT", "event"},
              {"COUNT", "count"},
              {"CREATED", "created"}}}};
}

} // namespace attune::app::cli
