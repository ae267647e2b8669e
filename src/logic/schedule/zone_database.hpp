#pragma once
// The system's tz database: the only I/O of this module. Internal to it; use TimeZone.
#include "logic/schedule/time_zone.hpp"

#include <optional>

namespace attune::logic::schedule {

/// From this instant on the zone has this offset (seconds east of UTC).
struct ZoneChange {
    Seconds at = 0;
    std::int32_t offset = 0;
};

struct LoadedZone {
    std::int32_t first_offset = 0;
    std::vector<ZoneChange> changes;
};

/// Whether a text has the form of an IANA name, and is no door to other files or to the process's own zone.
bool is_zone_name(std::string_view name);

/// Reads a zone's changes of offset. The library never reads a name twice; a new `generation` makes it do so.
std::optional<LoadedZone> load_zone(const std::string& name, unsigned generation);

/// A text that changes with the installed database.
std::string zone_database_version();

/// The name that was probably meant, or empty.
std::string closest_zone_name(std::string_view name);

} // namespace attune::logic::schedule
