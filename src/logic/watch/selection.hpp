#pragma once
#include "logic/watch/glob.hpp"
#include "logic/watch/watch_config.hpp"

#include <optional>

namespace attune::logic::watch {

/// Which files are a watch's. They are named by their paths relative to a folder, the root, which may itself be a file,
/// or not be there yet.
class Selection {
public:
    /// Errors: `invalid`, field "path" or "ignore[n]".
    static Result<Selection> of(const WatchConfig& config);

    /// Absolute, without a slash at its end; "/" is the whole file system.
    const std::string& root() const { return root_; }
    /// The absolute path of a file of the root.
    std::string absolute(std::string_view path) const;

    /// Whether a file is one of it, when its folder may hold some. "": the root itself is a file.
    bool selects(std::string_view path) const;
    /// Whether a folder may hold some, or folders that do, when its own folder may. "": the root.
    bool enters(std::string_view folder) const;

private:
    struct Ignored {
        Glob glob;
        bool of_names = false;   ///< it is about the last name of a path alone
        bool of_folders = false; ///< a file is not ignored
    };
    bool ignores(std::string_view path, bool is_folder) const;

    std::string root_;
    std::optional<Glob> glob_; ///< none: all files of the root
    bool recursive_ = false;
    std::vector<Ignored> ignored_;
};

} // namespace attune::logic::watch
