#include "adapters/http/request_reader.hpp"

#include "base/text.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace attune::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using View = beast::string_view;

constexpr std::size_t kEagerReserve = std::size_t{1} << 20U;

std::string text_of(View view) {
    return {view.data(), view.size()};
}

Refusal bad_request(std::string text) {
    return {400, "BAD_REQUEST", std::move(text)};
}

} // namespace

/// Beast calls the on_..._impl members as it goes; they write straight into the request.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
public:
    explicit Parser(std::size_t header_bytes) : header_bytes_(header_bytes) {
        header_limit(static_cast<std::uint32_t>(header_bytes));
        // The limit depends on the route, which the header tells.
        body_limit(boost::none);
    }

    std::size_t feed(std::string_view bytes) {
        std::size_t used = skip_blank_lines(bytes);
        while (!refusal_ && !is_done() && used < bytes.size()) {
            const bool in_header = !is_header_done();
            eager(!in_header);
            error_code error;
            const auto taken = put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
            used += taken;
            if (in_header) header_seen_ += taken;
            if (error && error != beast::http::error::need_more) refuse(error);
            if (!is_header_done() && header_seen_ + bytes.size() - used > header_bytes_) {
                refuse(beast::http::error::header_limit);
            }
            if (error || in_header) break;
        }
        return used;
    }

    void set_body_limit(std::size_t bytes) {
        limit_ = bytes;
        if (content_length().value_or(0) > bytes) refuse(beast::http::error::body_limit);
        body_limit(bytes);
    }

    api::RawRequest request_;
    std::optional<Refusal> refusal_;
    bool is_1_1_ = false;
    bool expects_continue_ = false;

private:
    std::size_t skip_blank_lines(std::string_view bytes) {
        if (started_) return 0;
        const auto first = bytes.find_first_not_of("\r\n");
        if (first == std::string_view::npos) return bytes.size();
        started_ = true;
        return first;
    }

    void refuse(error_code error) {
        if (refusal_) return;
        if (error == beast::http::error::header_limit) {
            refusal_ = {431, "BAD_REQUEST", fmt::format("the request header is over {} bytes", header_bytes_)};
        } else if (error == beast::http::error::body_limit) {
            refusal_ = {413, "BAD_REQUEST", fmt::format("the request body is over {} bytes", limit_)};
        } else {
            refusal_ = bad_request(fmt::format("this is not an HTTP request: {}", error.message()));
        }
    }

    void on_request_impl(beast::http::verb, View method, View target, int version, error_code&) override {
        request_.method = api::parse_method({method.data(), method.size()});
        is_1_1_ = version >= 11;
        if (version != 10 && version != 11) {
            refusal_ = {505, "BAD_REQUEST", "this server speaks HTTP/1.1"};
        } else if (const auto read = api::parse_target({target.data(), target.size()}, request_); !read) {
            refusal_ = bad_request(read.error().message);
        }
    }

    void on_field_impl(beast::http::field, View name, View value, error_code&) override {
        // What follows a chunked body (trailers) is dropped.
        if (!header_over_) request_.headers.add(text_of(name), text_of(value));
    }

    void on_header_impl(error_code&) override {
        header_over_ = true;
        if (refusal_) return;
        const auto& headers = request_.headers;
        const auto hosts = headers.count("host");
        if (hosts > 1 || (is_1_1_ && hosts == 0)) {
            refusal_ = bad_request("expected exactly one Host field");
        }
        // An encoding we do not know would hide where the body ends.
        if (headers.count("transfer-encoding") > 1 ||
            (headers.count("transfer-encoding") == 1 && to_lower(headers.get("transfer-encoding")) != "chunked")) {
            refusal_ = {501, "NOT_IMPLEMENTED", "the only Transfer-Encoding understood is chunked"};
        }
        if (const auto expect = to_lower(headers.get("expect")); !expect.empty() && is_1_1_) {
            expects_continue_ = expect == "100-continue";
            if (!expects_continue_) refusal_ = {417, "BAD_REQUEST", "the only Expect understood is 100-continue"};
        }
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
        if (length) request_.body.reserve(std::min<std::uint64_t>(*length, kEagerReserve));
    }
    std::size_t on_body_impl(View body, error_code&) override {
        request_.body.append(body.data(), body.size());
        return body.size();
    }
    std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code& error) override {
        return on_body_impl(body, error);
    }
    void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
    void on_response_impl(int, View, int, error_code&) override {}
    void on_finish_impl(error_code&) override {}

    std::size_t header_bytes_;
    std::size_t header_seen_ = 0;
    std::size_t limit_ = 0;
    bool started_ = false;
    bool header_over_ = false;
};

RequestReader::RequestReader(std::size_t header_bytes) : parser_(std::make_unique<Parser>(header_bytes)) {}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::feed(std::string_view bytes) {
    return parser_->feed(bytes);
}
const std::optional<Refusal>& RequestReader::refusal() const {
    return parser_->refusal_;
}
bool RequestReader::header_done() const {
    return parser_->is_header_done();
}
bool RequestReader::done() const {
    return parser_->is_done();
}
void RequestReader::set_body_limit(std::size_t bytes) {
    parser_->set_body_limit(bytes);
}
std::optional<std::uint64_t> RequestReader::content_length() const {
    if (!header_done()) return std::nullopt;
    const auto length = parser_->content_length();
    return length ? std::optional(*length) : std::nullopt;
}
bool RequestReader::has_body() const {
    return parser_->chunked() || parser_->content_length().value_or(0) > 0;
}
bool RequestReader::expects_continue() const {
    return parser_->expects_continue_;
}
bool RequestReader::keeps_alive() const {
    return parser_->keep_alive();
}
bool RequestReader::is_http_1_1() const {
    return parser_->is_1_1_;
}
api::RawRequest& RequestReader::request() {
    return parser_->request_;
}

} // namespace attune::http
