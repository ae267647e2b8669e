#include "contract/bus/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <array>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace attune::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return out;
}

} // namespace

TcpProxy::TcpProxy(std::uint16_t server_port)
    : server_port_(server_port), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
    over_ = true;
    thread_.join();
    ::close(listener_);
}

void TcpProxy::inject(std::string bytes) {
    const std::lock_guard lock(mutex_);
    injected_ = std::move(bytes);
}

void TcpProxy::accept_one() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(server_port_);
    if (refuse_ || ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(client);
        ::close(server);
        return;
    }
    pairs_.push_back({client, server});
}

bool TcpProxy::forward(int from, int to) {
    std::array<char, 65536> buffer;
    const auto got = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN;
    return got > 0 && ::send(to, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

void TcpProxy::step(std::vector<Pair>& pairs) {
    std::string injected;
    {
        const std::lock_guard lock(mutex_);
        injected.swap(injected_);
    }
    const bool cut = cut_.exchange(false);
    std::erase_if(pairs, [&](const Pair& pair) {
        if (!injected.empty()) (void)::send(pair.client, injected.data(), injected.size(), MSG_NOSIGNAL);
        const bool stays =
            !cut && (frozen_ || (forward(pair.client, pair.server) && forward(pair.server, pair.client)));
        if (stays) return false;
        ::close(pair.client);
        ::close(pair.server);
        return true;
    });
}

void TcpProxy::run() {
    while (!over_) {
        std::vector<pollfd> watched{{listener_, POLLIN, 0}};
        for (const auto& pair : pairs_) {
            if (frozen_) continue;
            watched.push_back({pair.client, POLLIN, 0});
            watched.push_back({pair.server, POLLIN, 0});
        }
        (void)::poll(watched.data(), watched.size(), 5);
        if ((watched[0].revents & POLLIN) != 0) accept_one();
        step(pairs_);
    }
    cut_ = true;
    step(pairs_);
}

} // namespace attune::test
