#pragma once
#include "adapters/inotify/notice_queue.hpp"
#include "adapters/inotify/places.hpp"
#include "adapters/inotify/read_files.hpp"

namespace attune::adapters::inotify {

/// What the kernel tells of inodes, as notices about the paths of watches. What is noticed is in watcher.cpp, what is
/// looked at in scan.cpp, and how a root is waited for in guard.cpp.
class Watcher final : public FileWatcher {
public:
    Watcher(asio::any_io_executor loop, SystemCalls calls);

    void listen(Signal* signal) override { signal_ = signal; }
    std::vector<FileNotice> take() override { return std::exchange(notices_, {}); }
    void watch(WatchNumber number, WatchedFiles files) override;
    void forget(WatchNumber number) override;
    task<Result<FileScan>> scan(WatchNumber number, std::string folder) override;
    task<std::vector<Result<std::optional<FileState>>>> look(WatchNumber number,
                                                             std::vector<std::string> paths) override;

private:
    struct Tree {
        WatchedFiles files;
        std::uint32_t cookie = 0; ///< of the last rename from a name
        std::string renamed_from = {};

        std::string absolute(std::string_view path) const;
    };
    /// One scan, while it goes on.
    struct Walk {
        FileScan found;
        std::vector<std::string> waiting; ///< folders to be read
        std::set<std::string> watched;    ///< folders that are noticed
        std::size_t unwatched = 0;        ///< folders that the limit of watches left out
        std::size_t entries = 0;

        void problem(std::string text);
        void cannot_read(const std::string& folder, const std::string& path, int failure);
    };
    enum class Root : std::uint8_t { folder, no_folder, changing };

    void on_notice(const KernelNotice& notice);
    void on_guard(const Place& place, const KernelNotice& notice);
    void on_folder(const Place& place, const KernelNotice& notice);
    void on_file(Tree& tree, const std::string& path, WatchNumber number, const KernelNotice& notice);
    void on_subfolder(Tree& tree, const std::string& path, WatchNumber number, const KernelNotice& notice);
    void tell(FileNotice notice);
    void tell_lost();

    bool guard_root(WatchNumber number, Walk& walk);
    Root try_to_guard(WatchNumber number, Walk& walk);
    bool wait_for_name(WatchNumber number, const std::string& folder, const std::string& name, bool is_root,
                       Walk& walk);
    bool watch_folder(WatchNumber number, const std::string& folder, Walk& walk);
    task<Result<void>> read_folder(WatchNumber number, std::string folder, Walk& walk);
    void remove(const std::vector<int>& wds);

    asio::any_io_executor loop_;
    Signal* signal_ = nullptr;
    NoticeQueue queue_;
    Places places_;
    std::map<WatchNumber, Tree> trees_;
    std::vector<FileNotice> notices_;
};

} // namespace attune::adapters::inotify
