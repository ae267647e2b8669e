#include "adapters/pack_store/pack_store.hpp"

#include "base/text.hpp"
#include "domain/pack.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>

namespace attune {
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

bool stands(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

/// A folder beside the packs that an installation or a removal made.
struct Leftover {
    std::string ref;
    std::string kind; ///< "new", "old" or "gone"
    fs::path path;
};

/// Reads ".<ref>.<kind>-<hexadecimal digits>".
std::optional<Leftover> read_leftover(const fs::path& path) {
    const auto name = path.filename().string();
    const auto parts = split(name, '.');
    if (parts.size() != 3 || !parts[0].empty() || !is_pack_ref(parts[1])) return std::nullopt;
    for (const std::string_view kind : {"new", "old", "gone"}) {
        auto rest = parts[2];
        if (!rest.starts_with(kind) || !rest.substr(kind.size()).starts_with('-')) continue;
        rest.remove_prefix(kind.size() + 1);
        if (rest.empty() || rest.find_first_not_of("0123456789abcdef") != std::string_view::npos) continue;
        return Leftover{std::string(parts[1]), std::string(kind), path};
    }
    return std::nullopt;
}

class FolderOfPacks final : public PackStore {
public:
    explicit FolderOfPacks(std::string packs_dir) : root_(std::move(packs_dir)) {}

    std::string place(const std::string& ref) const override { return (root_ / ref).string(); }

    bool is_place(const std::string& ref, const std::string& directory) const override {
        std::error_code code;
        return fs::equivalent(directory, root_ / ref, code) && !code;
    }

    Result<void> stage(const std::string& ref, const std::string& who, const FileTree& files) override {
        auto written = write_tree(beside(ref, "new", who), files);
        if (!written) remove_quietly(beside(ref, "new", who));
        return written;
    }

    Result<void> swap_in(const std::string& ref, const std::string& who) override {
        std::error_code code;
        const auto old = beside(ref, "old", who);
        // An empty folder says that nothing stood there.
        stands(root_ / ref) ? fs::rename(root_ / ref, old, code) : static_cast<void>(fs::create_directory(old, code));
        if (!code) fs::rename(beside(ref, "new", who), root_ / ref, code);
        if (code) return disk_error("replace", root_ / ref, code);
        return {};
    }

    Result<std::vector<std::string>> settle(const std::string& ref, bool keep) override {
        TRY(const auto all, leftovers());
        std::vector<std::string> done;
        for (const auto& left : all) {
            if (left.ref != ref) continue;
            TRY(auto what, left.kind == "old" ? settle_old(left, keep) : drop(left.path));
            done.push_back(std::move(what));
        }
        return done;
    }

    Result<void> remove(const std::string& ref, const std::string& who) override {
        if (!stands(root_ / ref)) return {};
        std::error_code code;
        const auto gone = beside(ref, "gone", who);
        fs::rename(root_ / ref, gone, code);
        if (code) return disk_error("remove", root_ / ref, code);
        remove_quietly(gone);
        return {};
    }

    Result<std::vector<std::string>> unsettled() const override {
        TRY(const auto all, leftovers());
        std::set<std::string> refs;
        for (const auto& left : all) refs.insert(left.ref);
        return std::vector<std::string>(refs.begin(), refs.end());
    }

private:
    fs::path beside(const std::string& ref, std::string_view kind, const std::string& who) const {
        return root_ / fmt::format(".{}.{}-{}", ref, kind, who);
    }

    Result<std::vector<Leftover>> leftovers() const {
        std::error_code code;
        std::vector<Leftover> out;
        for (fs::directory_iterator at(root_, code), end; !code && at != end; at.increment(code)) {
            if (auto left = read_leftover(at->path())) out.push_back(*std::move(left));
        }
        if (code) return disk_error("read", root_, code);
        return out;
    }

    static Result<std::string> drop(const fs::path& path) {
        std::error_code code;
        fs::remove_all(path, code);
        if (code) return disk_error("remove", path, code);
        return fmt::format("removed {}", path.string());
    }

    Result<std::string> settle_old(const Leftover& left, bool keep) const {
        std::error_code code;
        const auto place = root_ / left.ref;
        const bool was_nothing = fs::is_empty(left.path, code);
        if (code) return disk_error("read", left.path, code);
        if (keep && stands(place)) return drop(left.path);
        if (was_nothing) {
            TRY(const auto gone, drop(place));
            CHECK(drop(left.path));
            return gone;
        }
        fs::remove_all(place, code);
        if (!code) fs::rename(left.path, place, code);
        if (code) return disk_error("put back", left.path, code);
        return fmt::format("put back {}", place.string());
    }

    fs::path root_;
};

} // namespace

std::unique_ptr<PackStore> make_pack_store(std::string packs_dir) {
    return std::make_unique<FolderOfPacks>(std::move(packs_dir));
}

} // namespace attune
