#include "services/timer_scheduler/armed_timers.hpp"

#include "domain/trigger.hpp"
#include "flow/timer_rows.hpp"

#include <algorithm>

namespace attune::services {

namespace schedule = logic::schedule;

Result<void> ArmedTimers::put(const Timer& timer) {
    const auto compiled_schedule = compiled(timer.config);
    if (!compiled_schedule) {
        erase(timer.id);
        return compiled_schedule.error();
    }
    auto slot = slot_of(timer.id);
    if (slot == kNone) slot = take_slot(timer.id);
    slots_[slot].packed = pack_timer(timer, texts_);
    revisions_ -= slots_[slot].revision;
    slots_[slot].revision = static_cast<std::uint32_t>(timer.revision);
    revisions_ += slots_[slot].revision;
    if (const auto due = schedule::next_due(**compiled_schedule, flow::state_of(timer))) {
        deadlines_.set(slot, *due);
    } else {
        deadlines_.erase(slot);
    }
    waiting_ = deadlines_.size();
    latest_cursor_ = std::max(latest_cursor_, timer.cursor);
    return {};
}

void ArmedTimers::erase(TimerId id) {
    const auto slot = slot_of(id);
    if (slot == kNone) return;
    deadlines_.erase(slot);
    waiting_ = deadlines_.size();
    auto* link = &bucket_of(id);
    while (*link != slot) link = &slots_[*link].next;
    *link = slots_[slot].next;
    revisions_ -= slots_[slot].revision;
    slots_[slot] = Slot{{}, nullptr, free_, 0};
    free_ = slot;
    --size_;
}

void ArmedTimers::clear() {
    for (const auto& slot : slots_) {
        if (slot.id) erase(slot.id);
    }
    compiled_.clear();
}

std::optional<ArmedTimers::Armed> ArmedTimers::find(TimerId id) {
    const auto slot = slot_of(id);
    if (slot == kNone) return std::nullopt;
    auto timer = unpack_timer(slots_[slot].packed, texts_);
    auto known = compiled(timer.config);
    if (!known) return std::nullopt; // it did compile when it was put here
    return Armed{std::move(timer), *std::move(known)};
}

std::vector<TimerId> ArmedTimers::due(Timestamp now, std::size_t limit) const {
    std::vector<TimerId> out;
    for (const auto slot : deadlines_.until(now, limit)) out.push_back(slots_[slot].id);
    return out;
}

std::vector<TimerId> ArmedTimers::with_cursor_after(Timestamp time) {
    if (latest_cursor_ <= time) return {};
    std::vector<TimerId> out;
    auto latest = time;
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
        if (!slots_[slot].id) continue;
        // A deadline is later than its cursor. Without one, the schedule has ended, or a wrong clock says so.
        if (const auto deadline = deadlines_.of(slot); deadline && *deadline <= time) continue;
        const auto cursor = unpack_timer(slots_[slot].packed, texts_).cursor;
        latest = std::max(latest, cursor);
        if (cursor > time) out.push_back(slots_[slot].id);
    }
    latest_cursor_ = latest;
    std::ranges::sort(out);
    return out;
}

std::uint32_t& ArmedTimers::bucket_of(TimerId id) {
    // Ids are given in ascending order: their lowest bits spread well.
    return buckets_[static_cast<std::size_t>(id.value) & (buckets_.size() - 1)];
}

std::uint32_t ArmedTimers::slot_of(TimerId id) const {
    if (buckets_.empty()) return kNone;
    auto slot = buckets_[static_cast<std::size_t>(id.value) & (buckets_.size() - 1)];
    while (slot != kNone && slots_[slot].id != id) slot = slots_[slot].next;
    return slot;
}

std::uint32_t ArmedTimers::take_slot(TimerId id) {
    if (size_ >= buckets_.size()) grow();
    auto slot = free_;
    if (slot == kNone) {
        slot = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        free_ = slots_[slot].next;
    }
    auto& bucket = bucket_of(id);
    slots_[slot].id = id;
    slots_[slot].next = bucket;
    bucket = slot;
    ++size_;
    return slot;
}

void ArmedTimers::grow() {
    buckets_.assign(std::max<std::size_t>(64, buckets_.size() * 2), kNone);
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
        if (!slots_[slot].id) continue;
        auto& bucket = bucket_of(slots_[slot].id);
        slots_[slot].next = bucket;
        bucket = slot;
    }
}

Result<std::shared_ptr<const schedule::Schedule>> ArmedTimers::compiled(const json::object& config) {
    auto text = to_text(config);
    if (const auto known = compiled_.find(text); known != compiled_.end()) return known->second;
    TRY(auto made, compile_(config));
    auto shared = std::make_shared<const schedule::Schedule>(std::move(made));
    if (shared->kind() == schedule::ScheduleKind::one_shot) return shared; // nobody else has its time
    if (compiled_.size() >= kMaxCompiled) compiled_.clear();
    compiled_.emplace(std::move(text), shared);
    return shared;
}

} // namespace attune::services
