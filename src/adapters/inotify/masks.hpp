#pragma once
#include <cstdint>
#include <sys/inotify.h>

namespace attune::adapters::inotify {

/// Names that come and go in a folder.
constexpr std::uint32_t kNames = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
/// What is done to files. The time of a file is an attribute.
constexpr std::uint32_t kContents = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;
/// What is done to the inode itself.
constexpr std::uint32_t kOfItself = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;

} // namespace attune::adapters::inotify
