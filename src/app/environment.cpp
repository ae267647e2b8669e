#include "app/environment.hpp"

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace attune::app {
namespace {

constexpr std::string_view kSettingPrefix = "ATTUNE__";

bool concerns_us(std::string_view name) {
    return name.starts_with("ATTUNE") || name.starts_with("XDG_") || name == "HOME" || name == "USER" ||
           name == "COLUMNS" || name == "NO_COLOR";
}

} // namespace

Environment read_environment() {
    Environment out;
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        const std::string_view entry(*at);
        const auto equals = entry.find('=');
        if (equals == std::string_view::npos || !concerns_us(entry.substr(0, equals))) continue;
        out.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
    return out;
}

void erase_settings_from_environment() {
    std::vector<std::string> names;
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        const std::string_view entry(*at);
        const auto equals = entry.find('=');
        if (!entry.starts_with(kSettingPrefix) || equals == std::string_view::npos) continue;
        names.emplace_back(entry.substr(0, equals));
        explicit_bzero(*at + equals + 1, entry.size() - equals - 1);
    }
    for (const auto& name : names) unsetenv(name.c_str());
}

} // namespace attune::app
