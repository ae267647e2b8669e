#include "logic/watch/selection.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::logic::watch {
namespace {

Error in_field(std::string field, const Error& error) {
    return invalid(std::move(field), error.message, error.where);
}

Result<void> check_path(const std::string& path) {
    if (path.empty()) return invalid("path", "is required: an absolute path of a folder or a file, or a pattern");
    if (path.front() != '/')
        return invalid("path", fmt::format("expected an absolute path, beginning with '/', got {}",
                                           excerpt(json::value(json::string(path)))));
    if (path.size() > kMostPathBytes)
        return invalid("path", fmt::format("expected at most {} characters, got {}", kMostPathBytes, path.size()));
    if (path.find('\0') != std::string::npos) return invalid("path", "must not have a character 0");
    for (const auto part : split(path, '/')) {
        if (part == "..") return invalid("path", "must not have '..'");
    }
    return {};
}

/// Without slashes that say nothing: "/a//b/./" is "/a/b".
std::string tidied(std::string_view path) {
    std::string out;
    for (const auto part : split(path, '/')) {
        if (!part.empty() && part != ".") out += fmt::format("/{}", part);
    }
    return out.empty() ? "/" : out;
}

std::string_view last_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

} // namespace

Result<Selection> Selection::of(const WatchConfig& config) {
    CHECK(check_path(config.path));
    Selection out;
    out.recursive_ = config.recursive;
    const std::string_view path = config.path;
    const auto wild = first_wild_component(path);
    out.root_ = tidied(unescaped(path.substr(0, wild)));
    if (wild < path.size()) {
        if (config.recursive)
            return invalid("recursive", "is for folders: a pattern says it itself, with '**' where it descends");
        auto glob = Glob::parse(path.substr(wild));
        if (!glob) return in_field("path", glob.error());
        out.glob_ = *std::move(glob);
    }
    if (config.ignore.size() > kMostIgnored)
        return invalid("ignore", fmt::format("expected at most {} patterns", kMostIgnored));
    for (std::size_t i = 0; i < config.ignore.size(); ++i) {
        std::string_view text = config.ignore[i];
        Ignored one;
        one.of_folders = text.ends_with('/');
        if (one.of_folders) text.remove_suffix(1);
        one.of_names = text.find('/') == std::string_view::npos;
        auto glob = Glob::parse(text);
        if (!glob) return in_field(join_path("ignore", i), glob.error());
        one.glob = *std::move(glob);
        out.ignored_.push_back(std::move(one));
    }
    return out;
}

std::string Selection::absolute(std::string_view path) const {
    if (path.empty()) return root_;
    return root_ == "/" ? fmt::format("/{}", path) : fmt::format("{}/{}", root_, path);
}

bool Selection::ignores(std::string_view path, bool is_folder) const {
    return std::ranges::any_of(ignored_, [&](const Ignored& one) {
        return (is_folder || !one.of_folders) && one.glob.matches(one.of_names ? last_name(path) : path);
    });
}

bool Selection::selects(std::string_view path) const {
    if (path.empty()) return !glob_ && !ignores(last_name(root_), false);
    if (glob_ && !glob_->matches(path)) return false;
    if (!glob_ && !recursive_ && path.find('/') != std::string_view::npos) return false;
    return !ignores(path, false);
}

bool Selection::enters(std::string_view folder) const {
    if (folder.empty()) return true;
    if (glob_ ? !glob_->matches_below(folder) : !recursive_) return false;
    return !ignores(folder, true);
}

} // namespace attune::logic::watch
