#include "base/log.hpp"

#include <atomic>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace attune::log {
namespace {

std::atomic<Level> g_level{Level::info};
std::atomic<bool> g_json{false};

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>("attune", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_level(spdlog::level::trace);
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %-5l %v", spdlog::pattern_time_type::utc);
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum backend_level(Level level) {
    switch (level) {
    case Level::trace: return spdlog::level::trace;
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::off: return spdlog::level::off;
    }
    return spdlog::level::off;
}

/// The message as the inside of a JSON string.
std::string escape_json(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
            } else {
                out += c;
            }
        }
    }
    return out;
}

} // namespace

void configure(Options options) {
    g_level = options.level;
    g_json = options.json;
    logger().set_pattern(options.json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","message":"%v"})"
                                      : "%Y-%m-%dT%H:%M:%S.%fZ %-5l %v",
                         spdlog::pattern_time_type::utc);
}

bool enabled(Level level) {
    return level >= g_level.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view message) {
    if (!enabled(level)) return;
    if (g_json) {
        logger().log(backend_level(level), spdlog::string_view_t{escape_json(message)});
    } else {
        logger().log(backend_level(level), spdlog::string_view_t{message.data(), message.size()});
    }
}

} // namespace attune::log
