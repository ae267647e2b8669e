#pragma once
#include "base/file_entry.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace attune::api {

/// The files of a pack on their way into <packs_dir>/<ref>: written beside it, swapped in by renaming, and swapped back
/// when the installation fails. All calls block.
class StagedPack {
public:
    /// Writes the files to a sibling of their place. `suffix`: letters that no other staging uses. Errors:
    /// `unavailable` (the disk), `invalid` (a path that leaves the pack).
    static Result<StagedPack> write(const std::string& packs_dir, const std::string& ref, const FileTree& files,
                                    const std::string& suffix);

    /// Puts the files into their place; what stood there is kept until keep() or put_back().
    Result<void> swap_in();
    /// Removes what stood there before.
    void keep();
    /// Restores what stood there before, and removes the new files.
    void put_back();

    std::string place() const { return place_.string(); }

private:
    std::filesystem::path place_, fresh_, old_;
    bool had_old_ = false;
};

/// Deletes <packs_dir>/<ref> with all in it, by renaming it first. Errors: `unavailable`.
Result<void> remove_pack_files(const std::string& packs_dir, const std::string& ref, const std::string& suffix);

/// Ends what a stopped server left of installations and removals, before the first of this one: a pack that was moved
/// aside goes back when its place is empty, everything else beside the packs is deleted. Returns what was done, a
/// sentence each, in no order. Errors: `unavailable` (the folder cannot be read).
Result<std::vector<std::string>> end_interrupted_installations(const std::string& packs_dir);

} // namespace attune::api
