#include "api/routes/pack_files.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

namespace attune::api {
namespace {

namespace fs = std::filesystem;

class PackFiles : public testing::Test {
protected:
    PackFiles() {
        std::string pattern = (fs::temp_directory_path() / "attune-packs-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    ~PackFiles() override { fs::remove_all(root_); }

    std::string content(const fs::path& path) const {
        std::ifstream in(root_ / path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(root_), fs::directory_iterator{}));
    }
    StagedPack stage(const std::string& text) {
        return *StagedPack::write(root_.string(), "mine", {{"actions/a.sh", {text, true}}}, "abc");
    }

    fs::path root_;
};

TEST_F(PackFiles, AreSwappedInWithTheirPermissions) {
    auto first = stage("one");
    EXPECT_FALSE(fs::exists(root_ / "mine"));
    ASSERT_TRUE(first.swap_in().has_value());
    first.keep();
    EXPECT_EQ(content("mine/actions/a.sh"), "one");
    EXPECT_EQ(::access((root_ / "mine/actions/a.sh").c_str(), X_OK), 0);
    EXPECT_EQ(entries(), 1U);
}

TEST_F(PackFiles, ReplaceWhatStoodThereOrPutItBack) {
    auto first = stage("one");
    ASSERT_TRUE(first.swap_in().has_value());
    first.keep();
    auto second = stage("two");
    ASSERT_TRUE(second.swap_in().has_value());
    EXPECT_EQ(content("mine/actions/a.sh"), "two");
    second.put_back();
    EXPECT_EQ(content("mine/actions/a.sh"), "one");
    EXPECT_EQ(entries(), 1U);
}

TEST_F(PackFiles, LeaveNothingWhenTheFirstInstallationFails) {
    auto first = stage("one");
    ASSERT_TRUE(first.swap_in().has_value());
    first.put_back();
    EXPECT_EQ(entries(), 0U);
}

TEST_F(PackFiles, NeverLeaveTheirPack) {
    for (const auto* path : {"../x", "/x", "a//b", "a/../../x", ""}) {
        const auto staged = StagedPack::write(root_.string(), "mine", {{path, {"x", false}}}, "abc");
        ASSERT_FALSE(staged.has_value()) << path;
        EXPECT_EQ(staged.error().code, Errc::invalid);
        EXPECT_EQ(entries(), 0U);
    }
}

TEST_F(PackFiles, AreRemovedWhole) {
    auto first = stage("one");
    ASSERT_TRUE(first.swap_in().has_value());
    ASSERT_TRUE(remove_pack_files(root_.string(), "mine", "abc").has_value());
    EXPECT_EQ(entries(), 0U);
    EXPECT_TRUE(remove_pack_files(root_.string(), "mine", "abc").has_value());
}

TEST_F(PackFiles, OfInterruptedInstallationsAreSortedOutAtTheNextStart) {
    const auto make = [&](const fs::path& folder, std::string_view text) {
        fs::create_directories(root_ / folder);
        std::ofstream(root_ / folder / "a") << text;
    };
    make("kept", "kept");
    make(".kept.old-0a1b", "older");
    make(".kept.new-0a1b", "newer");
    make(".moved.old-0a1b", "moved");
    make(".moved.new-0a1b", "newer");
    make(".deleted.gone-0a1b", "deleted");
    for (const auto* other : {".git", ".kept.old-mine", ".kept.other-0a", "kept.old-0a", ".Bad.new-0a"})
        make(other, "x");

    const auto done = end_interrupted_installations(root_.string());

    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(done->size(), 5U);
    EXPECT_EQ(content("kept/a"), "kept");
    EXPECT_EQ(content("moved/a"), "moved");
    EXPECT_EQ(entries(), 2U + 5U);
    EXPECT_TRUE(end_interrupted_installations(root_.string())->empty());
    EXPECT_EQ(end_interrupted_installations((root_ / "absent").string()).error().code, Errc::unavailable);
}

TEST_F(PackFiles, GoBackWhenTheirReplacementWasInterrupted) {
    auto first = stage("one");
    ASSERT_TRUE(first.swap_in().has_value());
    first.keep();
    auto second = stage("two");
    fs::rename(root_ / "mine", root_ / ".mine.old-abc"); // as far as swap_in() came

    ASSERT_TRUE(end_interrupted_installations(root_.string()).has_value());

    EXPECT_EQ(content("mine/actions/a.sh"), "one");
    EXPECT_EQ(entries(), 1U);
}

} // namespace
} // namespace attune::api
