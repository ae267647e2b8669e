#include "adapters/system_random/system_random.hpp"

#include "base/result.hpp"

#include <cerrno>
#include <sys/random.h>

namespace attune {
namespace {

void fill(char* out, std::size_t count) {
    while (count > 0) {
        const auto got = ::getrandom(out, count, 0);
        if (got < 0 && errno == EINTR) continue;
        ATTUNE_ASSERT(got > 0);
        out += got;
        count -= static_cast<std::size_t>(got);
    }
}

} // namespace

std::uint64_t SystemRandom::next() {
    std::uint64_t out = 0;
    fill(reinterpret_cast<char*>(&out), sizeof out);
    return out;
}

std::string SystemRandom::bytes(std::size_t count) {
    std::string out(count, '\0');
    fill(out.data(), count);
    return out;
}

} // namespace attune
