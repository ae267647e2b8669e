#include "app/cli/requests.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace attune::app::cli {
namespace {

constexpr std::string_view kBase = "/api/v1/";

/// Collects the members of a request's body; the first error stands.
class Body {
public:
    explicit Body(const Arguments& args) : args_(args) {}

    Body& text(const std::string& member, const std::string& option) {
        if (args_.has(option)) object_[member] = args_.text(option);
        return *this;
    }
    Body& boolean(const std::string& member, const std::string& option) {
        if (!args_.has(option)) return *this;
        const auto word = to_lower(args_.text(option));
        if (word != "true" && word != "false") fail(option, "expected true or false");
        object_[member] = word == "true";
        return *this;
    }
    Body& flag(const std::string& member, const std::string& option) {
        if (args_.has(option)) object_[member] = true;
        return *this;
    }
    Body& texts(const std::string& member, const std::string& option) {
        if (!args_.has(option)) return *this;
        json::array out;
        for (const auto& one : args_.all(option)) out.emplace_back(one);
        object_[member] = std::move(out);
        return *this;
    }
    Body& json(const std::string& member, const std::string& option) {
        if (!args_.has(option)) return *this;
        auto value = parse_json(args_.text(option));
        if (!value) return fail(option, "expected JSON: " + value.error().message);
        object_[member] = *std::move(value);
        return *this;
    }
    /// An object from `whole` (JSON), with the assignments of `single` over it.
    Body& object(const std::string& member, const std::string& whole, const std::string& single) {
        json(member, whole);
        if (!args_.has(single)) return *this;
        auto given = read_assignments(args_.all(single), "--" + single);
        if (!given) return fail(single, given.error().message);
        auto& into = object_[member];
        if (!into.is_object() && !into.is_null()) return fail(whole, "expected a JSON object");
        if (into.is_null()) into = json::object{};
        for (auto& [key, value] : *given) into.get_object()[key] = std::move(value);
        return *this;
    }
    Result<json::value> take() {
        if (failure_) return *std::move(failure_);
        return json::value(std::move(object_));
    }

private:
    Body& fail(const std::string& option, std::string message) {
        if (!failure_) failure_ = invalid("--" + option, std::move(message));
        return *this;
    }
    const Arguments& args_;
    json::object object_;
    std::optional<Error> failure_;
};

Result<ApiRequest> with_body(std::string_view method, std::string_view path, Body& body) {
    TRY(auto value, body.take());
    return ApiRequest{
        .method = std::string(method), .path = std::string(kBase) + std::string(path), .body = std::move(value)};
}

/// "pack.name" of a name without its pack, when the pack is given; and the pack of a ref, when it is not.
struct RefAndPack {
    std::string ref;
    std::string pack;
};
RefAndPack qualify(const Arguments& args) {
    const auto name = args.text("name");
    const auto dot = name.find('.');
    if (dot == std::string::npos && args.has("pack")) return {args.text("pack") + "." + name, args.text("pack")};
    return {name, args.has("pack") ? args.text("pack") : name.substr(0, dot == std::string::npos ? 0 : dot)};
}

Body& rule_members(Body& body) {
    return body.text("label", "label")
        .text("description", "description")
        .text("trigger_ref", "trigger")
        .text("action_ref", "action")
        .json("conditions", "criteria")
        .object("action_params", "action-params", "param")
        .object("trigger_params", "trigger-params", "trigger-param")
        .boolean("enabled", "enabled");
}

Body& trigger_members(Body& body) {
    return body.text("label", "label")
        .text("description", "description")
        .json("param_schema", "param-schema")
        .json("out_schema", "out-schema")
        .boolean("enabled", "enabled");
}

Body& action_members(Body& body) {
    return body.text("label", "label")
        .text("description", "description")
        .text("entrypoint", "entrypoint")
        .text("runtime_ref", "runtime")
        .json("param_schema", "param-schema")
        .json("out_schema", "out-schema");
}

Body& calendar_members(Body& body) {
    return body.text("label", "label")
        .text("description", "description")
        .json("definition", "definition")
        .text("ics", "ics");
}

Body& pack_members(Body& body) {
    return body.text("label", "label")
        .text("description", "description")
        .text("version", "pack-version")
        .json("config", "config-values")
        .texts("tags", "tag");
}

/// Which options become members of a component's body.
struct Component {
    std::string_view collection;
    Body& (*members)(Body&);
};
constexpr Component kComponents[] = {{"packs", pack_members},
                                     {"triggers", trigger_members},
                                     {"rules", rule_members},
                                     {"actions", action_members},
                                     {"calendars", calendar_members}};

Body& members_of(std::string_view collection, Body& body) {
    const auto* found = std::ranges::find(kComponents, collection, &Component::collection);
    ATTUNE_ASSERT(found != std::end(kComponents));
    return found->members(body);
}

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

ApiRequest item_request(std::string_view method, std::string_view collection, const std::string& key,
                        std::string_view suffix) {
    return {.method = std::string(method),
            .path = fmt::format("{}{}/{}{}", kBase, collection, url_encode(key), suffix)};
}

Result<ApiRequest> create_pack(const Arguments& args) {
    Body body(args);
    body.text("ref", "ref");
    TRY(auto request, with_body("POST", "packs", pack_members(body)));
    auto& object = request.body->get_object();
    if (!object.contains("label")) object["label"] = args.text("ref");
    if (!object.contains("version")) object["version"] = "0.1.0";
    return request;
}

Result<ApiRequest> create_component(const Arguments& args, std::string_view collection) {
    Body body(args);
    TRY(auto request, with_body("POST", collection, members_of(collection, body)));
    const auto [ref, pack] = qualify(args);
    auto& object = request.body->get_object();
    if (pack.empty()) return invalid("name", fmt::format("expected <pack>.<name>, got '{}' (or give --pack)", ref));
    object["ref"] = ref;
    object["pack_ref"] = pack;
    if (!object.contains("label")) object["label"] = ref;
    return request;
}

Result<ApiRequest> update_component(const Arguments& args, std::string_view collection) {
    Body body(args);
    TRY(auto value, members_of(collection, body).take());
    if (value.get_object().empty()) return invalid("", "nothing to change was given (see --help)");
    auto request = item_request("PUT", collection, args.text("ref"));
    request.body = std::move(value);
    return request;
}

Result<ApiRequest> register_pack(const Arguments& args) {
    Body body(args);
    body.text("path", "path").flag("force", "force").flag("skip_tests", "skip-tests");
    return with_body("POST", "packs/register", body);
}

Result<ApiRequest> upload_pack(const Arguments& args) {
    ApiRequest request{.method = "POST", .path = std::string(kBase) + "packs/upload", .upload = args.text("file")};
    if (args.has("force")) request.fields.emplace_back("force", "true");
    if (args.has("skip-tests")) request.fields.emplace_back("skip_tests", "true");
    return request;
}

Result<ApiRequest> execute_action(const Arguments& args) {
    Body body(args);
    body.text("action_ref", "ref").object("parameters", "params-json", "param").object("env_vars", "env-json", "env");
    return with_body("POST", "executions/execute", body);
}

Result<ApiRequest> pause_timer(const Arguments& args) {
    Body body(args);
    body.text("note", "note").text("until", "until");
    auto request = item_request("POST", "timers", args.text("id"), "/pause");
    TRY(request.body, body.take());
    return request;
}

Result<ApiRequest> cordon_worker(const Arguments& args) {
    Body body(args);
    body.text("reason", "reason");
    auto request = item_request("POST", "workers", args.text("id"), "/cordon");
    TRY(request.body, body.take());
    return request;
}

Result<ApiRequest> backfill_timer(const Arguments& args) {
    Body body(args);
    body.text("from", "from").text("to", "to");
    auto request = item_request("POST", "timers", args.text("id"), "/backfill");
    TRY(request.body, body.take());
    request.body->as_object()["dry_run"] = !args.has("run");
    return request;
}

} // namespace attune::app::cli
