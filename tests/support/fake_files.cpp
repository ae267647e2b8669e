#include "support/fake_files.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attune::test {
namespace {

using Kind = FileNotice::Kind;

/// The path relative to the root; nothing for what lies elsewhere.
std::optional<std::string> relative(const std::string& root, const std::string& path) {
    if (path == root) return "";
    if (!path.starts_with(root + '/')) return std::nullopt;
    return path.substr(root.size() + 1);
}

bool is_entered(const WatchedFiles& files, const std::string& path) {
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        if (!files.enters(path.substr(0, slash))) return false;
    }
    return true;
}

/// The path when it is a file of the watch.
std::optional<std::string> held(const WatchedFiles& files, const std::string& absolute) {
    const auto path = relative(files.root, absolute);
    if (!path || !is_entered(files, *path) || !files.holds(*path)) return std::nullopt;
    return path;
}

std::int64_t nanoseconds(Timestamp at) {
    return std::chrono::nanoseconds(at.time_since_epoch()).count();
}

} // namespace

void FakeDisk::write(const std::string& path, std::int64_t size) {
    const auto now = nanoseconds(clock_.now());
    const auto known = files.find(path);
    if (known == files.end()) {
        files[path] = {++inodes_, now, size, now};
    } else {
        known->second.size = size;
        known->second.modified = now;
    }
    tell(Kind::touched, path);
}

void FakeDisk::replace(const std::string& path, std::int64_t size) {
    const auto now = nanoseconds(clock_.now());
    files[path] = {++inodes_, now, size, now};
    tell(Kind::touched, path);
}

void FakeDisk::remove(const std::string& path) {
    files.erase(path);
    tell(Kind::touched, path);
}

void FakeDisk::rename(const std::string& from, const std::string& to) {
    files[to] = files.at(from);
    files.erase(from);
    tell(Kind::touched, from);
    tell(Kind::moved, to, from);
}

void FakeDisk::rename_folder(const std::string& from, const std::string& to) {
    FileStates moved;
    for (const auto& [path, state] : files) {
        const auto below = relative(from, path);
        moved[below ? to + '/' + *below : path] = state;
    }
    files = std::move(moved);
    tell(Kind::folder_gone, from);
    tell(Kind::folder_moved, to, from);
}

void FakeDisk::remove_folder(const std::string& path) {
    std::erase_if(files, [&](const auto& file) { return file.first.starts_with(path + '/'); });
    tell(Kind::folder_gone, path);
}

void FakeDisk::tell(Kind kind, const std::string& path, const std::string& old_path) {
    if (is_deaf) return;
    for (auto* one : watchers_) one->on(kind, path, old_path);
}

void FakeDisk::lose_notices() {
    for (auto* one : watchers_) one->lose();
}

void FakeFileWatcher::tell(FileNotice notice) {
    notices_.push_back(std::move(notice));
    if (signal_ != nullptr) signal_->set();
}

void FakeFileWatcher::lose() {
    notices_.clear();
    for (const auto& [number, watch] : watches_) tell({number, Kind::lost, {}, {}});
}

void FakeFileWatcher::on(Kind kind, const std::string& path, const std::string& old_path) {
    for (const auto& [number, watch] : watches_) {
        if (!watch.is_noticed) continue;
        const bool is_file = kind == Kind::touched || kind == Kind::moved;
        const auto here = is_file ? held(watch.files, path) : relative(watch.files.root, path);
        if (!here) continue;
        const auto old = is_file ? held(watch.files, old_path) : relative(watch.files.root, old_path);
        if (old_path.empty() || old) {
            tell({number, kind, *here, old.value_or("")});
        } else {
            tell({number, is_file ? Kind::touched : Kind::folder_came, *here, {}});
        }
    }
}

task<Result<FileScan>> FakeFileWatcher::scan(WatchNumber number, std::string folder) {
    ++disk_.scans;
    if (disk_.failure) co_return *disk_.failure;
    auto& watch = watches_.at(number);
    watch.is_noticed = true;
    FileScan out;
    const auto root = folder.empty() ? watch.files.root : watch.files.root + '/' + folder;
    for (const auto& one : disk_.locked) {
        if (const auto path = relative(watch.files.root, one)) {
            out.unread.insert(*path);
            out.problems.push_back(one + " cannot be read: Permission denied");
        }
    }
    for (const auto& [path, state] : disk_.files) {
        const auto file = held(watch.files, path);
        const auto is_locked = [&](const std::string& one) { return relative(one, path).has_value(); };
        if (file && relative(root, path) && std::ranges::none_of(disk_.locked, is_locked)) out.files[*file] = state;
    }
    if (out.files.size() > watch.files.most) co_return Error{Errc::too_large, "too many files"};
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return out;
}

task<std::vector<Result<std::optional<FileState>>>> FakeFileWatcher::look(WatchNumber number,
                                                                          std::vector<std::string> paths) {
    std::vector<Result<std::optional<FileState>>> out;
    for (const auto& path : paths) {
        ++disk_.looks;
        const auto& root = watches_.at(number).files.root;
        const auto found = disk_.files.find(path.empty() ? root : root + '/' + path);
        out.emplace_back(found == disk_.files.end() ? std::nullopt : std::optional(found->second));
    }
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return out;
}

} // namespace attune::test
