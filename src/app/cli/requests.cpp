#include "app/cli/requests.hpp"

#include "app/cli/request_body.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace attune::app::cli {
namespace {

constexpr std::string_view kBase = "/api/v1/";

} // namespace

std::string Arguments::text(const std::string& name, std::string fallback) const {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? fallback : found->second.front();
}

std::vector<std::string> Arguments::all(const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>{} : found->second;
}

std::string url_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return out;
}

Result<json::object> read_assignments(const std::vector<std::string>& assignments, const std::string& option) {
    json::object out;
    for (const auto& one : assignments) {
        const auto equals = one.find('=');
        if (equals == 0 || equals == std::string::npos) {
            return invalid(option, fmt::format("expected name=value, got '{}'", one));
        }
        const auto text = one.substr(equals + 1);
        auto value = parse_json(text);
        out[one.substr(0, equals)] = value ? *std::move(value) : json::value(json::string(text));
    }
    return out;
}

Result<ApiRequest> list_request(const Arguments& args, std::string_view collection, std::string_view size_name,
                                const Filters& filters) {
    std::string query;
    const auto add = [&](std::string_view name, const std::string& value) {
        query += fmt::format("{}{}={}", query.empty() ? '?' : '&', name, url_encode(value));
    };
    for (const auto& [name, option] : Filters{{"page", "page"}, {std::string(size_name), "limit"}}) {
        if (!args.has(option)) continue;
        const auto text = args.text(option);
        if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) {
            return invalid("--" + option, fmt::format("expected a whole number, got '{}'", text));
        }
        add(name, text);
    }
    for (const auto& [name, option] : filters) {
        if (args.has(option)) add(name, args.text(option));
    }
    return ApiRequest{.path = fmt::format("{}{}{}", kBase, collection, query)};
}

ApiRequest collection_request(std::string_view method, std::string_view path) {
    return {.method = std::string(method), .path = fmt::format("{}{}", kBase, path)};
}

ApiRequest item_request(std::string_view method, std::string_view collection, const std::string& key,
                        std::string_view suffix) {
    return {.method = std::string(method),
            .path = fmt::format("{}{}/{}{}", kBase, collection, url_encode(key), suffix)};
}

Result<ApiRequest> register_pack(const Arguments& args) {
    RequestBody body(args);
    body.text("path", "path").flag("force", "force").flag("skip_tests", "skip-tests");
    return with_body(collection_request("POST", "packs/register"), body);
}

Result<ApiRequest> upload_pack(const Arguments& args) {
    auto request = collection_request("POST", "packs/upload");
    request.upload = args.text("file");
    if (args.has("force")) request.fields.emplace_back("force", "true");
    if (args.has("skip-tests")) request.fields.emplace_back("skip_tests", "true");
    return request;
}

Result<ApiRequest> execute_action(const Arguments& args) {
    RequestBody body(args);
    body.text("action_ref", "ref")
        .object("parameters", "params-json", "param")
        .assignments("parameters", "parameter", "parameter")
        .object("env_vars", "env-json", "env");
    return with_body(collection_request("POST", "executions/execute"), body);
}

Result<ApiRequest> rerun_execution(const Arguments& args) {
    RequestBody body(args);
    body.object("parameters", "params-json", "param").object("env_vars", "env-json", "env");
    return with_body(item_request("POST", "executions", args.text("id"), "/rerun"), body);
}

Result<ApiRequest> fire_trigger(const Arguments& args) {
    RequestBody body(args);
    body.json("payload", "payload").assignments("payload", "param", "--param");
    return with_body(item_request("POST", "triggers", args.text("ref"), "/fire"), body);
}

Result<ApiRequest> pause_timer(const Arguments& args) {
    RequestBody body(args);
    body.text("note", "note").text("until", "until");
    return with_body(item_request("POST", "timers", args.text("id"), "/pause"), body);
}

Result<ApiRequest> cordon_worker(const Arguments& args) {
    RequestBody body(args);
    body.text("reason", "reason");
    return with_body(item_request("POST", "workers", args.text("id"), "/cordon"), body);
}

Result<ApiRequest> backfill_timer(const Arguments& args) {
    RequestBody body(args);
    body.text("from", "from").text("to", "to");
    TRY(auto request, with_body(item_request("POST", "timers", args.text("id"), "/backfill"), body));
    request.body->as_object()["dry_run"] = !args.has("run");
    return request;
}

} // namespace attune::app::cli
