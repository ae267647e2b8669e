#include "logic/watch/unsettled.hpp"

namespace attune::logic::watch {
namespace {

constexpr int kMostHops = 16; ///< of one file within a settle time; names may also be changed in a circle

} // namespace

/// The entry of the path, at the end of the queue.
Unsettled::Entry& Unsettled::renewed(std::string_view path, Duration now) {
    const auto found = by_path_.find(path);
    if (found != by_path_.end()) {
        entries_.splice(entries_.end(), entries_, found->second);
    } else {
        entries_.push_back({{std::string(path), false, {}, {}}, {}});
        by_path_.emplace(entries_.back().what.path, std::prev(entries_.end()));
    }
    entries_.back().what.due = now + settle_;
    return entries_.back();
}

void Unsettled::touch(std::string_view path, Duration now) {
    renewed(path, now).what.scanned.reset();
}

void Unsettled::move(std::string_view from, std::string_view to, Duration now) {
    touch(from, now);
    touch(to, now);
    by_path_.at(from)->goes_with = to;
}

void Unsettled::scanned(std::string_view path, std::optional<FileState> seen, bool caught_up, Duration now) {
    auto& entry = renewed(path, now);
    entry.what.scanned = seen;
    entry.what.caught_up = entry.what.caught_up || caught_up;
}

/// Whether what the entry's file was moved to comes later, perhaps because it was moved on: the entry comes with it
/// then.
bool Unsettled::wait_for_target(Entries::iterator entry) {
    auto last = entry;
    auto at = entry;
    for (int hops = 0; hops < kMostHops && !at->goes_with.empty(); ++hops) {
        const auto target = by_path_.find(at->goes_with);
        if (target == by_path_.end()) break;
        at = target->second;
        if (at->what.due > last->what.due) last = at;
    }
    if (last == entry) return false;
    entry->what.due = last->what.due;
    entries_.splice(last, entries_, entry);
    return true;
}

std::vector<Unsettled::Due> Unsettled::take_due(Duration now) {
    std::vector<Due> out;
    while (!entries_.empty() && entries_.front().what.due <= now) {
        const auto first = entries_.begin();
        if (wait_for_target(first)) continue;
        by_path_.erase(first->what.path);
        out.push_back(std::move(first->what));
        entries_.erase(first);
    }
    return out;
}

std::optional<Duration> Unsettled::next_due() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.front().what.due);
}

} // namespace attune::logic::watch
