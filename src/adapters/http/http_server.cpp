#include "adapters/http/http_server.hpp"

#include "adapters/http/connection.hpp"
#include "api/errors.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "runtime/signal.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>

namespace attune::http {
namespace {

using asio::ip::tcp;
using Steady = Connection::Steady;

std::string text_of(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                      : fmt::format("{}:{}", address, endpoint.port());
}

Error cannot_listen(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
    std::string why = error.message();
    if (error == asio::error::address_in_use) why = "the address is in use; is another server running?";
    if (error == asio::error::access_denied) why = "that port needs a privilege; take one above 1023";
    return Error{Errc::unavailable, fmt::format("cannot listen on {}: {}", text_of(endpoint), why), "server.port"};
}

Result<tcp::acceptor> open_acceptor(const asio::any_io_executor& loop, const tcp::endpoint& endpoint) {
    boost::system::error_code error;
    tcp::acceptor acceptor(loop);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    // "::" is for IPv6 alone only when 0.0.0.0 is given too; by itself it takes both, which is the system's default.
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(endpoint, error);
    return acceptor;
}

Result<std::vector<tcp::endpoint>> resolve(const asio::any_io_executor& loop, const std::string& host,
                                           std::uint16_t port) {
    boost::system::error_code error;
    tcp::resolver resolver(loop);
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    // Minimal containers have no hosts file; the name means the loopback addresses all the same (RFC 6761,
    // section 6.3).
    if (error && host == "localhost") {
        return std::vector<tcp::endpoint>{{asio::ip::address_v4::loopback(), port},
                                          {asio::ip::address_v6::loopback(), port}};
    }
    if (error || found.empty()) return invalid("server.host", fmt::format("no such host: '{}'", host));
    std::vector<tcp::endpoint> out;
    for (const auto& entry : found) out.push_back(entry.endpoint());
    return out;
}

} // namespace

/// Shared by the server and what runs for it: a timer's handler may come after the server is gone.
class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
public:
    Impl(asio::any_io_executor loop, api::HttpHandler& handler, const HttpServerOptions& options)
        : shared_{handler, options}, loop_(std::move(loop)), sweep_timer_(loop_), ended_(loop_) {}

    Result<void> listen(const std::string& host, std::uint16_t port);
    void request_stop();
    task<void> join();

    std::list<std::shared_ptr<tcp::acceptor>> acceptors_;
    std::list<std::shared_ptr<Connection>> connections_;

private:
    void start_accepting(tcp::acceptor acceptor);
    task<void> accept_from(std::shared_ptr<tcp::acceptor> acceptor);
    void take(tcp::socket socket);
    void turn_away(tcp::socket socket) const;
    void arm_sweep();
    void sweep();

    Shared shared_;
    asio::any_io_executor loop_;
    asio::steady_timer sweep_timer_;
    bool sweeping_ = false;
    Steady::time_point stop_by_ = Steady::time_point::max();
    std::size_t accepting_ = 0; ///< coroutines of accept_from
    Signal ended_;
};

Result<void> HttpServer::Impl::listen(const std::string& host, std::uint16_t port) {
    TRY(const auto endpoints, resolve(loop_, host, port));
    std::vector<tcp::acceptor> opened;
    std::optional<Error> failure;
    for (auto endpoint : endpoints) {
        // With port 0 all addresses of the host get the port that the first one got.
        if (endpoint.port() == 0 && !opened.empty()) endpoint.port(opened.front().local_endpoint().port());
        auto acceptor = open_acceptor(loop_, endpoint);
        if (acceptor)
            opened.push_back(*std::move(acceptor));
        else if (!failure)
            failure = std::move(acceptor).error();
    }
    // A machine without IPv6 still has a "localhost"; but a port that another program holds is an error for all.
    if (failure && (opened.empty() || failure->message.find("in use") != std::string::npos)) return *failure;
    for (auto& acceptor : opened) start_accepting(std::move(acceptor));
    return {};
}

void HttpServer::Impl::start_accepting(tcp::acceptor acceptor) {
    auto shared = std::make_shared<tcp::acceptor>(std::move(acceptor));
    acceptors_.push_back(shared);
    ++accepting_;
    asio::co_spawn(loop_, accept_from(shared), [self = shared_from_this()](const std::exception_ptr&) {
        --self->accepting_;
        self->ended_.set();
    });
}

task<void> HttpServer::Impl::accept_from(std::shared_ptr<tcp::acceptor> acceptor) {
    asio::steady_timer pause(loop_);
    while (!shared_.stopping) {
        boost::system::error_code error;
        tcp::socket socket(loop_);
        co_await acceptor->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (shared_.stopping) co_return;
        if (!error) {
            take(std::move(socket));
        } else if (error != asio::error::connection_aborted) {
            // Out of descriptors or memory, most likely: the client waits in the system's queue meanwhile.
            log::warn("cannot accept a connection: {}", error.message());
            pause.expires_after(std::chrono::milliseconds{250});
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
}

void HttpServer::Impl::take(tcp::socket socket) {
    if (connections_.size() >= shared_.options.connections) return turn_away(std::move(socket));
    auto connection = std::make_shared<Connection>(std::move(socket), shared_);
    const auto place = connections_.insert(connections_.end(), connection);
    const auto done = [self = shared_from_this(), place](const std::exception_ptr& failure) {
        (*place)->finish();
        self->connections_.erase(place);
        if (self->connections_.empty()) self->sweep_timer_.cancel();
        self->ended_.set();
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            if (error.code() != asio::error::operation_aborted) log::error("a connection failed: {}", error.what());
        } catch (const std::exception& error) {
            log::error("a connection failed: {}", error.what());
        }
    };
    asio::co_spawn(loop_, connection->run(), asio::bind_cancellation_slot(connection->cancellation_slot(), done));
    if (!sweeping_) arm_sweep();
}

/// Says why without waiting for anything: what the client sent is taken so that closing does not hide the answer.
void HttpServer::Impl::turn_away(tcp::socket socket) const {
    const auto response =
        api::error_response(Error{Errc::unavailable, "the server has too many connections; try again later"});
    const auto text = response_head(response, Framing::length, false) + response.body;
    boost::system::error_code ignored;
    std::array<char, 4096> dropped{};
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    socket.read_some(asio::buffer(dropped), ignored);
}

void HttpServer::Impl::arm_sweep() {
    sweeping_ = true;
    sweep_timer_.expires_after(shared_.options.sweep_every);
    sweep_timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) { self->sweep(); });
}

void HttpServer::Impl::sweep() {
    sweeping_ = false;
    if (connections_.empty()) return;
    const auto now = Steady::now();
    // Ending a connection may take it, and no other, out of the list at once.
    for (auto next = connections_.begin(); next != connections_.end();) {
        const auto connection = *next++;
        if (now >= stop_by_)
            connection->abandon();
        else
            connection->sweep(now);
    }
    arm_sweep();
}

void HttpServer::Impl::request_stop() {
    if (std::exchange(shared_.stopping, true)) return;
    stop_by_ = Steady::now() + shared_.options.stop_grace;
    boost::system::error_code ignored;
    for (auto& acceptor : acceptors_) acceptor->close(ignored);
    for (auto next = connections_.begin(); next != connections_.end();) {
        const auto connection = *next++;
        connection->stop();
    }
}

task<void> HttpServer::Impl::join() {
    while (!connections_.empty() || accepting_ > 0) co_await ended_.wait();
}

HttpServer::HttpServer(asio::any_io_executor loop, api::HttpHandler& handler, HttpServerOptions options)
    : impl_(std::make_shared<Impl>(std::move(loop), handler, options)) {}

HttpServer::~HttpServer() {
    ATTUNE_ASSERT(impl_->connections_.empty());
}

Result<void> HttpServer::listen(const std::string& host, std::uint16_t port) {
    return impl_->listen(host, port);
}

std::vector<std::string> HttpServer::addresses() const {
    std::vector<std::string> out;
    boost::system::error_code error;
    for (const auto& acceptor : impl_->acceptors_) {
        const auto endpoint = acceptor->local_endpoint(error);
        if (!error) out.push_back(text_of(endpoint));
    }
    return out;
}

std::uint16_t HttpServer::port() const {
    boost::system::error_code error;
    if (impl_->acceptors_.empty()) return 0;
    const auto endpoint = impl_->acceptors_.front()->local_endpoint(error);
    return error ? std::uint16_t{0} : endpoint.port();
}

void HttpServer::request_stop() {
    impl_->request_stop();
}

task<void> HttpServer::join() {
    return impl_->join();
}

std::size_t HttpServer::connections() const {
    return impl_->connections_.size();
}

} // namespace attune::http
