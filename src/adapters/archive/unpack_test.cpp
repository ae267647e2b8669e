#include "adapters/archive/unpack.hpp"

#include "adapters/archive/entry_path.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace attune::adapters::archive {
namespace {

using testing::HasSubstr;

struct Entry {
    std::string path;
    std::string content = {};
    unsigned kind = AE_IFREG;
    unsigned mode = 0644;
    std::string link = {};
};

std::string pack(const std::vector<Entry>& entries) {
    std::string out(4 << 20, '\0');
    std::size_t used = 0;
    auto* writer = archive_write_new();
    archive_write_add_filter_gzip(writer);
    archive_write_set_format_pax_restricted(writer);
    archive_write_open_memory(writer, out.data(), out.size(), &used);
    for (const auto& item : entries) {
        auto* entry = archive_entry_new();
        archive_entry_set_pathname(entry, item.path.c_str());
        archive_entry_set_filetype(entry, item.kind);
        archive_entry_set_perm(entry, item.mode);
        archive_entry_set_size(entry, static_cast<la_int64_t>(item.content.size()));
        if (item.kind == AE_IFLNK) archive_entry_set_symlink(entry, item.link.c_str());
        if (item.kind == AE_IFREG && !item.link.empty()) archive_entry_set_hardlink(entry, item.link.c_str());
        archive_write_header(writer, entry);
        archive_write_data(writer, item.content.data(), item.content.size());
        archive_entry_free(entry);
    }
    archive_write_free(writer);
    out.resize(used);
    return out;
}

std::string failure(const std::vector<Entry>& entries, UnpackLimits limits = {}) {
    const auto files = unpack_tar_gz(pack(entries), limits);
    return files ? "accepted" : files.error().text();
}

TEST(UnpackTarGz, ReadsFilesWithTheirExecutableBit) {
    const auto files = unpack_tar_gz(
        pack({{"pack.yaml", "ref: x"}, {"actions", "", AE_IFDIR, 0755}, {"./actions/a.sh", "echo", AE_IFREG, 0755}}));

    ASSERT_TRUE(files) << files.error().text();
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ(files->at("pack.yaml").content, "ref: x");
    EXPECT_FALSE(files->at("pack.yaml").executable);
    EXPECT_TRUE(files->at("actions/a.sh").executable);
}

TEST(UnpackTarGz, StripsASingleTopFolder) {
    const auto files = unpack_tar_gz(pack({{"mine/", "", AE_IFDIR}, {"mine/pack.yaml", "a"}, {"mine/lib/x", "b"}}));

    ASSERT_TRUE(files);
    EXPECT_TRUE(files->contains("pack.yaml"));
    EXPECT_TRUE(files->contains("lib/x"));
}

TEST(UnpackTarGz, RefusesWhatLeadsOutOfTheFolder) {
    EXPECT_THAT(failure({{"/etc/passwd", "x"}}), HasSubstr("absolute paths"));
    EXPECT_THAT(failure({{"a/../../x", "x"}}), HasSubstr("'..'"));
    EXPECT_THAT(failure({{"a", "", AE_IFLNK, 0777, "/etc"}}), HasSubstr("links"));
    EXPECT_THAT(failure({{"a", "x"}, {"b", "", AE_IFREG, 0644, "a"}}), HasSubstr("links"));
    EXPECT_THAT(failure({{"fifo", "", AE_IFIFO}}), HasSubstr("only files and folders"));
    EXPECT_THAT(failure({{"a\nb", "x"}}), HasSubstr("control characters"));
}

TEST(UnpackTarGz, RefusesPathsThatStandTwice) {
    EXPECT_THAT(failure({{"a", "x"}, {"./a", "y"}}), HasSubstr("a: the path stands twice"));
    EXPECT_THAT(failure({{"a", "x"}, {"a/b", "y"}}), HasSubstr("a: is a file and a folder"));
}

TEST(UnpackTarGz, IsBounded) {
    EXPECT_THAT(failure({{"a", "x"}, {"b", "x"}}, {.files = 1}), HasSubstr("more than 1 entries"));
    EXPECT_THAT(failure({{"a", "0123456789"}}, {.file_bytes = 9}), HasSubstr("a: longer than 9 bytes"));
    EXPECT_THAT(failure({{"a", "12345"}, {"b", "12345"}}, {.total_bytes = 9}), HasSubstr("more than 9 bytes"));
    EXPECT_THAT(failure({{std::string(600, 'a'), "x"}}), HasSubstr("path of more than 512 bytes"));
    EXPECT_THAT(failure({{"zeros", std::string(3 << 20, '\0')}}, {.file_bytes = 1 << 20}), HasSubstr("longer than"));
}

TEST(UnpackTarGz, RefusesWhatIsNoArchive) {
    const auto whole = pack({{"a", std::string(100'000, 'x')}});
    EXPECT_FALSE(unpack_tar_gz(""));
    EXPECT_FALSE(unpack_tar_gz("hello"));
    EXPECT_FALSE(unpack_tar_gz(std::string_view(whole).substr(0, whole.size() / 2)));
    EXPECT_THAT(failure({{"only/", "", AE_IFDIR}}), HasSubstr("holds no file"));
}

TEST(UnpackTarGz, SurvivesDamageAnywhere) {
    const auto whole = pack({{"pack.yaml", "ref: x"}, {"actions/a.sh", std::string(2000, 'x')}});
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        (void)unpack_tar_gz(damaged);
        (void)unpack_tar_gz(std::string_view(whole).substr(0, at));
    }
}

} // namespace
} // namespace attune::adapters::archive
