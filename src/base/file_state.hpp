#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace attune {

/// A regular file as it was seen. Times are its file system's, in nanoseconds since 1970.
struct FileState {
    std::int64_t inode = 0;
    std::int64_t born = 0; ///< when it was made; 0 where the file system does not say
    std::int64_t size = 0; ///< bytes
    std::int64_t modified = 0;

    bool operator==(const FileState&) const = default;
};

/// Files by their paths.
using FileStates = std::map<std::string, FileState, std::less<>>;

} // namespace attune
