#pragma once
#include "base/file_entry.hpp"
#include "base/result.hpp"

#include <string>
#include <vector>

namespace attune {

/// The files of installed packs, each in its place. New ones are written beside the place and renamed into it; what
/// stood there is kept until settle(). All calls block. Whoever calls has the lock of the pack (flow/pack_lock). The
/// production one is adapters/pack_store.
class PackStore {
public:
    virtual ~PackStore() = default;

    /// Where the files of a pack are.
    virtual std::string place(const std::string& ref) const = 0;
    /// Whether this directory is the pack's place.
    virtual bool is_place(const std::string& ref, const std::string& directory) const = 0;

    /// Writes the files beside their place. `who`: hexadecimal digits that no other installation has. Errors:
    /// `unavailable` (the disk), `invalid` (a path that leaves the pack).
    virtual Result<void> stage(const std::string& ref, const std::string& who, const FileTree& files) = 0;
    /// Puts them into their place; what stood there is kept beside it. Errors: `unavailable`.
    virtual Result<void> swap_in(const std::string& ref, const std::string& who) = 0;

    /// Ends all installations and removals of the pack, whoever began them and however far they came. `keep`: what is
    /// in place stays, if anything is there; otherwise what stood there before comes back. Says what it did, a sentence
    /// each. Errors: `unavailable`.
    virtual Result<std::vector<std::string>> settle(const std::string& ref, bool keep) = 0;

    /// Deletes what is in the pack's place. Errors: `unavailable`.
    virtual Result<void> remove(const std::string& ref, const std::string& who) = 0;

    /// The packs that settle() has something to do for. Errors: `unavailable` (the folder cannot be read).
    virtual Result<std::vector<std::string>> unsettled() const = 0;
};

} // namespace attune
