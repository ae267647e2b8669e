#pragma once
#include <fmt/core.h>
#include <string_view>

/// The logging front. Thread-safe. Lines go to stderr as text or JSON lines; the back end (spdlog) is in log.cpp alone.
namespace attune::log {

enum class Level { trace, debug, info, warn, error, off };

struct Options {
    Level level = Level::info;
    bool json = false;
};

/// Call once at start; later calls replace the options.
void configure(Options options);
bool enabled(Level level);
void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::debug)) write(Level::debug, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::info)) write(Level::info, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::warn)) write(Level::warn, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::error)) write(Level::error, fmt::format(text, std::forward<Args>(args)...));
}

} // namespace attune::log
