#include "logic/schedule/calendars.hpp"

#include "logic/schedule/calendar_items.hpp"
#include "logic/schedule/zoned_search.hpp"

#include <algorithm>

namespace attune::logic::schedule {

/// The sets of a calendar, one for each zone that its items are in.
struct Calendar::Data {
    struct Zoned {
        TimeZone zone;
        LocalSet set;
    };
    CalendarMode mode = CalendarMode::exclude;
    TimeZone zone;
    std::vector<Zoned> sets;

    LocalSet& set_in(const TimeZone& wanted) {
        const auto found =
            std::find_if(sets.begin(), sets.end(), [&](auto& one) { return one.zone.name() == wanted.name(); });
        if (found != sets.end()) return found->set;
        sets.push_back({wanted, {}});
        return sets.back().set;
    }
};

namespace {

using Answer = std::optional<Seconds>;

/// The members of a local set, or what is not in it, as a series.
struct Members {
    const LocalSet& set;
    bool inside;
    int& steps;

    Answer next(Seconds from) { return inside ? set.next_in(from, steps) : set.next_out(from, steps); }
    Answer prev(Seconds from) { return inside ? set.prev_in(from, steps) : set.prev_out(from, steps); }
};

enum class Way : std::uint8_t { forward, back };

Answer search(const Calendar::Data& data, std::size_t index, bool inside, Way way, Seconds from, int& steps) {
    Members members{data.sets[index].set, inside, steps};
    ZonedSearch instants(members, data.sets[index].zone, {}, false);
    return way == Way::forward ? instants.next(from) : instants.prev(from);
}

/// The nearest instant that is in one of the sets.
Answer nearest_inside(const Calendar::Data& data, Way way, Seconds from, int& steps) {
    Answer best;
    for (std::size_t i = 0; i < data.sets.size(); ++i) {
        const auto found = search(data, i, true, way, from, steps);
        if (found && (!best || (way == Way::forward ? *found < *best : *found > *best))) best = found;
    }
    return best;
}

/// The nearest instant that is in none of the sets: each moves it on until all agree.
Answer nearest_outside(const Calendar::Data& data, Way way, Seconds from, int& steps) {
    std::size_t agreed = 0;
    for (std::size_t i = 0; agreed < data.sets.size(); i = (i + 1) % data.sets.size()) {
        const auto found = search(data, i, false, way, from, steps);
        if (!found) return std::nullopt;
        agreed = *found == from ? agreed + 1 : 1;
        from = *found;
    }
    return from;
}

Answer nearest_allowed(const Calendar::Data& data, Way way, Seconds from, int& steps) {
    return data.mode == CalendarMode::include ? nearest_inside(data, way, from, steps)
                                              : nearest_outside(data, way, from, steps);
}

template <class T>
Result<void> check_size(const std::vector<T>& items, const char* name) {
    if (items.size() <= Calendar::kMostItems) return {};
    return invalid(name, fmt::format("expected at most {} items, got {}", Calendar::kMostItems, items.size()));
}

/// Calls `add(item, path)` for each.
template <class T, class Add>
Result<void> each(const std::vector<T>& items, const char* name, Add&& add) {
    CHECK(check_size(items, name));
    for (std::size_t i = 0; i < items.size(); ++i) CHECK(add(items[i], join_path(name, i)));
    return {};
}

Result<TimeZone> zone_at(const std::string& name, const std::string& path) {
    auto zone = TimeZone::find(name);
    if (!zone) return invalid(path, zone.error().message);
    return zone;
}

} // namespace

Result<Calendar> Calendar::compile(const json::object& definition) {
    constexpr DecodeOptions kStrict{DecodeOptions::Unknown::refuse, DecodeOptions::Missing::defaults};
    TRY(const auto read, from_json<CalendarDefinition>(json::value(definition), "", kStrict));
    if (read.dates.empty() && read.ranges.empty() && read.weekly.empty() && read.events.empty()) {
        return invalid("dates", "expected something in dates, ranges, weekly or events");
    }
    auto data = std::make_shared<Data>();
    data->mode = read.mode;
    TRY(data->zone, zone_at(read.timezone, "timezone"));
    auto& zone = data->zone;
    const auto own = [&]() -> LocalSet& { return data->set_in(zone); };
    CHECK(each(read.dates, "dates", [&](auto& one, auto path) { return add_date(one, path, own()); }));
    CHECK(each(read.ranges, "ranges", [&](auto& one, auto path) { return add_range(one, path, own()); }));
    CHECK(each(read.weekly, "weekly", [&](auto& one, auto path) { return add_window(one, path, own()); }));
    CHECK(each(read.events, "events", [&](auto& one, auto path) -> Result<void> {
        auto of_event = zone;
        if (one.timezone) {
            TRY(of_event, zone_at(*one.timezone, join_path(path, "timezone")));
        }
        return add_event(one, path, of_event, data->set_in(of_event));
    }));
    for (auto& zoned : data->sets) zoned.set.finish();
    return Calendar(std::move(data));
}

CalendarMode Calendar::mode() const {
    return data_->mode;
}

const TimeZone& Calendar::timezone() const {
    return data_->zone;
}

bool Calendar::contains(Timestamp at) const {
    int steps = 0;
    return std::any_of(data_->sets.begin(), data_->sets.end(), [&](auto& zoned) {
        const auto local = zoned.zone.to_local(floor_seconds(at));
        return zoned.set.next_in(local, steps) == local;
    });
}

std::optional<Timestamp> Calendar::next_allowed(Timestamp from, int& steps) const {
    const auto second = floor_seconds(from);
    const auto found = nearest_allowed(*data_, Way::forward, second, steps);
    if (!found) return std::nullopt;
    return *found == second ? from : from_seconds(*found);
}

std::optional<Timestamp> Calendar::prev_allowed(Timestamp from, int& steps) const {
    const auto second = floor_seconds(from);
    const auto found = nearest_allowed(*data_, Way::back, second, steps);
    if (!found) return std::nullopt;
    return *found == second ? from : from_seconds(*found);
}

CalendarLookup lookup_in(const std::map<std::string, Calendar>& calendars) {
    return [&calendars](const std::string& name) -> std::optional<Calendar> {
        const auto found = calendars.find(name);
        return found == calendars.end() ? std::nullopt : std::optional(found->second);
    };
}

Result<CalendarSet> CalendarSet::compile(const json::value* names, const CalendarLookup& lookup) {
    CalendarSet out;
    if (names == nullptr || names->is_null()) return out;
    TRY(const auto wanted, from_json<std::vector<std::string>>(*names, "calendars"));
    if (wanted.size() > kMostCalendars) {
        return invalid("calendars", fmt::format("expected at most {}, got {}", kMostCalendars, wanted.size()));
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto path = join_path("calendars", i);
        for (const auto& known : out.calendars_) {
            if (known.name == wanted[i]) return invalid(path, fmt::format("'{}' is there twice", wanted[i]));
        }
        auto found = lookup ? lookup(wanted[i]) : std::nullopt;
        if (!found) return invalid(path, fmt::format("there is no calendar '{}'", wanted[i].substr(0, 64)));
        out.calendars_.push_back({wanted[i], *std::move(found)});
    }
    return out;
}

bool CalendarSet::allows(Timestamp at) const {
    return forbidding(at) == nullptr;
}

const std::string* CalendarSet::forbidding(Timestamp at) const {
    for (const auto& [name, calendar] : calendars_) {
        if (!calendar.allows(at)) return &name;
    }
    return nullptr;
}

std::optional<Timestamp> CalendarSet::next_allowed(Timestamp from, int& steps) const {
    for (std::size_t agreed = 0, i = 0; agreed < calendars_.size(); i = (i + 1) % calendars_.size()) {
        const auto found = calendars_[i].calendar.next_allowed(from, steps);
        if (!found) return std::nullopt;
        agreed = *found == from ? agreed + 1 : 1;
        from = *found;
    }
    return from;
}

std::optional<Timestamp> CalendarSet::prev_allowed(Timestamp from, int& steps) const {
    for (std::size_t agreed = 0, i = 0; agreed < calendars_.size(); i = (i + 1) % calendars_.size()) {
        const auto found = calendars_[i].calendar.prev_allowed(from, steps);
        if (!found) return std::nullopt;
        agreed = *found == from ? agreed + 1 : 1;
        from = *found;
    }
    return from;
}

std::vector<std::string> calendar_names(const json::object& config) {
    std::vector<std::string> out;
    const auto* names = config.if_contains("calendars");
    if (names == nullptr || !names->is_array()) return out;
    for (const auto& name : names->get_array()) {
        if (name.is_string()) out.emplace_back(std::string_view(name.get_string()));
    }
    return out;
}

} // namespace attune::logic::schedule
