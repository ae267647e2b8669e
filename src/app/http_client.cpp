// The only file that sees libcurl.
#include "app/http_client.hpp"

#include <curl/curl.h>
#include <fmt/core.h>
#include <fstream>

namespace attune::app {
namespace {

constexpr std::size_t kLongestAnswer = std::size_t{256} << 20U;
constexpr long kConnectTimeoutMs = 10'000;

/// What the callbacks of one exchange share.
struct Exchange {
    CURL* handle;
    const HttpRequest& request;
    HttpResponse response;
    bool ended_by_us = false;
    bool too_large = false;
};

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* context) {
    auto& exchange = *static_cast<Exchange*>(context);
    const std::string_view piece(bytes, size * count);
    long status = 0;
    curl_easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &status);
    if (exchange.request.on_data && status >= 200 && status < 300) {
        if (exchange.request.on_data(piece)) return piece.size();
        exchange.ended_by_us = true;
        return 0;
    }
    exchange.too_large = exchange.response.body.size() + piece.size() > kLongestAnswer;
    if (exchange.too_large) return 0;
    exchange.response.body += piece;
    return piece.size();
}

class CurlClient final : public HttpClient {
public:
    CurlClient() : handle_(curl_easy_init()) {}
    ~CurlClient() override { curl_easy_cleanup(handle_); }
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    Result<HttpResponse> send(const HttpRequest& request) override {
        if (handle_ == nullptr) return Error{Errc::internal, "libcurl cannot be started"};
        if (!request.upload.empty() && !std::ifstream(request.upload)) {
            return Error{Errc::not_found, fmt::format("the file '{}' cannot be read", request.upload)};
        }
        curl_easy_reset(handle_); // keeps the connection
        Exchange exchange{.handle = handle_, .request = request, .response = {}};
        curl_slist* headers = nullptr;
        for (const auto& [name, value] : request.headers) {
            headers = curl_slist_append(headers, fmt::format("{}: {}", name, value).c_str());
        }
        curl_mime* form = set_body(request);
        set_options(request, headers, exchange);
        const auto outcome = curl_easy_perform(handle_);
        curl_mime_free(form);
        curl_slist_free_all(headers);
        return finish(outcome, exchange);
    }

private:
    curl_mime* set_body(const HttpRequest& request) {
        curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (!request.upload.empty()) {
            auto* form = curl_mime_init(handle_);
            auto* file = curl_mime_addpart(form);
            curl_mime_name(file, "pack");
            curl_mime_filedata(file, request.upload.c_str());
            for (const auto& [name, value] : request.fields) {
                auto* field = curl_mime_addpart(form);
                curl_mime_name(field, name.c_str());
                curl_mime_data(field, value.data(), value.size());
            }
            curl_easy_setopt(handle_, CURLOPT_MIMEPOST, form);
            return form;
        }
        if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
            curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.body.c_str());
            curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        }
        return nullptr;
    }

    void set_options(const HttpRequest& request, curl_slist* headers, Exchange& exchange) {
        curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
        curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_);
        curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
        curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout / 1ms));
        curl_easy_setopt(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &on_body);
        curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &exchange);
        error_[0] = '\0';
    }

    Result<HttpResponse> finish(CURLcode outcome, Exchange& exchange) {
        long status = 0;
        curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
        exchange.response.status = static_cast<int>(status);
        if (outcome == CURLE_OK || exchange.ended_by_us) return std::move(exchange.response);
        if (exchange.too_large) return Error{Errc::too_large, "the answer is longer than 256 MiB"};
        const std::string why = error_[0] != '\0' ? error_ : curl_easy_strerror(outcome);
        if (outcome == CURLE_OPERATION_TIMEDOUT) return Error{Errc::timeout, why};
        return Error{Errc::unavailable, why};
    }

    CURL* handle_;
    char error_[CURL_ERROR_SIZE] = {};
};

} // namespace

std::unique_ptr<HttpClient> make_http_client() {
    return std::make_unique<CurlClient>();
}

} // namespace attune::app
