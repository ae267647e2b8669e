// Sends one request over and over on some connections at once, each after the answer to the one before. Prints one JSON
// object: how many were answered with 200, how many otherwise, and how long each took.
//
//     http_load PORT CONNECTIONS SECONDS FILE
//
// FILE is the whole request as it is sent, to 127.0.0.1. "@@@@@@@@@@@@" in it becomes a number that no other has.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kMark = "@@@@@@@@@@@@";

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Connection {
    int socket = -1;
    std::string answer;
    Clock::time_point began;
};

class Load {
public:
    Load(std::uint16_t port, std::size_t connections, std::string request)
        : request_(std::move(request)), mark_(request_.find(kMark)), connections_(connections),
          epoll_(::epoll_create1(0)) {
        for (std::size_t i = 0; i < connections; ++i) open(i, port);
    }
    void run(std::chrono::duration<double> time) {
        const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
        for (auto& one : connections_) send(one);
        std::vector<epoll_event> ready(connections_.size());
        while (Clock::now() < end) {
            const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), 1000);
            for (int i = 0; i < count; ++i) receive(connections_[ready[static_cast<std::size_t>(i)].data.u64]);
        }
    }
    void report(double seconds) {
        std::ranges::sort(took_);
        const auto at = [&](double part) {
            const auto index = static_cast<std::size_t>(part * static_cast<double>(took_.size()));
            return took_.empty() ? 0 : took_[std::min(index, took_.size() - 1)];
        };
        std::printf("{\"good\":%zu,\"bad\":%zu,\"rate\":%.1f,\"median_ms\":%.3f,\"p99_ms\":%.3f,\"most_ms\":%.3f}\n",
                    took_.size(), bad_, static_cast<double>(took_.size()) / seconds, at(0.5), at(0.99), at(1));
    }

private:
    void open(std::size_t i, std::uint16_t port) {
        auto& one = connections_[i];
        one.socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(one.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) give_up("connect");
        const int on = 1;
        ::setsockopt(one.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, one.socket, &event) != 0) give_up("epoll_ctl");
    }
    void send(Connection& one) {
        if (mark_ != std::string::npos) {
            char number[kMark.size() + 1];
            std::snprintf(number, sizeof number, "%012zu", ++number_);
            request_.replace(mark_, kMark.size(), number);
        }
        one.answer.clear();
        one.began = Clock::now();
        if (::send(one.socket, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size()))
            give_up("send");
    }
    void receive(Connection& one) {
        char piece[4096];
        const auto size = ::recv(one.socket, piece, sizeof piece, 0);
        if (size <= 0) give_up("recv");
        one.answer.append(piece, static_cast<std::size_t>(size));
        const auto head = one.answer.find("\r\n\r\n");
        if (head == std::string::npos) return;
        constexpr std::string_view kLength = "\r\nContent-Length: ";
        const auto at = one.answer.find(kLength);
        const auto length = at < head ? std::strtoul(one.answer.c_str() + at + kLength.size(), nullptr, 10) : 0;
        if (one.answer.size() < head + 4 + length) return;
        if (one.answer.starts_with("HTTP/1.1 200")) {
            took_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - one.began).count());
        } else if (++bad_ == 1) {
            std::fprintf(stderr, "%s\n", one.answer.c_str());
        }
        send(one);
    }

    std::string request_;
    std::size_t mark_;
    std::vector<Connection> connections_;
    int epoll_;
    std::size_t number_ = 0;
    std::size_t bad_ = 0;
    std::vector<double> took_;
};

} // namespace

int main(int count, char** arguments) {
    if (count != 5) {
        std::fprintf(stderr, "usage: http_load PORT CONNECTIONS SECONDS FILE\n");
        return 2;
    }
    std::ifstream file(arguments[4], std::ios::binary);
    const std::string request{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const double seconds = std::strtod(arguments[3], nullptr);
    Load load(static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10)),
              std::strtoul(arguments[2], nullptr, 10), request);
    load.run(std::chrono::duration<double>(seconds));
    load.report(seconds);
    return 0;
}
