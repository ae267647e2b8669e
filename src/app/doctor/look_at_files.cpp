#include "app/doctor/checks.hpp"

#include "base/text.hpp"

#include <cstdint>
#include <filesystem>
#include <sys/stat.h>

namespace attune::app::doctor {
namespace {

constexpr std::uintmax_t kMiB = std::uintmax_t{1024} * 1024;
constexpr std::uintmax_t kLittleRoom = 1024 * kMiB;
constexpr std::uintmax_t kNoRoom = 64 * kMiB;
constexpr std::uintmax_t kLongLog = 512 * kMiB;

std::optional<mode_t> mode_of(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) return std::nullopt;
    return found.st_mode & 07777;
}

/// Others than the owner may do something with it.
bool is_shared(mode_t mode) {
    return (mode & 077) != 0;
}

bool holds_secrets(const Settings& settings) {
    const auto& security = settings.security;
    return !security.jwt_secret.empty() || !security.encryption_key.empty() ||
           !security.previous_encryption_keys.empty() || !settings.bootstrap.admin_password.empty() ||
           settings.database.url.reveal() != settings.database.url.shown();
}

void look_at_secret_file(Findings& out, const std::string& path) {
    const auto mode = mode_of(path);
    if (!mode || !is_shared(*mode)) return;
    out.fail("files", fmt::format("{} holds a secret, and has the mode {:04o}", path, *mode),
             fmt::format("chmod 600 {}", path));
}

} // namespace

void look_at_files(Findings& out, const Settings& settings, const std::string& file) {
    const auto before = out.all().size();
    if (!file.empty()) {
        const auto mode = mode_of(file);
        if (mode && is_shared(*mode) && holds_secrets(settings)) {
            out.warn("files",
                     fmt::format("others may read {} (mode {:04o}), and the settings hold secrets", file, *mode),
                     fmt::format("chmod 600 {}, owned by the user that the server runs as", file));
        }
    }
    const auto data_mode = mode_of(settings.data_dir);
    if (!data_mode) {
        out.ok("files", fmt::format("{} is not there yet: the first start makes it", settings.data_dir));
        return;
    }
    if (is_shared(*data_mode)) {
        out.warn("files", fmt::format("others may look into {} (mode {:04o})", settings.data_dir, *data_mode),
                 fmt::format("chmod 700 {}", settings.data_dir));
    }
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(settings.data_dir, ignored)) {
        const auto name = entry.path().filename().string();
        if (name == "jwt-secret" || name == "encryption-key" || name == "admin-password" || name.ends_with(".key"))
            look_at_secret_file(out, entry.path().string());
    }
    if (std::filesystem::exists(settings.data_dir + "/admin-password", ignored)) {
        out.warn("files",
                 fmt::format("the generated password of the first administrator is still in {}/admin-password",
                             settings.data_dir),
                 "log in with it and change it: the file goes with the change");
    }
    if (out.all().size() == before) out.ok("files", "only their owner may read what holds secrets");
}

void look_at_disk(Findings& out, const Settings& settings) {
    std::error_code failure;
    auto folder = std::filesystem::path(settings.data_dir);
    while (!std::filesystem::exists(folder, failure) && folder.has_relative_path()) folder = folder.parent_path();
    const auto space = std::filesystem::space(folder, failure);
    if (failure) {
        out.warn("disk", fmt::format("the room below {} is not known: {}", folder.string(), failure.message()),
                 "check the setting data_dir");
        return;
    }
    const auto text = fmt::format("{} MiB are free for {}", space.available / kMiB, settings.data_dir);
    const auto* const fix = "make room, or have retention keep less (settings retention.*)";
    if (space.available < kNoRoom)
        out.fail("disk", text, fix);
    else if (space.available < kLittleRoom)
        out.warn("disk", text, fix);
    else
        out.ok("disk", text);

    if (settings.is_cluster()) return;
    const auto log = std::filesystem::file_size(settings.database_file() + "-wal", failure);
    if (!failure && log > kLongLog) {
        out.warn("disk", fmt::format("the write-ahead log of the database has {} MiB", log / kMiB),
                 "something reads for very long and keeps it from being copied back: end long `sqlite3` sessions");
    }
}

} // namespace attune::app::doctor
