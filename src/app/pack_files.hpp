#pragma once
#include "api/context.hpp"

#include <filesystem>

namespace attune::app {

/// A whole file. Errors: `unavailable`.
Result<std::string> read_file(const std::filesystem::path& path);

/// The files of a folder, bounded in number and size; links and what begins with a dot are left out. Errors:
/// `not_found`, `too_large`, `unavailable`.
Result<FileTree> read_directory(const std::filesystem::path& folder);

/// Writes a pack's files to `folder`, whole or not at all: into a sibling first, then renamed over.
Result<void> write_directory(const std::filesystem::path& folder, const FileTree& files);

/// The core pack that is compiled into the program.
FileTree core_pack();

/// A calendar's definition with the events of an .ics file, if there is one. Errors: `invalid`, `ics`.
Result<json::object> complete_calendar(json::object definition, const std::optional<std::string_view>& ics);

/// Reads a pack from its files. `problems`: all that is wrong with it.
Result<api::LoadedPack> load_pack(FileTree files, std::vector<Error>* problems = nullptr);

} // namespace attune::app
