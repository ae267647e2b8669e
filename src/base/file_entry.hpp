#pragma once
#include <map>
#include <string>

namespace attune {

/// One file of a pack, in memory.
struct FileEntry {
    std::string content;
    bool executable = false;
};

/// Files by their path relative to the pack's folder, with '/' between the parts ("actions/echo.yaml").
using FileTree = std::map<std::string, FileEntry>;

} // namespace attune
