#include "app/cli/profile.hpp"

#include "adapters/yaml/parse_yaml.hpp"
#include "adapters/yaml/write_yaml.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace attune::app::cli {

ATTUNE_FIELDS(Profile, api_url, auth_token, refresh_token, description, auth_method, username);
ATTUNE_FIELDS(ProfileFile, profile, profiles, format);

namespace {

Error cannot_write(const std::string& path, int code) {
    return Error{Errc::unavailable, fmt::format("'{}' cannot be written: {}", path, std::strerror(code))};
}

Result<void> write_all(int file, const std::string& path, std::string_view text) {
    while (!text.empty()) {
        const auto wrote = ::write(file, text.data(), text.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return cannot_write(path, errno);
        text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::fsync(file) != 0) return cannot_write(path, errno);
    return {};
}

/// Without nulls: people read this file.
json::value without_nulls(const json::value& value) {
    if (!value.is_object()) return value;
    json::object out;
    for (const auto& [key, member] : value.get_object()) {
        if (!member.is_null()) out[key] = without_nulls(member);
    }
    return json::value(std::move(out));
}

} // namespace

std::string profile_path(const std::map<std::string, std::string>& environment) {
    const auto value = [&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string{} : found->second;
    };
    if (const auto config = value("XDG_CONFIG_HOME"); config.starts_with('/')) return config + "/attune/config.yaml";
    if (const auto home = value("HOME"); home.starts_with('/')) return home + "/.config/attune/config.yaml";
    return {};
}

Result<ProfileFile> read_profiles(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (path.empty() || !in) return ProfileFile{};
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    TRY(const auto value, adapters::yaml::parse_yaml(text, path));
    if (value.is_null()) return ProfileFile{};
    auto file = from_json<ProfileFile>(value, "", {.missing = DecodeOptions::Missing::defaults});
    if (!file) file.error().message += fmt::format(" (in {})", path);
    return file;
}

Result<void> write_profiles(const std::string& path, const ProfileFile& file) {
    if (path.empty()) return Error{Errc::unavailable, "no place for the profile: HOME is not set"};
    std::error_code failure;
    const auto folder = std::filesystem::path(path).parent_path();
    if (std::filesystem::create_directories(folder, failure)) ::chmod(folder.c_str(), 0700);
    const auto fresh = fmt::format("{}.{}", path, ::getpid());
    const int out = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) return cannot_write(fresh, errno);
    auto done = write_all(out, fresh, adapters::yaml::to_yaml(without_nulls(to_json(file))));
    ::close(out);
    if (done && ::rename(fresh.c_str(), path.c_str()) != 0) done = cannot_write(path, errno);
    if (!done) ::unlink(fresh.c_str());
    return done;
}

} // namespace attune::app::cli
