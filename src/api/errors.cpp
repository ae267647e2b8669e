#include "api/errors.hpp"

#include "base/log.hpp"

namespace attune::api {

ErrorFace face_of(Errc code) {
    switch (code) {
    case Errc::bad_request: return {400, "BAD_REQUEST"};
    case Errc::invalid: return {422, "VALIDATION_ERROR"};
    case Errc::unauthenticated: return {401, "UNAUTHORIZED"};
    case Errc::forbidden: return {403, "FORBIDDEN"};
    case Errc::not_found: return {404, "NOT_FOUND"};
    case Errc::conflict: return {409, "CONFLICT"};
    case Errc::too_large: return {413, "BAD_REQUEST"};
    case Errc::unsupported: return {415, "BAD_REQUEST"};
    case Errc::too_many: return {429, "TOO_MANY_REQUESTS"};
    case Errc::timeout: return {504, "GATEWAY_TIMEOUT"};
    case Errc::cancelled:
    case Errc::unavailable: return {503, "SERVICE_UNAVAILABLE"};
    case Errc::not_implemented: return {501, "NOT_IMPLEMENTED"};
    case Errc::internal: return {500, "INTERNAL_SERVER_ERROR"};
    }
    return {500, "INTERNAL_SERVER_ERROR"};
}

RawResponse json_response(int status, const json::value& body) {
    RawResponse response;
    response.status = status;
    response.headers.add("Cache-Control", "no-store");
    response.body = to_text(body);
    return response;
}

RawResponse error_response(const Error& error) {
    const auto face = face_of(error.code);
    if (error.code == Errc::internal) {
        log::error("internal error: {} ({}:{})", error.text(), error.where.file_name(), error.where.line());
        return error_response(face.status, face.code, "an internal error occurred; the server's log has the details");
    }
    json::object body{{"error", error.text()}, {"code", face.code}};
    if (!error.field.empty()) body["field"] = error.field;
    auto response = json_response(face.status, json::value(std::move(body)));
    if (face.status == 429 || face.status == 503) response.headers.add("Retry-After", "1");
    return response;
}

RawResponse error_response(int status, std::string_view code, std::string_view text) {
    return json_response(status, json::value(json::object{{"error", text}, {"code", code}}));
}

RawResponse bearer_error_response(std::string_view message) {
    auto response =
        json_response(401, json::value(json::object{{"error", json::object{{"code", 401}, {"message", message}}}}));
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

} // namespace attune::api
