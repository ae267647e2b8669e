#include "live/told.hpp"

#include <algorithm>
#include <ranges>

namespace attune::live {

Result<void> Told::begin(const std::vector<Seen>& newest, bool is_cut, const std::vector<Seen>& open, Timestamp now) {
    if (is_cut && !newest.empty()) past_.id = newest.back().id - 1;
    past_.created = now - 1us; // what is made from now on is not behind it
    for (const auto* rows : {&open, &newest}) {
        for (const auto& one : *rows | std::views::reverse) {
            TRY(const auto state, kind_->parse_state(one.state));
            keep(one.id, {state, one.created, false});
        }
    }
    return {};
}

std::optional<Told::News> Told::tell(const Thing& thing) {
    if (is_over(thing.id)) return std::nullopt;
    News out;
    if (const auto known = open_.find(thing.id); known != open_.end()) {
        if (known->second.state == thing.state) return std::nullopt;
        out = {known->second.state, known->second.was_told};
    } else if (is_behind(thing.id, thing.created)) {
        return std::nullopt;
    }
    keep(thing.id, {thing.state, thing.created});
    return out;
}

Result<bool> Told::is_news(const Seen& seen) const {
    if (is_over(seen.id)) return false;
    const auto known = open_.find(seen.id);
    if (known == open_.end()) return !is_behind(seen.id, seen.created);
    TRY(const auto state, kind_->parse_state(seen.state));
    return known->second.state != state;
}

std::vector<std::int64_t> Told::open() const {
    std::vector<std::int64_t> out;
    out.reserve(open_.size());
    for (const auto& [id, one] : open_) out.push_back(id);
    return out;
}

void Told::keep(std::int64_t id, const Open& one) {
    if (!kind_->is_final(one.state)) {
        open_[id] = one;
        if (open_.size() <= remembered_) return;
        const auto oldest = open_.begin();
        past_.include(oldest->first, oldest->second.created);
        open_.erase(oldest);
        dropped_ = true;
        return;
    }
    open_.erase(id);
    if (over_.insert(id).second) over_order_.emplace_back(id, one.created);
    while (over_order_.size() > remembered_) {
        const auto [oldest, made] = over_order_.front();
        past_.include(oldest, made);
        over_.erase(oldest);
        over_order_.pop_front();
    }
}

void Told::Horizon::include(std::int64_t further, Timestamp later) {
    id = std::max(id, further);
    created = std::max(created, later);
}

} // namespace attune::live
