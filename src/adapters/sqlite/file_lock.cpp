#include "adapters/sqlite/file_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace attune::sqlite {
namespace {

/// Tries for half a second: of a server that was just killed, a child between its creation and its exec may hold the
/// lock a moment longer. 0, or errno.
int lock_exclusively(int descriptor) {
    for (int tries = 50; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0; --tries) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || tries == 0) return errno;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return 0;
}

} // namespace

Result<FileLock> FileLock::acquire(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return Error{Errc::unavailable, fmt::format("cannot make the lock file {}: {}", path, std::strerror(errno))};
    if (const int reason = lock_exclusively(descriptor); reason != 0) {
        ::close(descriptor);
        if (reason == EWOULDBLOCK) {
            return Error{Errc::conflict, fmt::format("{} is locked: another Attune server uses this database. Stop it, "
                                                     "or choose another data directory.",
                                                     path)};
        }
        return Error{Errc::unavailable, fmt::format("cannot lock {}: {}", path, std::strerror(reason))};
    }
    return FileLock(descriptor);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace attune::sqlite
