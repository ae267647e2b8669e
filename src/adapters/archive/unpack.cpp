// The only file that sees libarchive.
#include "adapters/archive/unpack.hpp"

#include "adapters/archive/entry_path.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <fmt/core.h>
#include <memory>
#include <string>
#include <utility>

namespace attune::adapters::archive {
namespace {

struct CloseReader {
    void operator()(::archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<::archive, CloseReader>;

Error damaged(::archive* reader) {
    const auto* why = archive_error_string(reader);
    return Error{Errc::bad_request, fmt::format("the archive cannot be read (a .tar.gz is expected): {}",
                                                why != nullptr ? why : "damaged")};
}

Result<Reader> open_reader(std::string_view bytes) {
    Reader reader(archive_read_new());
    if (!reader) return Error{Errc::unavailable, "no memory for reading an archive"};
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return damaged(reader.get());
    return reader;
}

/// Unpacks one archive within its bounds.
class Unpacker {
public:
    Unpacker(Reader reader, const UnpackLimits& limits) : reader_(std::move(reader)), limits_(limits) {}

    Result<FileTree> run() {
        for (std::size_t entries = 1;; ++entries) {
            archive_entry* entry = nullptr;
            const int got = archive_read_next_header(reader_.get(), &entry);
            if (got == ARCHIVE_EOF) break;
            if (got != ARCHIVE_OK) return damaged(reader_.get());
            if (entries > limits_.files) {
                return Error{Errc::too_large, fmt::format("the archive has more than {} entries", limits_.files)};
            }
            CHECK(take(entry));
        }
        if (files_.empty()) return Error{Errc::bad_request, "the archive holds no file"};
        CHECK(refuse_files_as_folders());
        return strip_top_folder(std::move(files_));
    }

private:
    Result<void> take(archive_entry* entry) {
        const char* raw = archive_entry_pathname(entry);
        if (raw == nullptr) return Error{Errc::bad_request, "the archive has an entry without a readable name"};
        const std::string_view name(raw);
        if (name.size() > limits_.path_bytes) {
            return Error{Errc::too_large,
                         fmt::format("the archive has a path of more than {} bytes", limits_.path_bytes)};
        }
        TRY(auto path, clean_path(name));
        CHECK(check_kind(entry, path));
        if (archive_entry_filetype(entry) == AE_IFDIR) return {};
        if (path.empty()) return invalid(std::string(name), "a file needs a name");
        TRY(auto content, read_content(path));
        const bool executable = (archive_entry_perm(entry) & 0111U) != 0;
        if (!files_.emplace(path, FileEntry{std::move(content), executable}).second) {
            return invalid(path, "the path stands twice in the archive");
        }
        return {};
    }

    static Result<void> check_kind(archive_entry* entry, const std::string& path) {
        if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr) {
            return invalid(path, "links are not allowed in an archive");
        }
        const auto kind = archive_entry_filetype(entry);
        if (kind != AE_IFREG && kind != AE_IFDIR)
            return invalid(path, "only files and folders are allowed in an archive");
        return {};
    }

    Result<std::string> read_content(const std::string& path) {
        std::string content;
        std::array<char, 16384> piece;
        for (;;) {
            const auto got = archive_read_data(reader_.get(), piece.data(), piece.size());
            if (got < 0) return damaged(reader_.get());
            if (got == 0) return content;
            content.append(piece.data(), static_cast<std::size_t>(got));
            total_ += static_cast<std::size_t>(got);
            if (content.size() > limits_.file_bytes) {
                return Error{Errc::too_large, fmt::format("longer than {} bytes", limits_.file_bytes), path};
            }
            if (total_ > limits_.total_bytes) {
                return Error{Errc::too_large, fmt::format("the archive holds more than {} bytes", limits_.total_bytes)};
            }
        }
    }

    /// "a" and "a/b" cannot both be files.
    Result<void> refuse_files_as_folders() const {
        for (const auto& [path, file] : files_) {
            const auto below = files_.lower_bound(path + "/");
            if (below != files_.end() && below->first.starts_with(path + "/")) {
                return invalid(path, "is a file and a folder in the archive");
            }
        }
        return {};
    }

    Reader reader_;
    UnpackLimits limits_;
    FileTree files_;
    std::size_t total_ = 0;
};

} // namespace

Result<FileTree> unpack_tar_gz(std::string_view bytes, UnpackLimits limits) {
    TRY(auto reader, open_reader(bytes));
    return Unpacker(std::move(reader), limits).run();
}

} // namespace attune::adapters::archive
