#include "adapters/inotify/places.hpp"

#include <algorithm>

namespace attune::adapters::inotify {

const std::vector<Place>& Places::at(int wd) const {
    static const std::vector<Place> kNone;
    const auto found = places_.find(wd);
    return found == places_.end() ? kNone : found->second;
}

void Places::drop_place(int wd, const Place& place, std::vector<int>& unneeded) {
    const auto found = places_.find(wd);
    if (found == places_.end()) return;
    std::erase(found->second, place);
    if (!found->second.empty()) return;
    places_.erase(found);
    unneeded.push_back(wd);
}

void Places::add_guard(WatchNumber watch, int wd, std::string name) {
    Place place{watch, true, {}, std::move(name)};
    auto& all = places_[wd];
    if (std::ranges::find(all, place) != all.end()) return;
    all.push_back(place);
    guards_.emplace(watch, std::pair(wd, std::move(place)));
}

std::vector<int> Places::drop_guards(WatchNumber watch) {
    std::vector<int> out;
    const auto [first, last] = guards_.equal_range(watch);
    for (auto at = first; at != last; ++at) drop_place(at->second.first, at->second.second, out);
    guards_.erase(first, last);
    return out;
}

std::vector<int> Places::put_folder(WatchNumber watch, const std::string& folder, int wd) {
    std::vector<int> out;
    const auto [at, is_new] = folders_.try_emplace({watch, folder}, wd);
    if (!is_new && at->second == wd) return out;
    Place place{watch, false, folder, {}};
    if (!is_new) drop_place(std::exchange(at->second, wd), place, out);
    places_[wd].push_back(std::move(place));
    return out;
}

Places::Folders::iterator Places::drop_folder(Folders::iterator at, std::vector<int>& unneeded) {
    drop_place(at->second, {at->first.first, false, at->first.second, {}}, unneeded);
    return folders_.erase(at);
}

std::vector<int> Places::drop_folders(WatchNumber watch, const std::string& folder) {
    std::vector<int> out;
    if (const auto own = folders_.find({watch, folder}); own != folders_.end()) drop_folder(own, out);
    const auto below = folder.empty() ? folder : folder + '/';
    auto at = folders_.lower_bound({watch, below});
    while (at != folders_.end() && at->first.first == watch && at->first.second.starts_with(below))
        at = drop_folder(at, out);
    return out;
}

std::vector<int> Places::keep_folders(WatchNumber watch, const std::set<std::string>& folders) {
    std::vector<int> out;
    auto at = folders_.lower_bound({watch, {}});
    while (at != folders_.end() && at->first.first == watch)
        at = folders.contains(at->first.second) ? std::next(at) : drop_folder(at, out);
    return out;
}

std::vector<int> Places::drop_watch(WatchNumber watch) {
    auto out = drop_guards(watch);
    const auto folders = drop_folders(watch, {});
    out.insert(out.end(), folders.begin(), folders.end());
    return out;
}

void Places::forget(int wd) {
    for (const auto& place : at(wd)) {
        if (!place.is_guard) folders_.erase({place.watch, place.folder});
    }
    places_.erase(wd);
}

} // namespace attune::adapters::inotify
