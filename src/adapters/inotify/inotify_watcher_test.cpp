#include "adapters/inotify/inotify_watcher.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sys/inotify.h>

namespace attune::adapters::inotify {
namespace {

namespace fs = std::filesystem;
using Kind = FileNotice::Kind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr WatchNumber kOne = 1;

class InotifyWatcher : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "attune-inotify-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        watcher = make_file_watcher(loop.get_executor(), calls());
    }
    void TearDown() override {
        watcher.reset();
        loop.restart();
        loop.run();
        fs::remove_all(folder);
    }

    /// The kernel's answers, but for what a test has refused.
    SystemCalls calls() {
        auto out = system_calls();
        out.inotify_init = [this, real = out.inotify_init] {
            errno = init_failure;
            return init_failure != 0 ? -1 : real();
        };
        out.inotify_add_watch = [this, real = out.inotify_add_watch](int fd, const char* path, std::uint32_t mask) {
            const auto refused = refusals.find(fs::path(path).filename().string());
            if (refused == refusals.end()) return real(fd, path, mask);
            errno = refused->second;
            return -1;
        };
        return out;
    }

    template <class T>
    T run(task<T> work) {
        std::optional<T> out;
        asio::co_spawn(
            loop, [&]() -> task<void> { out.emplace(co_await std::move(work)); },
            [](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);
            });
        loop.restart();
        while (!out) loop.run_one();
        return *std::move(out);
    }
    Result<FileScan> scan(std::string below = {}, WatchNumber number = kOne) {
        return run(watcher->scan(number, std::move(below)));
    }
    std::vector<std::string> names(const Result<FileScan>& found) {
        std::vector<std::string> out;
        for (const auto& [path, state] : found.value().files) out.push_back(path);
        return out;
    }
    void watch(std::string root, WatchNumber number = kOne) {
        watcher->watch(number, {(folder / root).string(), [](std::string_view) { return true; },
                                [](std::string_view) { return true; }});
    }
    /// All that was told by now.
    std::vector<FileNotice> notices() {
        loop.restart();
        loop.poll();
        return watcher->take();
    }
    std::set<std::string> touched() {
        std::set<std::string> out;
        for (const auto& one : notices()) {
            EXPECT_EQ(one.kind, Kind::touched) << one.path;
            out.insert(one.path);
        }
        return out;
    }
    bool is_lost() {
        return std::ranges::any_of(notices(), [](const FileNotice& one) { return one.kind == Kind::lost; });
    }
    void write(const fs::path& name, std::string_view text = "x") { std::ofstream(folder / name) << text; }
    std::size_t watches() const {
        std::size_t out = 0;
        for (const auto& one : fs::directory_iterator("/proc/self/fdinfo")) {
            std::ifstream file(one.path());
            for (std::string line; std::getline(file, line);) out += line.starts_with("inotify") ? 1 : 0;
        }
        return out;
    }

    asio::io_context loop{1};
    int init_failure = 0;
    std::map<std::string, int> refusals; ///< by the last name of a path: errno
    fs::path folder;
    std::unique_ptr<FileWatcher> watcher;
};

TEST_F(InotifyWatcher, FindsTheFilesThatAreThereAndSaysWhatTheyAre) {
    fs::create_directories(folder / "in/deep");
    write("in/a", "12345");
    write("in/deep/b");
    fs::create_symlink(folder / "in/a", folder / "in/link");
    watch("in");

    const auto found = scan();

    EXPECT_THAT(names(found), ElementsAre("a", "deep/b")) << "a link is no file";
    const auto& a = found->files.at("a");
    EXPECT_EQ(a.size, 5);
    const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds{1};
    EXPECT_NEAR(static_cast<double>(a.modified), static_cast<double>(now), 60e9);
    EXPECT_NE(a.inode, found->files.at("deep/b").inode);
    EXPECT_THAT(found->problems, IsEmpty());
    const auto looked = run(watcher->look(kOne, {"a", "deep", "none", "a/b"}));
    EXPECT_EQ(**looked[0], a);
    for (std::size_t i : {1U, 2U, 3U}) EXPECT_FALSE(looked[i].value());
}

TEST_F(InotifyWatcher, NoticesWhatIsDoneToFiles) {
    fs::create_directories(folder / "in/deep");
    write("in/deep/a");
    watch("in");
    ASSERT_TRUE(scan());
    EXPECT_THAT(notices(), IsEmpty());

    write("in/new");
    EXPECT_THAT(touched(), ElementsAre("new"));
    write("in/deep/a", "more");
    EXPECT_THAT(touched(), ElementsAre("deep/a"));
    fs::create_hard_link(folder / "in/new", folder / "in/second");
    EXPECT_THAT(touched(), Contains("second"));
    fs::last_write_time(folder / "in/new", fs::file_time_type::clock::now() - std::chrono::hours{1});
    EXPECT_THAT(touched(), Contains("new"));
    fs::remove(folder / "in/deep/a");
    EXPECT_THAT(touched(), ElementsAre("deep/a"));
    fs::rename(folder / "in/new", folder / "in/deep/moved");
    EXPECT_THAT(notices(), ElementsAre(FileNotice{kOne, Kind::touched, "new", {}},
                                       FileNotice{kOne, Kind::moved, "deep/moved", "new"}));
    fs::rename(folder / "in/deep/moved", folder / "away");
    EXPECT_THAT(touched(), ElementsAre("deep/moved"));
}

TEST_F(InotifyWatcher, LeavesOutWhatNobodyAskedFor) {
    fs::create_directories(folder / "in/skipped");
    write("in/skipped/a");
    write("in/b.tmp");
    watcher->watch(kOne, {(folder / "in").string(), [](std::string_view path) { return path.ends_with(".csv"); },
                          [](std::string_view path) { return path != "skipped"; }});

    EXPECT_THAT(names(scan()), IsEmpty());
    write("in/skipped/c.csv");
    write("in/b.tmp", "more");
    fs::remove_all(folder / "in/skipped");
    EXPECT_THAT(notices(), IsEmpty());
    write("in/d.csv");
    EXPECT_THAT(touched(), ElementsAre("d.csv"));
}

TEST_F(InotifyWatcher, LosesNothingOfAFolderThatComes) {
    watch("");
    ASSERT_TRUE(scan());
    fs::create_directories(folder / "new/deep");
    write("new/deep/early");

    EXPECT_THAT(notices(), ElementsAre(FileNotice{kOne, Kind::folder_came, "new", {}}));
    EXPECT_THAT(names(scan("new")), ElementsAre("new/deep/early"));
    write("new/deep/late");
    EXPECT_THAT(touched(), ElementsAre("new/deep/late"));
}

TEST_F(InotifyWatcher, FollowsFoldersThatAreRenamedAndRemoved) {
    fs::create_directories(folder / "in/a/b");
    fs::create_directories(folder / "in/a-c");
    watch("in");
    ASSERT_TRUE(scan());

    fs::rename(folder / "in/a", folder / "in/z");
    EXPECT_THAT(notices(), ElementsAre(FileNotice{kOne, Kind::folder_gone, "a", {}},
                                       FileNotice{kOne, Kind::folder_moved, "z", "a"}));
    write("in/z/b/unheard");
    EXPECT_THAT(notices(), IsEmpty()) << "the old path is nobody's any more";
    EXPECT_THAT(names(scan("z")), ElementsAre("z/b/unheard"));
    write("in/z/b/heard");
    write("in/a-c/heard");
    EXPECT_THAT(touched(), ElementsAre("a-c/heard", "z/b/heard"));
    fs::remove_all(folder / "in/z/b");
    EXPECT_THAT(notices(), Contains(FileNotice{kOne, Kind::folder_gone, "z/b", {}}));
    fs::rename(folder / "in/z", folder / "away");
    EXPECT_THAT(notices(), ElementsAre(FileNotice{kOne, Kind::folder_gone, "z", {}}));
    write("away/unheard");
    EXPECT_THAT(notices(), IsEmpty());
}

TEST_F(InotifyWatcher, WaitsForARootThatIsNotThere) {
    watch("a/b/c");
    EXPECT_THAT(names(scan()), IsEmpty());
    for (const auto* step : {"a", "a/b", "a/b/c"}) {
        write("other");
        EXPECT_THAT(notices(), IsEmpty());
        fs::create_directory(folder / step);
        EXPECT_TRUE(is_lost()) << step;
        EXPECT_THAT(names(scan()), IsEmpty());
    }
    write("a/b/c/x");
    EXPECT_THAT(touched(), ElementsAre("x"));

    fs::remove_all(folder / "a/b");
    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), IsEmpty());
    fs::create_directories(folder / "a/b/c");
    write("a/b/c/y");
    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), ElementsAre("y"));
}

TEST_F(InotifyWatcher, SeesARootThatLeavesWithAFolderAboveIt) {
    fs::create_directories(folder / "a/b/c");
    write("a/b/c/x");
    watch("a/b/c");
    EXPECT_THAT(names(scan()), ElementsAre("x"));

    fs::rename(folder / "a", folder / "z");

    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), IsEmpty());
    fs::rename(folder / "z", folder / "a");
    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), ElementsAre("x"));
}

TEST_F(InotifyWatcher, WatchesASingleFile) {
    watch("file");
    EXPECT_THAT(names(scan()), IsEmpty());
    write("file", "1");
    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), ElementsAre(""));
    write("beside");
    EXPECT_THAT(notices(), IsEmpty());
    write("file", "22");
    EXPECT_THAT(touched(), ElementsAre(""));
    write("next", "333");
    fs::rename(folder / "next", folder / "file");
    EXPECT_TRUE(is_lost());
    EXPECT_EQ(scan()->files.at("").size, 3);
    fs::remove(folder / "file");
    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), IsEmpty());
}

TEST_F(InotifyWatcher, FollowsARootThatIsALink) {
    fs::create_directories(folder / "one");
    fs::create_directories(folder / "two");
    write("one/a");
    write("two/b");
    fs::create_directory_symlink("one", folder / "current");
    watch("current");
    EXPECT_THAT(names(scan()), ElementsAre("a"));
    write("one/c");
    EXPECT_THAT(touched(), ElementsAre("c"));

    fs::create_directory_symlink("two", folder / "next");
    fs::rename(folder / "next", folder / "current");

    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), ElementsAre("b"));
    write("one/d");
    EXPECT_THAT(notices(), IsEmpty());
}

TEST_F(InotifyWatcher, SaysThatItLostNotices) {
    std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
    int most = 0;
    limit >> most;
    ASSERT_GT(most, 0);
    if (most > 100'000) GTEST_SKIP() << "the kernel's queue is too long to fill";
    write("a");
    write("b");
    watch("");
    ASSERT_TRUE(scan());
    for (int i = 0; i <= most; ++i) fs::permissions(folder / (i % 2 == 0 ? "a" : "b"), fs::perms::owner_all);

    EXPECT_TRUE(is_lost());
    EXPECT_THAT(names(scan()), ElementsAre("a", "b"));
    EXPECT_THAT(notices(), IsEmpty());
    write("c");
    EXPECT_THAT(touched(), ElementsAre("c"));
}

TEST_F(InotifyWatcher, NamesTheLimitOfWatchesAndLooksAtTheFilesAllTheSame) {
    fs::create_directories(folder / "in/one");
    fs::create_directories(folder / "in/two");
    write("in/one/a");
    write("in/two/b");
    refusals = {{"one", ENOSPC}, {"two", ENOSPC}};
    watch("in");

    const auto found = scan();

    EXPECT_THAT(names(found), ElementsAre("one/a", "two/b"));
    ASSERT_EQ(found->problems.size(), 1U);
    EXPECT_THAT(found->problems[0], HasSubstr("2 folders are not noticed at once"));
    EXPECT_THAT(found->problems[0], HasSubstr("fs.inotify.max_user_watches = "));
    EXPECT_THAT(found->problems[0], HasSubstr("sysctl -w fs.inotify.max_user_watches="));
    refusals.clear();
    EXPECT_THAT(scan()->problems, IsEmpty());
    write("in/two/c");
    EXPECT_THAT(touched(), ElementsAre("two/c"));
}

TEST_F(InotifyWatcher, NamesTheLimitOfInstances) {
    init_failure = EMFILE;
    watch("");
    const auto found = scan();

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::unavailable);
    EXPECT_THAT(found.error().message, HasSubstr("fs.inotify.max_user_instances = "));
    init_failure = 0;
    EXPECT_TRUE(scan());
}

TEST_F(InotifyWatcher, KnowsWhatItCouldNotRead) {
    fs::create_directories(folder / "in/locked");
    write("in/a");
    write("in/locked/b");
    refusals = {{"locked", EACCES}};
    watch("in");

    const auto found = scan();

    EXPECT_THAT(names(found), ElementsAre("a"));
    EXPECT_THAT(found->unread, ElementsAre("locked"));
    EXPECT_THAT(found->problems, ElementsAre(HasSubstr("in/locked cannot be read: Permission denied")));
}

TEST_F(InotifyWatcher, RefusesMoreFilesThanItMayHold) {
    for (int i = 0; i < 4; ++i) write(std::to_string(i));
    watcher->watch(kOne,
                   {folder.string(), [](std::string_view) { return true; }, [](std::string_view) { return true; }, 3});

    const auto found = scan();

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::too_large);
    EXPECT_THAT(found.error().message, HasSubstr("holds more than 3 files"));
}

TEST_F(InotifyWatcher, TellsEveryWatchOfAFolder) {
    fs::create_directories(folder / "in/deep");
    watch("in", 1);
    watch("in/deep", 2);
    ASSERT_TRUE(scan({}, 1));
    ASSERT_TRUE(scan({}, 2));
    write("in/deep/a");
    const auto all = notices();
    EXPECT_THAT(all, Contains(FileNotice{1, Kind::touched, "deep/a", {}}));
    EXPECT_THAT(all, Contains(FileNotice{2, Kind::touched, "a", {}}));

    watcher->forget(1);

    write("in/deep/b");
    EXPECT_THAT(touched(), ElementsAre("b"));
    EXPECT_FALSE(scan({}, 1));
    watcher->forget(2);
    EXPECT_EQ(watches(), 0U);
    loop.restart();
    loop.run(); // it ends
}

TEST_F(InotifyWatcher, SetsTheSignalOfItsListener) {
    Signal signal(loop.get_executor());
    watcher->listen(&signal);
    watch("");
    ASSERT_TRUE(scan());
    write("a");
    loop.restart();
    loop.poll();

    EXPECT_TRUE(signal.take());
}

} // namespace
} // namespace attune::adapters::inotify
