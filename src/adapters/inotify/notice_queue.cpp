#include "adapters/inotify/notice_queue.hpp"

#include "base/text.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace attune::adapters::inotify {
namespace {

constexpr std::size_t kBuffer = std::size_t{64} * 1024;
constexpr int kMostReads = 16; ///< before others on the loop have their turn

std::optional<std::int64_t> number_in(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    return parse_integer(text);
}

std::string setting(std::string_view name) {
    const auto value = number_in("/proc/sys/" + replace_all(std::string(name), ".", "/"));
    return value ? fmt::format("{} = {}", name, *value) : std::string(name);
}

} // namespace

SystemCalls system_calls() {
    return {[] { return ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); },
            [](int descriptor, const char* path, std::uint32_t mask) {
                return ::inotify_add_watch(descriptor, path, mask);
            }};
}

std::string watch_limit_reached(std::size_t unwatched) {
    constexpr std::string_view kSetting = "fs.inotify.max_user_watches";
    const auto now = number_in("/proc/sys/fs/inotify/max_user_watches").value_or(8192);
    return fmt::format("{} folders are not noticed at once, because the machine's limit of watches is reached ({}): "
                       "raise it with `sysctl -w {}={}`, for good in /etc/sysctl.d, or watch fewer folders",
                       unwatched, setting(kSetting), kSetting, std::max<std::int64_t>(2 * now, 524'288));
}

Result<void> NoticeQueue::open() {
    if (descriptor_.is_open()) return {};
    const int fd = calls_.inotify_init();
    if (fd < 0) {
        const int failure = errno;
        const auto limit = failure == EMFILE ? fmt::format(" ({}; or the process has too many open files)",
                                                           setting("fs.inotify.max_user_instances"))
                                             : std::string{};
        return Error{Errc::unavailable,
                     fmt::format("files cannot be watched: {}{}", std::generic_category().message(failure), limit)};
    }
    descriptor_.assign(fd);
    wait();
    return {};
}

NoticeQueue::Added NoticeQueue::add(const std::string& path, std::uint32_t mask) {
    const int wd = calls_.inotify_add_watch(descriptor_.native_handle(), path.c_str(), mask | IN_MASK_ADD);
    return wd < 0 ? Added{-1, errno} : Added{wd, 0};
}

void NoticeQueue::remove(int wd) {
    ::inotify_rm_watch(descriptor_.native_handle(), wd); // it may be gone with its inode
}

void NoticeQueue::close() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
}

void NoticeQueue::wait() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& failure) {
        if (failure) return; // closed: this may be gone
        read();
        if (descriptor_.is_open()) wait();
    });
}

void NoticeQueue::read() {
    alignas(inotify_event) std::array<char, kBuffer> buffer;
    for (int i = 0; i < kMostReads; ++i) {
        const auto got = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
        if (got <= 0) return;
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += sizeof event;
            sink_({event.wd, event.mask, event.cookie, std::string(event.len > 0 ? buffer.data() + at : "")});
            at += event.len;
        }
    }
}

} // namespace attune::adapters::inotify
