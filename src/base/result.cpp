#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace attune {

Error::Error(const Error& other) = default;
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) = default;
Error& Error::operator=(Error&& other) noexcept = default;
Error::~Error() = default;

void assertion_failed(std::string_view what, std::source_location where) {
    fmt::print(stderr, "attune: broken invariant: {} ({}:{})\n", what, where.file_name(), where.line());
    std::fflush(stderr);
    std::abort();
}

} // namespace attune
