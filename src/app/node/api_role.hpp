#pragma once
#include "adapters/http/http_server.hpp"
#include "app/node/infrastructure.hpp"
#include "app/node/role_part.hpp"

namespace attune::app {

/// Serves the HTTP API. Brings the core pack and the first administrator along. Errors: `unavailable`, `invalid`; they
/// name the setting.
Result<void> make_api_role(Infrastructure& shared, std::unique_ptr<RolePart>& made);

/// The bounds of an HTTP server of this process.
http::HttpServerOptions http_options(const ServerSettings& server);

/// Answers nothing more: what is under way has a bounded time.
void stop_http(Loop& loop, http::HttpServer& server);

} // namespace attune::app
