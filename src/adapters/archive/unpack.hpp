#pragma once
#include "base/file_entry.hpp"
#include "base/result.hpp"

#include <string_view>

namespace attune::adapters::archive {

/// Bounds of an archive that comes from outside.
struct UnpackLimits {
    std::size_t files = 5'000;                         ///< entries, folders included
    std::size_t file_bytes = std::size_t{32} << 20U;   ///< of one file, unpacked
    std::size_t total_bytes = std::size_t{128} << 20U; ///< of all files, unpacked
    std::size_t path_bytes = 512;                      ///< of one path
};

/// Reads a .tar.gz into memory; nothing touches the disk. When everything is inside one folder, that folder's name is
/// left out of the paths. Only the executable bit of an entry's mode is kept.
///
/// Errors: `bad_request` for what is no such archive, is damaged or holds no file; `invalid`, naming the entry, for
/// absolute paths, "..", links, devices, odd characters in a name and paths that stand twice; `too_large` over a bound.
Result<FileTree> unpack_tar_gz(std::string_view bytes, UnpackLimits limits = {});

} // namespace attune::adapters::archive
