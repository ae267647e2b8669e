#pragma once
#include "runtime/file_watcher.hpp"

#include <memory>

namespace attune::adapters::inotify {

/// What is asked of the kernel and may be refused; each is as the function of its name.
struct SystemCalls {
    std::function<int()> inotify_init; ///< inotify_init1, with the flags that are needed here
    std::function<int(int descriptor, const char* path, std::uint32_t mask)> inotify_add_watch;
};
SystemCalls system_calls();

/// inotify(7). One instance for all watches, made with the first scan and closed with the last watch: then nothing
/// keeps the loop.
std::unique_ptr<FileWatcher> make_file_watcher(asio::any_io_executor loop, SystemCalls calls = system_calls());

} // namespace attune::adapters::inotify
