#pragma once
#include "base/reflect.hpp"

#include <map>
#include <optional>
#include <string>

namespace attune::app::cli {

/// One server and a login there.
struct Profile {
    std::string api_url;
    std::optional<std::string> auth_token = {};
    std::optional<std::string> refresh_token = {};
    std::optional<std::string> description = {};
    std::optional<std::string> auth_method = {};
    std::optional<std::string> username = {};
};
ATTUNE_STRUCT(Profile);

/// The client's own file, $XDG_CONFIG_HOME/attune/config.yaml.
struct ProfileFile {
    std::string profile = "default"; ///< the one in use
    std::map<std::string, Profile> profiles;
    std::optional<std::string> format = {}; ///< table, json or yaml
};
ATTUNE_STRUCT(ProfileFile);

/// $XDG_CONFIG_HOME/attune/config.yaml, else ~/.config/attune/config.yaml; empty when neither variable is set.
std::string profile_path(const std::map<std::string, std::string>& environment);

/// Reads the file; a missing one is an empty one. Errors: `invalid` naming the file and the member.
Result<ProfileFile> read_profiles(const std::string& path);

/// Writes the file with mode 0600 (its folder: 0700), whole or not at all. Errors: `unavailable`.
Result<void> write_profiles(const std::string& path, const ProfileFile& file);

} // namespace attune::app::cli
