#include "adapters/inotify/read_files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace attune::adapters::inotify {
namespace {

std::int64_t nanoseconds(const struct statx_timestamp& at) {
    return at.tv_sec * 1'000'000'000 + at.tv_nsec;
}

EntryKind kind_of(unsigned mode) {
    switch (mode & S_IFMT) {
    case S_IFREG: return EntryKind::file;
    case S_IFDIR: return EntryKind::folder;
    case S_IFLNK: return EntryKind::link;
    default: return EntryKind::other;
    }
}

Entry entry_of(int folder, const char* name, bool follow_links) {
    struct statx found{};
    const int flags = AT_NO_AUTOMOUNT | (follow_links ? 0 : AT_SYMLINK_NOFOLLOW);
    if (::statx(folder, name, flags, STATX_BASIC_STATS | STATX_BTIME, &found) != 0) {
        const bool is_absent = errno == ENOENT || errno == ENOTDIR;
        return {.name = name, .failure = is_absent ? 0 : errno};
    }
    Entry out{.name = name, .kind = kind_of(found.stx_mode)};
    out.state.inode = static_cast<std::int64_t>(found.stx_ino);
    out.state.size = static_cast<std::int64_t>(found.stx_size);
    out.state.modified = nanoseconds(found.stx_mtime);
    if ((found.stx_mask & STATX_BTIME) != 0) out.state.born = nanoseconds(found.stx_btime);
    return out;
}

} // namespace

Entry entry_at(const std::string& path, bool follow_links) {
    return entry_of(AT_FDCWD, path.c_str(), follow_links);
}

FolderReader::FolderReader(const std::string& path, bool follow_links) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow_links ? 0 : O_NOFOLLOW));
    if (fd < 0) {
        failure_ = errno;
        return;
    }
    stream_.reset(::fdopendir(fd));
    if (!stream_) {
        failure_ = errno;
        ::close(fd);
    }
}

std::optional<Entry> FolderReader::next() {
    if (!stream_) return std::nullopt;
    for (;;) {
        errno = 0;
        const auto* found = ::readdir(stream_.get());
        if (found == nullptr) break;
        const std::string_view name = found->d_name;
        if (name == "." || name == "..") continue;
        if (found->d_type == DT_DIR) return Entry{.name = std::string(name), .kind = EntryKind::folder};
        auto entry = entry_of(::dirfd(stream_.get()), found->d_name, false);
        if (entry.kind != EntryKind::none) return entry;
    }
    failure_ = errno;
    return std::nullopt;
}

} // namespace attune::adapters::inotify
