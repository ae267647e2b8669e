#include "adapters/subprocess/proc_table.hpp"

#include "adapters/subprocess/unique_fd.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <memory>
#include <sys/syscall.h>

namespace attune::adapters::subprocess {
namespace {

/// More than the system takes for arguments and environment together by default.
constexpr std::size_t kLongestFile = std::size_t{4} * 1024 * 1024;

std::optional<std::string> read_file(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
    std::string text;
    char buffer[4096];
    while (text.size() < kLongestFile) {
        const auto n = ::read(file.get(), buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return std::nullopt;
        if (n == 0) break;
        text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
}

std::optional<ProcessEntry> parse_stat(pid_t pid, const std::string& text) {
    // The name in parentheses may hold anything, parentheses too.
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    ProcessEntry entry;
    entry.pid = pid;
    unsigned long long start_time = 0;
    const int fields = std::sscanf(text.c_str() + name_end + 1,
                                   " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                                   &entry.state, &entry.parent, &entry.group, &start_time);
    if (fields != 4) return std::nullopt;
    entry.start_time = start_time;
    return entry;
}

} // namespace

std::optional<ProcessEntry> read_process(pid_t pid) {
    const auto text = read_file(fmt::format("/proc/{}/stat", pid));
    return text ? parse_stat(pid, *text) : std::nullopt;
}

std::vector<ProcessEntry> list_processes() {
    std::vector<ProcessEntry> out;
    const auto close = [](DIR* directory) { ::closedir(directory); };
    const std::unique_ptr<DIR, decltype(close)> directory(::opendir("/proc"), close);
    if (!directory) return out;
    while (const auto* item = ::readdir(directory.get())) {
        const std::string_view name = item->d_name;
        pid_t pid = 0;
        const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (failure != std::errc{} || end != name.data() + name.size()) continue;
        if (const auto entry = read_process(pid)) out.push_back(*entry);
    }
    return out;
}

std::optional<std::string> read_environment(pid_t pid) {
    return read_file(fmt::format("/proc/{}/environ", pid));
}

std::optional<std::string_view> find_variable(std::string_view block, std::string_view name) {
    while (!block.empty()) {
        const auto entry = block.substr(0, block.find('\0'));
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) {
            return entry.substr(name.size() + 1);
        }
        block.remove_prefix(std::min(block.size(), entry.size() + 1));
    }
    return std::nullopt;
}

bool signal_process(const ProcessEntry& process, int signal) {
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    if (!pidfd) return false;
    // Looked at after opening: from here on the descriptor is this process or none.
    const auto now = read_process(process.pid);
    if (!now || now->start_time != process.start_time) return false;
    return ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0;
}

} // namespace attune::adapters::subprocess
