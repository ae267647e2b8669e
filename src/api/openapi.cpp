#include "api/openapi.hpp"

#include "base/embedded.hpp"
#include "base/text.hpp"

namespace attune::embedded {
std::span<const File> api_pages();
}

namespace attune::api {
namespace {

json::object reference(std::string_view name) {
    return {{"$ref", fmt::format("#/components/{}", name)}};
}

json::object in_json(json::value schema) {
    return {{"application/json", json::object{{"schema", std::move(schema)}}}};
}

json::object object_schema(json::object properties, json::array required) {
    return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

/// "{path...}" is written "{path}".
std::string path_of(const Route& route) {
    std::string out;
    for (const auto& segment : route.segments) {
        out += '/';
        out += is_parameter(segment) ? "{" + parameter_name(segment) + "}" : segment;
    }
    return out.empty() ? "/" : out;
}

json::value path_schema(const Route& route, const std::string& name) {
    const auto* type = route.signature.path;
    if (type != nullptr && type->kind != Kind::structure) return json::value(schema_of(*type));
    if (const auto* field = type == nullptr ? nullptr : type->structure().find(name)) {
        return json::value(schema_of(*field->type));
    }
    return json::value(json::object{{"type", "string"}});
}

json::array parameters_of(const Route& route) {
    json::array out;
    for (const auto& name : route.parameter_names()) {
        out.emplace_back(
            json::object{{"name", name}, {"in", "path"}, {"required", true}, {"schema", path_schema(route, name)}});
    }
    if (route.signature.query != nullptr) {
        for (const auto& field : route.signature.query->structure().fields) {
            out.emplace_back(json::object{{"name", json::string(field.name)},
                                          {"in", "query"},
                                          {"required", false},
                                          {"schema", schema_of(*field.type)}});
        }
    }
    return out;
}

json::value result_schema(const Route& route, json::object& components) {
    const auto item = [&] { return schema_ref(*route.signature.result_item, components); };
    switch (route.signature.result) {
    case ResultKind::data:
        return json::value(object_schema({{"data", item()}, {"message", json::object{{"type", "string"}}}}, {"data"}));
    case ResultKind::page:
        return json::value(object_schema({{"items", json::object{{"type", "array"}, {"items", item()}}},
                                          {"pagination", schema_ref(type_of<Pagination>, components)}},
                                         {"items", "pagination"}));
    case ResultKind::deleted:
        return json::value(object_schema(
            {{"success", json::object{{"type", "boolean"}}}, {"message", json::object{{"type", "string"}}}},
            {"success", "message"}));
    case ResultKind::bare: return item();
    case ResultKind::raw: break;
    }
    return json::value(json::object{});
}

json::object success_of(const Route& route, json::object& components) {
    json::object out{{"description", "Success"}};
    if (route.signature.result != ResultKind::raw) {
        out["content"] = in_json(result_schema(route, components));
    } else if (!route.declared.media_type.empty()) {
        out["content"] = json::object{{route.declared.media_type, json::object{}}};
    }
    return out;
}

/// The failures that this route can have by its declaration; those of its own logic come under "default".
json::object responses_of(const Route& route, json::object& components) {
    json::object out{{std::to_string(route.declared.status), success_of(route, components)}};
    if (route.declared.access != Access::open) {
        out["401"] = reference("responses/Unauthenticated");
        out["403"] = reference("responses/Error");
    }
    if (!route.parameter_names().empty()) out["404"] = reference("responses/Error");
    if (route.signature.body != nullptr) out["422"] = reference("responses/Error");
    out["default"] = reference("responses/Error");
    return out;
}

std::string access_note(const Route& route) {
    const auto& rule = route.declared;
    const auto right = fmt::format("{}:{}", enum_name(rule.resource), enum_name(rule.right));
    switch (rule.access) {
    case Access::open: return "Needs no token.";
    case Access::needs: return fmt::format("Needs the right `{}`.", right);
    case Access::needs_some: return fmt::format("Needs the right `{}` on what it touches.", right);
    case Access::authenticated:
    case Access::undeclared: break;
    }
    return "Needs a token.";
}

/// "getApiV1RulesRef": unique, as methods and paths are.
std::string operation_id(const Route& route) {
    std::string out(enum_name(route.method));
    bool start = true;
    for (const char c : path_of(route)) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        start = !letter;
    }
    return out;
}

json::object operation_of(const Route& route, json::object& components) {
    const auto& declared = route.declared;
    json::object out{{"operationId", operation_id(route)}, {"summary", declared.summary}};
    out["description"] = declared.description.empty()
                             ? access_note(route)
                             : fmt::format("{}\n\n{}", declared.description, access_note(route));
    out["tags"] = json::array{json::value(json::string(declared.tag))};
    if (auto parameters = parameters_of(route); !parameters.empty()) out["parameters"] = std::move(parameters);
    if (route.signature.body != nullptr) {
        out["requestBody"] = json::object{{"required", !route.signature.body->is_optional()},
                                          {"content", in_json(schema_ref(*route.signature.body, components))}};
    }
    out["responses"] = responses_of(route, components);
    if (declared.access == Access::open) out["security"] = json::array{};
    return out;
}

json::object shared_responses() {
    const json::object text{{"type", "string"}};
    auto error = object_schema({{"error", text}, {"code", text}, {"field", text}}, {"error", "code"});
    auto refused =
        object_schema({{"error", object_schema({{"code", json::object{{"type", "integer"}}}, {"message", text}},
                                               {"code", "message"})}},
                      {"error"});
    return {{"Error",
             json::object{{"description", "What went wrong"}, {"content", in_json(json::value(std::move(error)))}}},
            {"Unauthenticated",
             json::object{{"description", "No valid token"}, {"content", in_json(json::value(std::move(refused)))}}}};
}

} // namespace

json::object openapi_document(const std::deque<Route>& routes) {
    json::object schemas;
    json::object paths;
    for (const auto& route : routes) {
        auto& path = paths[path_of(route)];
        if (!path.is_object()) path.emplace_object();
        path.get_object()[to_lower(method_name(route.method))] = operation_of(route, schemas);
    }
    json::object bearer{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
    json::object components{{"schemas", std::move(schemas)},
                            {"responses", shared_responses()},
                            {"securitySchemes", json::object{{"bearer", std::move(bearer)}}}};
    json::object security{{"bearer", json::array{}}};
    return {{"openapi", "3.1.0"},
            {"info", json::object{{"title", "Attune"}, {"version", "1"}}},
            {"security", json::array{json::value(std::move(security))}},
            {"paths", std::move(paths)},
            {"components", std::move(components)}};
}

task<Result<Raw>> DocsRoutes::document() {
    if (text_.empty()) text_ = to_text(json::value(openapi_document(router_.routes())));
    Raw response;
    response.body = text_;
    co_return response;
}

task<Result<Raw>> DocsRoutes::page() {
    Raw response;
    response.content_type = "text/html; charset=utf-8";
    // The page has its own script and style and may fetch from here alone.
    response.headers.add("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; "
                                                    "style-src 'unsafe-inline'; connect-src 'self'; "
                                                    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    response.body = embedded::api_pages().front().text;
    co_return response;
}

void DocsRoutes::declare(Router& r) {
    r.get("/api-spec/openapi.json", &DocsRoutes::document, *this)
        .summary("This document")
        .tag("docs")
        .produces("application/json")
        .open();
    r.get("/docs", &DocsRoutes::page, *this)
        .summary("A page to read this document")
        .tag("docs")
        .produces("text/html")
        .open();
}

} // namespace attune::api
