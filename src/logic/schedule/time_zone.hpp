#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::schedule {

/// Seconds since 1970-01-01T00:00:00 on some clock: UTC (an instant) or a wall clock in a zone (a local time). Plain
/// integers because the searches do arithmetic with offsets all the time; the name of a variable says which it is.
using Seconds = std::int64_t;

constexpr Seconds kSecondsPerDay = 86'400;

/// The last whole second at or before `at`.
Seconds floor_seconds(Timestamp at);
Timestamp from_seconds(Seconds instant);

/// A stretch of time with one UTC offset: instants [start, end), local time = instant + offset.
struct ZoneSegment {
    static constexpr Seconds kForever = Seconds{1} << 60;
    Seconds start = -kForever;
    Seconds end = kForever;
    std::int32_t offset = 0;
    std::int32_t offset_before = 0; ///< of the segment before; equal to `offset` when there is none
    std::int32_t offset_after = 0;  ///< of the segment after; equal to `offset` when there is none

    bool has_start() const { return start > -kForever; }
    bool has_end() const { return end < kForever; }
};

/// How a local time maps to instants.
struct LocalLookup {
    enum class Kind : std::uint8_t { unique, gap, overlap } kind = Kind::unique;
    Seconds first = 0;      ///< the (first) instant; in a gap, the first instant after it
    Seconds last = 0;       ///< the second copy in an overlap, else equal to `first`
    Seconds transition = 0; ///< when the offset changes; meaningful in a gap or an overlap
};

/// A zone of the IANA database: an immutable snapshot of its offsets, cheap to copy, safe to share between threads.
class TimeZone {
public:
    /// UTC.
    TimeZone();

    /// Finds a zone by its IANA name ("Europe/Berlin", "UTC"). Exact spelling. Errors: `invalid`, field `timezone`,
    /// with the closest name when there is one.
    static Result<TimeZone> find(std::string_view name);

    const std::string& name() const;
    bool is_utc() const;

    /// The segment that contains an instant. Rules that go on for ever are repeated every 400 years.
    ZoneSegment segment_at(Seconds instant) const;

    Seconds to_local(Seconds instant) const { return instant + segment_at(instant).offset; }
    LocalLookup from_local(Seconds local) const;

    /// "Europe/Berlin" snapshots are kept by `find`; this makes it read the system's database again when its version
    /// has changed since. True when it has: what was compiled before should be compiled again. Reads the disk.
    static bool reload_if_changed();

    struct Data;

private:
    explicit TimeZone(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
    std::shared_ptr<const Data> data_;
};

} // namespace attune::logic::schedule
