#pragma once
#include "adapters/inotify/inotify_watcher.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace attune::adapters::inotify {

/// What the kernel says of an inode that is watched.
struct KernelNotice {
    int wd = -1; ///< -1 for an overflow
    std::uint32_t mask = 0;
    std::uint32_t cookie = 0; ///< the same for both names of a rename
    std::string name;         ///< in the folder; empty for itself
};

/// The kernel's queue.
class NoticeQueue {
public:
    using Sink = std::function<void(const KernelNotice&)>;

    NoticeQueue(asio::any_io_executor loop, SystemCalls calls, Sink sink)
        : calls_(std::move(calls)), sink_(std::move(sink)), descriptor_(std::move(loop)) {}

    /// Once it is open, this does nothing. Errors: `unavailable`.
    Result<void> open();

    struct Added {
        int wd = -1;
        int failure = 0; ///< errno, when there is no wd
    };
    /// Watches for more of an inode. It must be open.
    Added add(const std::string& path, std::uint32_t mask);
    void remove(int wd);
    /// What was watched is not any more; nothing is waited for.
    void close();

private:
    void wait();
    void read();

    SystemCalls calls_;
    Sink sink_;
    asio::posix::stream_descriptor descriptor_;
};

/// What to do about too few watches, for people.
std::string watch_limit_reached(std::size_t unwatched);

} // namespace attune::adapters::inotify
