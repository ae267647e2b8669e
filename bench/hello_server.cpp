// The least that an HTTP server of ours does: answers every request with a few words, until it is killed. Prints its
// port.
#include "adapters/http/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdio>

namespace attune {
namespace {

class Hello final : public api::HttpHandler {
public:
    std::size_t body_limit(const api::RawRequest&) const override { return kEagerBody; }
    task<api::RawResponse> handle(api::RawRequest) override {
        api::RawResponse out;
        out.body = R"({"data":"hello, world"})";
        co_return out;
    }
};

} // namespace
} // namespace attune

int main() {
    attune::asio::io_context loop{1};
    attune::Hello hello;
    attune::http::HttpServer server(loop.get_executor(), hello);
    if (!server.listen("127.0.0.1", 0)) return 1;
    std::printf("%u\n", static_cast<unsigned>(server.port()));
    std::fflush(stdout);
    loop.run();
    return 0;
}
