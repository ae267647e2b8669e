#include "logic/watch/changes.hpp"

#include <algorithm>
#include <set>

namespace attune::logic::watch {
namespace {

/// What stays the same of a file that is moved.
struct Identity {
    std::int64_t inode = 0;
    std::int64_t born = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0;
    auto operator<=>(const Identity&) const = default;
};

Identity identity_of(const FileState& state) {
    if (state.born != 0) return {state.inode, state.born, 0, 0};
    return {state.inode, 0, state.size, state.modified};
}

/// Whether there is something to tell. Another number alone is nothing: some file systems number their files anew.
bool differ(const FileState& a, const FileState& b) {
    return a.size != b.size || a.modified != b.modified || a.born != b.born;
}

bool is_other_file(const FileState& a, const FileState& b) {
    return a.inode != b.inode || a.born != b.born;
}

/// By path: where the file that is there now was before.
using Moves = std::map<std::string, std::string, std::less<>>;

Moves find_moves(const FileStates& known, const Looks& looks) {
    std::map<Identity, std::string> missing;
    for (const auto& [path, look] : looks) {
        const auto before = known.find(path);
        if (before == known.end()) continue;
        if (!look.state || is_other_file(before->second, *look.state))
            missing.emplace(identity_of(before->second), path);
    }
    Moves out;
    for (const auto& [path, look] : looks) {
        if (!look.state) continue;
        const auto before = known.find(path);
        if (before != known.end() && !differ(before->second, *look.state)) continue;
        const auto from = missing.find(identity_of(*look.state));
        if (from == missing.end() || from->second == path) continue;
        out.emplace(path, std::move(from->second));
        missing.erase(from);
    }
    return out;
}

std::int64_t nanoseconds(Timestamp at) {
    return std::chrono::nanoseconds(at.time_since_epoch()).count();
}

bool lies_below(std::string_view path, std::string_view folder) {
    return folder.empty() || (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

} // namespace

std::vector<Change> changes_of(const FileStates& known, const Looks& looks) {
    const auto moves = find_moves(known, looks);
    std::set<std::string_view> left;
    for (const auto& [path, from] : moves) left.insert(from);
    std::vector<Change> out;
    for (const auto& [path, look] : looks) {
        const auto before = known.find(path);
        const bool was_here = before != known.end() && !left.contains(path);
        if (const auto move = moves.find(path); move != moves.end()) {
            const bool caught_up = look.caught_up || looks.find(move->second)->second.caught_up;
            out.push_back({ChangeKind::moved, path, move->second, *look.state, caught_up});
        } else if (!look.state && was_here) {
            out.push_back({ChangeKind::deleted, path, {}, before->second, look.caught_up});
        } else if (look.state && !was_here) {
            out.push_back({ChangeKind::created, path, {}, *look.state, look.caught_up});
        } else if (look.state && differ(before->second, *look.state)) {
            out.push_back({ChangeKind::modified, path, {}, *look.state, look.caught_up});
        }
    }
    return out;
}

void apply(const Change& change, FileStates& known) {
    if (change.old_path) {
        const auto old = known.find(*change.old_path);
        if (old != known.end() && !is_other_file(old->second, change.state)) known.erase(old);
    }
    if (change.kind == ChangeKind::deleted) {
        known.erase(change.path);
    } else {
        known.insert_or_assign(change.path, change.state);
    }
}

std::vector<Change> asked_for(std::span<const Change> changes, const WatchConfig& config) {
    std::vector<Change> out;
    const auto add = [&](Change one) {
        if (config.asks_for(one.kind)) out.push_back(std::move(one));
    };
    for (const auto& one : changes) {
        if (one.kind != ChangeKind::moved || config.asks_for(ChangeKind::moved)) {
            add(one);
            continue;
        }
        add({ChangeKind::deleted, *one.old_path, {}, one.state, one.caught_up});
        add({ChangeKind::created, one.path, {}, one.state, one.caught_up});
    }
    return out;
}

std::vector<std::string> differing(const FileStates& known, const FileStates& found,
                                   const std::set<std::string>& unread, std::string_view folder) {
    std::vector<std::string> out;
    for (const auto& [path, state] : found) {
        const auto before = known.find(path);
        if (before == known.end() || differ(before->second, state)) out.push_back(path);
    }
    const auto below = folder.empty() ? std::string{} : fmt::format("{}/", folder);
    for (auto at = known.lower_bound(below); at != known.end() && at->first.starts_with(below); ++at) {
        if (found.contains(at->first)) continue;
        const auto holds = [&](const std::string& one) { return lies_below(at->first, one); };
        if (std::ranges::none_of(unread, holds)) out.push_back(at->first);
    }
    return out;
}

Beginning begin(FileStates found, Timestamp since, Timestamp now) {
    Beginning out;
    const auto first = nanoseconds(since);
    const auto last = nanoseconds(now);
    // Times from beyond now are no sign that something was written just now.
    const auto is_new = [&](std::int64_t at) { return at > first && at <= last; };
    for (auto& [path, state] : found) {
        if (is_new(state.born) || (state.born == 0 && is_new(state.modified))) {
            out.changed.push_back(path);
            continue;
        }
        if (is_new(state.modified)) {
            out.changed.push_back(path);
            state.modified = first;
        }
        out.known.emplace(path, state);
    }
    return out;
}

} // namespace attune::logic::watch
