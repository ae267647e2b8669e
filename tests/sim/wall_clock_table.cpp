#include "sim/wall_clock_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

namespace attune::test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr sys_seconds kFirst = sys_days{std::chrono::year{2010} / 1 / 1};
constexpr sys_seconds kLast = sys_days{std::chrono::year{2042} / 1 / 1};
/// Clocks change at multiples of this.
constexpr seconds kGrain = std::chrono::minutes{15};

/// A table that knows no better would say that the clocks never change again.
void require_known(sys_seconds at) {
    if (at < kFirst || at >= kLast) throw std::logic_error("the table of the clocks ends before this time");
}

/// The process's zone for as long as this lives.
class LocalZone {
public:
    explicit LocalZone(const std::string& zone) {
        if (const char* before = std::getenv("TZ"); before != nullptr) before_ = before;
        setenv("TZ", zone.c_str(), 1);
        tzset();
    }
    ~LocalZone() {
        if (before_) {
            setenv("TZ", before_->c_str(), 1);
        } else {
            unsetenv("TZ");
        }
        tzset();
    }
    static seconds offset_at(sys_seconds at) {
        const std::time_t time = at.time_since_epoch().count();
        std::tm fields{};
        localtime_r(&time, &fields);
        return seconds{fields.tm_gmtoff};
    }

private:
    std::optional<std::string> before_;
};

} // namespace

const WallClockTable& WallClockTable::of(const std::string& zone) {
    static std::map<std::string, std::unique_ptr<WallClockTable>> known;
    auto& one = known[zone];
    if (!one) one.reset(new WallClockTable(zone));
    return *one;
}

WallClockTable::WallClockTable(const std::string& zone) {
    const LocalZone here(zone);
    for (auto at = kFirst; at < kLast; at += kGrain) {
        const auto offset = LocalZone::offset_at(at);
        if (stretches_.empty() || stretches_.back().offset != offset) stretches_.push_back({at, offset});
    }
}

WallSeconds WallClockTable::local(Timestamp at) const {
    const auto whole = std::chrono::floor<seconds>(at);
    require_known(whole);
    const auto& now = *std::prev(std::ranges::upper_bound(stretches_, whole, {}, &Stretch::start));
    return WallSeconds{(whole + now.offset).time_since_epoch()};
}

std::vector<sys_seconds> WallClockTable::instants(WallSeconds wall) const {
    std::vector<sys_seconds> out;
    // No clock is a day and two hours from UTC.
    const sys_seconds early{(wall - std::chrono::hours{26}).time_since_epoch()};
    require_known(early);
    require_known(sys_seconds{(wall + std::chrono::hours{26}).time_since_epoch()});
    const auto later = std::ranges::upper_bound(stretches_, early, {}, &Stretch::start) - stretches_.begin();
    for (auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(later - 1, 0));
         i < stretches_.size() && i < static_cast<std::size_t>(later) + 3; ++i) {
        const sys_seconds at{(wall - stretches_[i].offset).time_since_epoch()};
        if (at < stretches_[i].start) continue;
        if (i + 1 == stretches_.size() || at < stretches_[i + 1].start) out.push_back(at);
    }
    return out;
}

WallClockTable::Gap WallClockTable::gap_over(WallSeconds wall) const {
    for (std::size_t i = 1; i < stretches_.size(); ++i) {
        const auto at = stretches_[i].start;
        const WallSeconds before{(at + stretches_[i - 1].offset).time_since_epoch()};
        const WallSeconds after{(at + stretches_[i].offset).time_since_epoch()};
        if (before <= wall && wall < after) return {at, stretches_[i].offset - stretches_[i - 1].offset};
    }
    throw std::logic_error("this wall-clock time exists");
}

std::vector<Timestamp> WallClockTable::changes() const {
    std::vector<Timestamp> out;
    for (std::size_t i = 1; i < stretches_.size(); ++i) out.push_back(stretches_[i].start);
    return out;
}

} // namespace attune::test
