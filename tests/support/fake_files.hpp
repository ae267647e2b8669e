#pragma once
#include "runtime/clock.hpp"
#include "runtime/file_watcher.hpp"

#include <map>
#include <set>

namespace attune::test {

class FakeFileWatcher;

/// Files that are only names, numbers and times. Paths are absolute.
class FakeDisk {
public:
    explicit FakeDisk(const Clock& clock) : clock_(clock) {}

    /// Makes a file, or writes to it: now.
    void write(const std::string& path, std::int64_t size = 1);
    /// Takes the place of whatever is there.
    void replace(const std::string& path, std::int64_t size = 1);
    void remove(const std::string& path);
    void rename(const std::string& from, const std::string& to);
    /// All that lies below it.
    void rename_folder(const std::string& from, const std::string& to);
    void remove_folder(const std::string& path);

    /// Notices that nobody has taken are lost.
    void lose_notices();
    bool is_deaf = false;         ///< what happens is noticed by nobody
    std::set<std::string> locked; ///< folders that cannot be read
    std::optional<Error> failure; ///< of every scan
    std::size_t scans = 0;        ///< so far
    std::size_t looks = 0;        ///< paths that were looked at, so far

    FileStates files;

private:
    friend class FakeFileWatcher;
    void tell(FileNotice::Kind kind, const std::string& path, const std::string& old_path = {});

    const Clock& clock_;
    std::int64_t inodes_ = 0;
    std::set<FakeFileWatcher*> watchers_;
};

class FakeFileWatcher final : public FileWatcher {
public:
    explicit FakeFileWatcher(FakeDisk& disk) : disk_(disk) { disk_.watchers_.insert(this); }
    ~FakeFileWatcher() override { disk_.watchers_.erase(this); }

    void listen(Signal* signal) override { signal_ = signal; }
    std::vector<FileNotice> take() override { return std::exchange(notices_, {}); }
    void watch(WatchNumber number, WatchedFiles files) override { watches_[number] = {std::move(files), false}; }
    void forget(WatchNumber number) override { watches_.erase(number); }
    task<Result<FileScan>> scan(WatchNumber number, std::string folder) override;
    task<std::vector<Result<std::optional<FileState>>>> look(WatchNumber number,
                                                             std::vector<std::string> paths) override;
    std::size_t watches() const { return watches_.size(); }

private:
    friend class FakeDisk;
    struct Watch {
        WatchedFiles files;
        bool is_noticed = false;
    };
    void on(FileNotice::Kind kind, const std::string& path, const std::string& old_path);
    void lose();
    void tell(FileNotice notice);

    FakeDisk& disk_;
    Signal* signal_ = nullptr;
    std::map<WatchNumber, Watch> watches_;
    std::vector<FileNotice> notices_;
};

} // namespace attune::test
