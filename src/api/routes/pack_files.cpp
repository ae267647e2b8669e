#include "api/routes/pack_files.hpp"

#include "base/text.hpp"

#include <fstream>
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
    const auto old = fs::path(packs_dir) / fmt::format(".{}.old-{}", ref, suffix);
    if (!fs::exists(place, code)) return {};
    fs::rename(place, old, code);
    if (code) return disk_error("remove", place, code);
    remove_quietly(old);
    return {};
}

} // namespace attune::api
