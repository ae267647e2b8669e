#include "adapters/pack_store/pack_store.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

namespace attune {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class PackStoreTest : public testing::Test {
protected:
    PackStoreTest() {
        std::string pattern = (fs::temp_directory_path() / "attune-packs-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        store_ = make_pack_store(root_.string());
    }
    ~PackStoreTest() override { fs::remove_all(root_); }

    std::string content(const fs::path& path) const {
        std::ifstream in(root_ / path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(root_), fs::directory_iterator{}));
    }
    void stage(const std::string& text) {
        ASSERT_TRUE(store_->stage("mine", "abc", {{"actions/a.sh", {text, true}}}).has_value());
    }
    void swap_in(const std::string& text) {
        stage(text);
        ASSERT_TRUE(store_->swap_in("mine", "abc").has_value());
    }
    void settle(bool keep) { ASSERT_TRUE(store_->settle("mine", keep).has_value()); }
    void install(const std::string& text) {
        swap_in(text);
        settle(true);
    }
    void make(const fs::path& folder, std::string_view text) {
        fs::create_directories(root_ / folder);
        std::ofstream(root_ / folder / "a") << text;
    }

    fs::path root_;
    std::unique_ptr<PackStore> store_;
};

TEST_F(PackStoreTest, SwapsFilesInWithTheirPermissions) {
    stage("one");
    EXPECT_FALSE(fs::exists(root_ / "mine"));

    ASSERT_TRUE(store_->swap_in("mine", "abc").has_value());
    settle(true);

    EXPECT_EQ(content("mine/actions/a.sh"), "one");
    EXPECT_EQ(::access((root_ / "mine/actions/a.sh").c_str(), X_OK), 0);
    EXPECT_EQ(entries(), 1U);
}

TEST_F(PackStoreTest, ReplacesWhatStoodThereOrPutsItBack) {
    install("one");
    swap_in("two");
    EXPECT_EQ(content("mine/actions/a.sh"), "two");

    settle(false);

    EXPECT_EQ(content("mine/actions/a.sh"), "one");
    EXPECT_EQ(entries(), 1U);
}

TEST_F(PackStoreTest, LeavesNothingWhenTheFirstInstallationFails) {
    swap_in("one");

    settle(false);

    EXPECT_EQ(entries(), 0U);
}

TEST_F(PackStoreTest, SettlesAnInstallationThatStoppedAnywhere) {
    install("one");
    for (const bool keep : {true, false}) {
        stage("two");
        settle(keep);
        EXPECT_EQ(content("mine/actions/a.sh"), "one") << "nothing was moved yet";
        stage("two");
        fs::rename(root_ / "mine", root_ / ".mine.old-abc"); // as far as swap_in() came
        settle(keep);
        EXPECT_EQ(content("mine/actions/a.sh"), "one") << "the place was empty";
        EXPECT_EQ(entries(), 1U);
    }
}

TEST_F(PackStoreTest, KeepsFilesInThePack) {
    for (const auto* path : {"../x", "/x", "a//b", "a/../../x", ""}) {
        const auto staged = store_->stage("mine", "abc", {{path, {"x", false}}});
        ASSERT_FALSE(staged.has_value()) << path;
        EXPECT_EQ(staged.error().code, Errc::invalid);
        EXPECT_EQ(entries(), 0U);
    }
}

TEST_F(PackStoreTest, RemovesAPackWhole) {
    install("one");

    ASSERT_TRUE(store_->remove("mine", "abc").has_value());

    EXPECT_EQ(entries(), 0U);
    EXPECT_TRUE(store_->remove("mine", "abc").has_value());
}

TEST_F(PackStoreTest, KnowsWhatItIsToSettleAndTouchesNothingElse) {
    make("kept", "kept");
    make(".kept.old-0a1b", "older");
    make(".kept.new-0a1b", "newer");
    make(".moved.old-0a1b", "moved");
    make(".deleted.gone-0a1b", "deleted");
    for (const auto* other : {".git", ".kept.old-mine", ".kept.other-0a", "kept.old-0a", ".Bad.new-0a"})
        make(other, "x");

    const auto refs = store_->unsettled();

    ASSERT_TRUE(refs.has_value());
    EXPECT_THAT(*refs, ElementsAre("deleted", "kept", "moved"));
    for (const auto& ref : *refs) EXPECT_TRUE(store_->settle(ref, true).has_value());
    EXPECT_EQ(content("kept/a"), "kept");
    EXPECT_EQ(content("moved/a"), "moved");
    EXPECT_EQ(entries(), 2U + 5U);
    EXPECT_TRUE(store_->unsettled()->empty());
}

TEST_F(PackStoreTest, SaysWhenItsFolderIsAway) {
    const auto absent = make_pack_store((root_ / "absent").string());

    EXPECT_EQ(absent->unsettled().error().code, Errc::unavailable);
    EXPECT_EQ(absent->settle("mine", true).error().code, Errc::unavailable);
}

TEST_F(PackStoreTest, KnowsThePlaceOfAPackByAnyOfItsNames) {
    install("one");
    fs::create_directory_symlink(root_ / "mine", root_ / "link");

    EXPECT_EQ(store_->place("mine"), (root_ / "mine").string());
    EXPECT_TRUE(store_->is_place("mine", (root_ / "link").string()));
    EXPECT_FALSE(store_->is_place("mine", root_.string()));
    EXPECT_FALSE(store_->is_place("other", (root_ / "mine").string()));
}

} // namespace
} // namespace attune
