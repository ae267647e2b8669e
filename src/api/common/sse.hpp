#pragma once
#include "api/http_message.hpp"
#include "base/timestamp.hpp"

/// Server-sent events (text/event-stream).
namespace attune::api {

/// How long a silent stream waits before it says that it lives.
inline constexpr Duration kKeepAlive = 15s;
inline constexpr std::string_view kKeepAliveComment = ": keep-alive\n\n";

/// One message; `event` and `id` may be empty. Line ends of any kind in `data` arrive as "\n".
std::string sse_message(std::string_view data, std::string_view event = {}, std::string_view id = {});

/// The response that sends it.
RawResponse sse_response(std::unique_ptr<BodyStream> stream);

} // namespace attune::api
