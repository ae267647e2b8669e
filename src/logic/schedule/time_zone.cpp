#include "logic/schedule/time_zone.hpp"

#include "logic/schedule/zone_database.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace attune::logic::schedule {

struct TimeZone::Data {
    std::string name;
    std::int32_t first_offset = 0;   ///< before the first change
    std::vector<ZoneChange> changes; ///< ascending
    bool periodic = false;           ///< the last 400 years of `changes` repeat for ever

    std::int32_t offset_before(std::size_t index) const {
        return index == 0 ? first_offset : changes[index - 1].offset;
    }
};

namespace {

using Data = TimeZone::Data;

constexpr Seconds kFourCenturies = 146'097 * kSecondsPerDay;

/// Zones already read, by name. Bounded by the number of names in the database.
struct Cache {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Data>, std::less<>> zones;
    std::string version; ///< of the database when the first zone was read
    unsigned generation = 0;
};

Cache& cache() {
    static Cache instance;
    return instance;
}

std::shared_ptr<const Data> utc_data() {
    static const auto utc = [] {
        auto data = std::make_shared<Data>();
        data->name = "UTC";
        return std::shared_ptr<const Data>(std::move(data));
    }();
    return utc;
}

/// Nothing when the database has no such zone.
std::shared_ptr<const Data> read_zone(const std::string& name, unsigned generation) {
    auto loaded = load_zone(name, generation);
    if (!loaded) return nullptr;
    auto data = std::make_shared<Data>();
    data->name = name;
    data->first_offset = loaded->first_offset;
    data->changes = std::move(loaded->changes);
    // A zone whose rule goes on is listed for 400 years past its last explicit change; one without a rule ends by 2100.
    constexpr Seconds kYear2300 = 10'413'792'000;
    data->periodic = !data->changes.empty() && data->changes.back().at > kYear2300;
    return data;
}

Error unknown_zone(std::string_view name) {
    const auto meant = closest_zone_name(name);
    auto message = fmt::format("expected an IANA time zone such as Europe/Berlin or UTC, got '{}'", name.substr(0, 64));
    if (!meant.empty()) message += fmt::format("; did you mean '{}'?", meant);
    return invalid("timezone", std::move(message));
}

} // namespace

Seconds floor_seconds(Timestamp at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

Timestamp from_seconds(Seconds instant) {
    return Timestamp{std::chrono::seconds{instant}};
}

TimeZone::TimeZone() : data_(utc_data()) {}

Result<TimeZone> TimeZone::find(std::string_view name) {
    if (name == "UTC") return TimeZone{};
    if (!is_zone_name(name)) return unknown_zone(name);
    auto& known = cache();
    const std::scoped_lock lock(known.mutex);
    if (const auto found = known.zones.find(name); found != known.zones.end()) return TimeZone{found->second};
    if (known.version.empty()) known.version = zone_database_version();
    auto data = read_zone(std::string(name), known.generation);
    if (!data) return unknown_zone(name);
    known.zones.emplace(std::string(name), data);
    return TimeZone{std::move(data)};
}

bool TimeZone::reload_if_changed() {
    auto& known = cache();
    const std::scoped_lock lock(known.mutex);
    auto version = zone_database_version();
    if (known.version.empty() || version == known.version) return false;
    known.version = std::move(version);
    known.zones.clear();
    ++known.generation;
    return true;
}

const std::string& TimeZone::name() const {
    return data_->name;
}
bool TimeZone::is_utc() const {
    return data_->changes.empty() && data_->first_offset == 0;
}

ZoneSegment TimeZone::segment_at(Seconds instant) const {
    const auto& changes = data_->changes;
    ZoneSegment segment;
    if (changes.empty()) {
        segment.offset = segment.offset_before = segment.offset_after = data_->first_offset;
        return segment;
    }
    Seconds fold = 0;
    if (data_->periodic && instant >= changes.back().at) {
        fold = ((instant - changes.back().at) / kFourCenturies + 1) * kFourCenturies;
    }
    const auto after = std::upper_bound(changes.begin(), changes.end(), instant - fold,
                                        [](Seconds at, const ZoneChange& change) { return at < change.at; });
    const auto next = static_cast<std::size_t>(after - changes.begin());
    segment.offset = data_->offset_before(next);
    segment.offset_before = next == 0 ? segment.offset : data_->offset_before(next - 1);
    segment.offset_after = next == changes.size() ? segment.offset : changes[next].offset;
    if (next > 0) segment.start = changes[next - 1].at + fold;
    if (next < changes.size()) segment.end = changes[next].at + fold;
    return segment;
}

LocalLookup TimeZone::from_local(Seconds local) const {
    // No offset is larger than 26 hours, so the answer is not before this segment.
    auto segment = segment_at(local - 26 * 3600);
    while (segment.has_end() && segment.end + segment.offset <= local && segment.end + segment.offset_after <= local) {
        segment = segment_at(segment.end);
    }
    LocalLookup found;
    found.first = found.last = local - segment.offset;
    found.transition = segment.end;
    if (!segment.has_end()) return found;
    if (local >= segment.end + segment.offset && local < segment.end + segment.offset_after) {
        found.kind = LocalLookup::Kind::gap;
        found.first = found.last = segment.end;
    } else if (local >= segment.end + segment.offset_after && local < segment.end + segment.offset) {
        found.kind = LocalLookup::Kind::overlap;
        found.last = local - segment.offset_after;
    }
    return found;
}

} // namespace attune::logic::schedule
