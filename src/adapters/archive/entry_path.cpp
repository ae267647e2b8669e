#include "adapters/archive/entry_path.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace attune::adapters::archive {
namespace {

Error refused(std::string_view path, std::string_view why) {
    return invalid(to_valid_utf8(path), std::string(why));
}

} // namespace

Result<std::string> clean_path(std::string_view path) {
    if (path.starts_with('/')) return refused(path, "absolute paths are not allowed in an archive");
    if (!is_valid_utf8(path)) return refused(path, "a file name must be UTF-8");
    const auto odd = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\'; };
    if (std::any_of(path.begin(), path.end(), odd)) {
        return refused(path, "control characters and backslashes are not allowed in a file name");
    }
    std::string out;
    for (const auto part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == "..") return refused(path, "'..' is not allowed in an archive");
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

FileTree strip_top_folder(FileTree files) {
    if (files.empty()) return files;
    const auto slash = files.begin()->first.find('/');
    if (slash == std::string::npos) return files;
    const auto top = files.begin()->first.substr(0, slash + 1);
    const auto inside = [&](const auto& file) { return file.first.starts_with(top); };
    if (!std::all_of(files.begin(), files.end(), inside)) return files;
    FileTree stripped;
    for (auto& [path, file] : files) stripped.emplace(path.substr(top.size()), std::move(file));
    return stripped;
}

} // namespace attune::adapters::archive
