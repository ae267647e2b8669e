#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace attune::app {

struct Settings;

/// The values that a number or a duration (in microseconds) may have, both ends included.
struct Bounds {
    std::int64_t low = std::numeric_limits<std::int64_t>::min();
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    constexpr Bounds() = default;
    constexpr Bounds(std::int64_t at_least, std::int64_t at_most) : low(at_least), high(at_most) {}
    constexpr Bounds(Duration at_least, Duration at_most) : low(at_least.count()), high(at_most.count()) {}
    constexpr bool contain(std::int64_t value) const { return value >= low && value <= high; }
};

/// What one setting means.
struct SettingDoc {
    std::string_view path; ///< "server.port"
    std::string_view text;
    Bounds bounds = {};
    std::string_view shown_default = {}; ///< for a default that is worked out at start
};

/// One entry for each setting, in the order of the struct (a test checks that).
std::span<const SettingDoc> setting_docs();

/// Null for a path that is no setting.
const SettingDoc* find_setting_doc(std::string_view path);

/// "ATTUNE__SERVER__PORT" for "server.port".
std::string variable_name(std::string_view path);

/// Checks every number and duration against its bounds. Errors: `invalid`, field = the setting's path.
Result<void> check_bounds(const Settings& settings);

/// The reference of all settings in Markdown (docs/reference/settings.md).
std::string settings_reference();

} // namespace attune::app
