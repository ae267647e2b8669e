// libFuzzer's entry: cmake --preset fuzz && cmake --build --preset fuzz && build/fuzz/tests/fuzz/schedule_fuzz
#include "fuzz/schedule_properties.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto broken = attune::fuzz::broken_property({data, size});
    if (!broken.empty()) {
        std::fprintf(stderr, "%s\n", broken.c_str());
        std::abort();
    }
    return 0;
}
