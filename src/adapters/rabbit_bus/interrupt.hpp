#pragma once
#include <mutex>
#include <sys/socket.h>

namespace attune::rabbit {

/// Lets another thread end what a connection waits for: the socket is shut down, and every call on it fails.
class Interrupt {
public:
    /// From now on this socket is meant. Once interrupted, at once.
    void watch(int socket) {
        const std::lock_guard lock(mutex_);
        socket_ = socket;
        if (interrupted_) ::shutdown(socket_, SHUT_RDWR);
    }
    /// Before the socket is closed: its number may then mean another file.
    void forget() {
        const std::lock_guard lock(mutex_);
        socket_ = -1;
    }
    void interrupt() {
        const std::lock_guard lock(mutex_);
        interrupted_ = true;
        if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
    }

private:
    std::mutex mutex_;
    int socket_ = -1;
    bool interrupted_ = false;
};

} // namespace attune::rabbit
