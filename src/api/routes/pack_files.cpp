#include "api/routes/pack_files.hpp"

#include "base/text.hpp"
#include "domain/pack.hpp"

#include <fstream>
#include <optional>
#include <system_error>

namespace attune::api {
namespace {

namespace fs = std::filesystem;

Error disk_error(std::string_view what, const fs::path& path, const std::error_code& code) {
    return Error{Errc::unavailable, fmt::format("cannot {} {}: {}", what, path.string(), code.message())};
}

bool stays_inside(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
    for (const auto part : split(path, '/')) {
        if (part.empty() || part == "." || part == "..") return false;
    }
    return true;
}

Result<void> write_file(const fs::path& path, const FileEntry& file) {
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    if (code) return disk_error("make", path.parent_path(), code);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    out.close();
    if (!out) return disk_error("write", path, std::make_error_code(std::errc::io_error));
    using enum fs::perms;
    const auto plain = owner_read | owner_write | group_read | others_read;
    fs::permissions(path, file.executable ? plain | owner_exec | group_exec | others_exec : plain, code);
    if (code) return disk_error("set the permissions of", path, code);
    return {};
}

Result<void> write_tree(const fs::path& root, const FileTree& files) {
    std::error_code code;
    fs::create_directories(root, code);
    if (code) return disk_error("make", root, code);
    for (const auto& [path, file] : files) {
        if (!stays_inside(path)) return invalid("files", fmt::format("the path '{}' leaves the pack", path));
        CHECK(write_file(root / path, file));
    }
    return {};
}

void remove_quietly(const fs::path& path) {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

/// A folder beside the packs that an installation or a removal made.
struct Leftover {
    std::string ref;
    std::string kind; ///< "new", "old" or "gone"
};

/// Reads ".<ref>.<kind>-<hex digits>".
std::optional<Leftover> read_leftover(std::string_view name) {
    const auto parts = split(name, '.');
    if (parts.size() != 3 || !parts[0].empty() || !is_pack_ref(parts[1])) return std::nullopt;
    for (const std::string_view kind : {"new", "old", "gone"}) {
        auto rest = std::string_view(parts[2]);
        if (!rest.starts_with(kind) || !rest.substr(kind.size()).starts_with('-')) continue;
        rest.remove_prefix(kind.size() + 1);
        if (rest.empty() || rest.find_first_not_of("0123456789abcdef") != std::string_view::npos) continue;
        return Leftover{std::string(parts[1]), std::string(kind)};
    }
    return std::nullopt;
}

} // namespace

Result<StagedPack> StagedPack::write(const std::string& packs_dir, const std::string& ref, const FileTree& files,
                                     const std::string& suffix) {
    StagedPack staged;
    staged.place_ = fs::path(packs_dir) / ref;
    staged.fresh_ = fs::path(packs_dir) / fmt::format(".{}.new-{}", ref, suffix);
    staged.old_ = fs::path(packs_dir) / fmt::format(".{}.old-{}", ref, suffix);
    if (auto written = write_tree(staged.fresh_, files); !written) {
        remove_quietly(staged.fresh_);
        return std::move(written).error();
    }
    return staged;
}

Result<void> StagedPack::swap_in() {
    std::error_code code;
    had_old_ = fs::exists(place_, code);
    if (had_old_) fs::rename(place_, old_, code);
    if (!code) fs::rename(fresh_, place_, code);
    if (!code) return {};
    auto error = disk_error("replace", place_, code);
    put_back();
    return error;
}

void StagedPack::keep() {
    if (had_old_) remove_quietly(old_);
}

void StagedPack::put_back() {
    std::error_code ignored;
    if (!had_old_) {
        remove_quietly(place_);
    } else if (fs::exists(old_, ignored)) {
        remove_quietly(place_);
        fs::rename(old_, place_, ignored);
    }
    remove_quietly(fresh_);
}

Result<void> remove_pack_files(const std::string& packs_dir, const std::string& ref, const std::string& suffix) {
    std::error_code code;
    const auto place = fs::path(packs_dir) / ref;
    const auto gone = fs::path(packs_dir) / fmt::format(".{}.gone-{}", ref, suffix);
    if (!fs::exists(place, code)) return {};
    fs::rename(place, gone, code);
    if (code) return disk_error("remove", place, code);
    remove_quietly(gone);
    return {};
}

Result<std::vector<std::string>> end_interrupted_installations(const std::string& packs_dir) {
    std::error_code code;
    std::vector<fs::path> entries; // read first: the folder changes below
    for (fs::directory_iterator at(packs_dir, code), end; !code && at != end; at.increment(code)) {
        entries.push_back(at->path());
    }
    if (code) return disk_error("read", packs_dir, code);
    std::vector<std::string> done;
    for (const auto& path : entries) {
        const auto left = read_leftover(path.filename().string());
        if (!left) continue;
        const auto place = fs::path(packs_dir) / left->ref;
        const bool goes_back = left->kind == "old" && !fs::exists(fs::symlink_status(place, code));
        goes_back ? fs::rename(path, place, code) : static_cast<void>(fs::remove_all(path, code));
        done.push_back(code ? disk_error(goes_back ? "put back" : "remove", path, code).message
                            : fmt::format("{} {}", goes_back ? "put back" : "removed", path.string()));
    }
    return done;
}

} // namespace attune::api
