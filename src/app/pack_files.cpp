#include "app/pack_files.hpp"

#include "adapters/icalendar/read_icalendar.hpp"
#include "adapters/yaml/parse_yaml.hpp"
#include "base/embedded.hpp"

#include <fstream>
#include <sstream>

namespace attune::embedded {
std::span<const File> core_pack_files();
}

namespace attune::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 10'000;
constexpr std::uintmax_t kMostBytes = 100U << 20U;

Error cannot(std::string_view what, const fs::path& path, const std::error_code& why) {
    return Error{Errc::unavailable, fmt::format("cannot {} {}: {}", what, path.string(), why.message())};
}

bool is_hidden(const fs::path& path) {
    return path.filename().string().starts_with('.');
}

Result<void> write_files(const fs::path& folder, const FileTree& files) {
    std::error_code failure;
    for (const auto& [name, file] : files) {
        const auto path = folder / name;
        fs::create_directories(path.parent_path(), failure);
        if (failure) return cannot("make", path.parent_path(), failure);
        std::ofstream out(path, std::ios::binary);
        out << file.content;
        out.close();
        if (!out) return Error{Errc::unavailable, fmt::format("cannot write {}", path.string())};
        if (file.executable) fs::permissions(path, fs::perms(0755), failure);
    }
    return {};
}

} // namespace

Result<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return Error{Errc::unavailable, fmt::format("cannot read {}", path.string())};
    return std::move(text).str();
}

Result<FileTree> read_directory(const fs::path& folder) {
    std::error_code failure;
    if (!fs::is_directory(folder, failure))
        return Error{Errc::not_found, fmt::format("there is no directory {}", folder.string())};
    FileTree out;
    std::uintmax_t bytes = 0;
    auto entries = fs::recursive_directory_iterator(folder, failure);
    for (; !failure && entries != fs::recursive_directory_iterator(); entries.increment(failure)) {
        const auto& entry = *entries;
        if (is_hidden(entry.path())) {
            if (entry.is_directory(failure)) entries.disable_recursion_pending();
            continue;
        }
        if (entry.is_symlink(failure) || !entry.is_regular_file(failure)) continue;
        bytes += entry.file_size(failure);
        if (bytes > kMostBytes || out.size() >= kMostFiles) {
            return Error{Errc::too_large, fmt::format("{} holds more than {} files or {} MiB", folder.string(),
                                                      kMostFiles, kMostBytes >> 20U)};
        }
        TRY(auto content, read_file(entry.path()));
        const bool executable = (entry.status(failure).permissions() & fs::perms::owner_exec) != fs::perms::none;
        out[fs::relative(entry.path(), folder, failure).generic_string()] = {std::move(content), executable};
    }
    if (failure) return cannot("read", folder, failure);
    return out;
}

Result<void> write_directory(const fs::path& folder, const FileTree& files) {
    std::error_code failure;
    const auto fresh = fs::path(folder.string() + ".new");
    const auto old = fs::path(folder.string() + ".old");
    fs::remove_all(fresh, failure);
    fs::remove_all(old, failure);
    if (auto written = write_files(fresh, files); !written) {
        fs::remove_all(fresh, failure);
        return written;
    }
    if (fs::exists(folder, failure)) fs::rename(folder, old, failure);
    if (failure) return cannot("replace", folder, failure);
    fs::rename(fresh, folder, failure);
    if (failure) return cannot("replace", folder, failure);
    fs::remove_all(old, failure);
    return {};
}

FileTree core_pack() {
    FileTree out;
    for (const auto& file : embedded::core_pack_files())
        out[std::string(file.name)] = {std::string(file.text), file.name.ends_with(".sh")};
    return out;
}

Result<json::object> complete_calendar(json::object definition, const std::optional<std::string_view>& ics) {
    if (ics) {
        TRY(definition["events"], adapters::icalendar::read_icalendar(*ics));
    }
    return definition;
}

Result<api::LoadedPack> load_pack(FileTree files, std::vector<Error>* problems) {
    const auto yaml = [](std::string_view text, std::string_view name) {
        return adapters::yaml::parse_yaml(text, name);
    };
    TRY(auto contents, logic::packs::read_pack(files, yaml, &complete_calendar, problems));
    return api::LoadedPack{std::move(contents), std::move(files)};
}

} // namespace attune::app
