#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace attune::test {

/// Stands between a client and a server on this machine, in a thread of its own, and does to their connections what
/// networks and dying servers do.
class TcpProxy {
public:
    explicit TcpProxy(std::uint16_t server_port);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    std::uint16_t port() const { return port_; }
    /// Ends the connections that are there.
    void cut() { cut_ = true; }
    /// From now on new connections end at once, or do not.
    void refuse(bool on) { refuse_ = on; }
    /// From now on nothing passes any more, in connections old and new, or it does.
    void freeze(bool on) { frozen_ = on; }
    /// The server "says" this, in every connection.
    void inject(std::string bytes);

private:
    struct Pair {
        int client;
        int server;
    };
    void run();
    void accept_one();
    void step(std::vector<Pair>& pairs);
    static bool forward(int from, int to);

    const std::uint16_t server_port_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> cut_ = false;
    std::atomic<bool> refuse_ = false;
    std::atomic<bool> frozen_ = false;
    std::atomic<bool> over_ = false;
    std::mutex mutex_;
    std::string injected_;
    std::vector<Pair> pairs_; ///< the thread's own
    std::thread thread_;
};

} // namespace attune::test
