#pragma once
#include "base/result.hpp"

#include <string>

namespace attune::sqlite {

/// An exclusive lock on a file, held while it lives (and dropped by the kernel however the process ends).
class FileLock {
public:
    /// Errors: `conflict` when another process holds it, `unavailable` when the file cannot be made.
    static Result<FileLock> acquire(const std::string& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

} // namespace attune::sqlite
