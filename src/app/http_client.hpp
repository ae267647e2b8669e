#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::app {

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::string upload = {};                                      ///< a file sent as the multipart field "pack"
    std::vector<std::pair<std::string, std::string>> fields = {}; ///< further multipart fields
    Duration timeout = 60s;                                       ///< of the whole exchange; 0 = none (streams)
    /// When set, gets the pieces of a 2xx answer's body instead of `body`; false ends the exchange.
    std::function<bool(std::string_view)> on_data = {};
};

struct HttpResponse {
    int status = 0;
    std::string body;
};

/// Sends requests one at a time.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    /// Errors: `unavailable` (no connection), `timeout`, `not_found` (the file to upload), `too_large` (an answer over
    /// 256 MiB).
    virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

/// The real one (libcurl). Follows no redirects.
std::unique_ptr<HttpClient> make_http_client();

} // namespace attune::app
