#include "app/node/runtime_detector.hpp"

#include <gtest/gtest.h>

namespace attune::app {
namespace {

TEST(RuntimeDetector, FindsTheVersionInWhatProgramsSay) {
    struct Row {
        std::string_view said;
        std::string_view version;
    };
    constexpr Row kTable[] = {
        {"Python 3.11.2\n", "3.11.2"},
        {"v18.19.0\n", "18.19.0"},
        {"GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\nCopyright (C) 2022", "5.2.15"},
        {"This is perl 5, version 36, subversion 0 (v5.36.0) built for x86_64", "5.36.0"},
        {"ruby 3.1.2p20 (2022-04-12)", "3.1.2"},
        {"version 7.", ""},
        {"unknown option", ""},
        {"", ""},
    };
    for (const auto& row : kTable) EXPECT_EQ(version_in(row.said), row.version) << row.said;
}

} // namespace
} // namespace attune::app
