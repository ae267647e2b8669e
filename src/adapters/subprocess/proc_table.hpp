#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace attune::adapters::subprocess {

/// One line of the system's process table.
struct ProcessEntry {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t group = 0;
    char state = '?';
    std::uint64_t start_time = 0; ///< in ticks since boot: with the pid, it names a process for ever

    bool is_alive() const { return state != 'Z' && state != 'X'; }
};

std::optional<ProcessEntry> read_process(pid_t pid);

/// All processes that can be seen. Takes milliseconds: not for a loop.
std::vector<ProcessEntry> list_processes();

/// The variables a process was started with, "NAME=value" each with a NUL at its end; none when it is gone, or another
/// user's.
std::optional<std::string> read_environment(pid_t pid);

/// The value of a variable in such a block.
std::optional<std::string_view> find_variable(std::string_view block, std::string_view name);

/// Opens the process and sends the signal, if it is still the one meant. False when it is gone.
bool signal_process(const ProcessEntry& process, int signal);

} // namespace attune::adapters::subprocess
