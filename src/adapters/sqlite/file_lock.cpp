#include "adapters/sqlite/file_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace attune::sqlite {

Result<FileLock> FileLock::acquire(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return Error{Errc::unavailable, fmt::format("cannot make the lock file {}: {}", path, std::strerror(errno))};
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
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
