#pragma once
#include "base/file_entry.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace attune::adapters::archive {

/// The path without "." parts and doubled or trailing slashes; empty for the archive's root. Errors: `invalid` for what
/// may lead out of the folder it is unpacked into, and for control characters, backslashes and bytes that are no UTF-8.
Result<std::string> clean_path(std::string_view path);

/// Leaves out the top folder's name when all files are in one.
FileTree strip_top_folder(FileTree files);

} // namespace attune::adapters::archive
