#pragma once
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

namespace attune::app {

/// Compares a text with a file of the repository; ATTUNE_UPDATE_GOLDEN=1 rewrites the file instead.
inline void expect_golden(const std::string& path, const std::string& text) {
    const auto full = std::string(ATTUNE_SOURCE_DIR "/") + path;
    if (std::getenv("ATTUNE_UPDATE_GOLDEN") != nullptr) std::ofstream(full, std::ios::binary) << text;
    std::ifstream file(full, std::ios::binary);
    const std::string kept{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(kept, text) << "rewrite " << path << " with ATTUNE_UPDATE_GOLDEN=1 when the change is meant";
}

} // namespace attune::app
