#pragma once
#include <span>
#include <string_view>

namespace attune::embedded {

/// A file compiled into the binary (cmake/EmbedFiles.cmake).
struct File {
    std::string_view name;
    std::string_view text;
};

} // namespace attune::embedded
