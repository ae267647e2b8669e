#pragma once
#include "api/http_message.hpp"
#include "base/json.hpp"

namespace attune::api {

/// The HTTP face of an Errc: the status, and the word clients test.
struct ErrorFace {
    int status;
    std::string_view code;
};
ErrorFace face_of(Errc code);

/// {"error": text, "code": ..., "field": when there is one}. The text of an internal error is logged, not sent.
RawResponse error_response(const Error& error);

/// The same envelope for a status that no Errc has (405, 408, 431...).
RawResponse error_response(int status, std::string_view code, std::string_view text);

/// 401 for a missing, invalid or expired bearer: {"error":{"code":401,"message":...}}.
RawResponse bearer_error_response(std::string_view message);

/// A JSON body that no cache keeps.
RawResponse json_response(int status, const json::value& body);

} // namespace attune::api
