#include "fuzz/schedule_properties.hpp"

#include "base/text.hpp"
#include "logic/schedule/schedule.hpp"

#include <array>

namespace attune::fuzz {
namespace {

using logic::schedule::CronSpec;
using logic::schedule::Schedule;

constexpr std::array<const char*, 12> kZones{"UTC",
                                             "Europe/Berlin",
                                             "Australia/Lord_Howe",
                                             "America/Sao_Paulo",
                                             "Africa/Casablanca",
                                             "Europe/Dublin",
                                             "Pacific/Apia",
                                             "Asia/Kathmandu",
                                             "Pacific/Chatham",
                                             "America/St_Johns",
                                             "Antarctica/Troll",
                                             "America/New_York"};
constexpr std::array<const char*, 3> kDialects{"ocps", "quartz", "vixie"};
constexpr std::array<const char*, 3> kGaps{"run_after", "skip", "shift"};
constexpr std::array<const char*, 3> kOverlaps{"first", "last", "both"};

/// The bytes before the text.
constexpr std::size_t kHead = 6;

template <std::size_t size>
const char* choose(const std::array<const char*, size>& from, std::uint8_t byte) {
    return from[byte % size];
}

std::string check(const Schedule& schedule, Timestamp from) {
    const auto anchor = from - 1h;
    auto last = from;
    for (int n = 0; n < 4; ++n) {
        const auto next = schedule.next(last, anchor);
        if (!next) return {};
        if (*next <= last) return "next does not ascend";
        const auto between = last + (*next - last) / 2;
        if (schedule.next(between, anchor) != next) return "next changes before it comes";
        if (schedule.next(*next - Duration{1}, anchor) != next) return "next changes just before it comes";
        if (schedule.prev(*next + Duration{1}, anchor) != next) return "prev does not find what next found";
        if (n > 0 && schedule.prev(*next, anchor) != last) return "prev does not lead back";
        last = *next;
    }
    return {};
}

} // namespace

std::string broken_property(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kHead) return {};
    std::string text(bytes.begin() + kHead, bytes.end());
    text = to_valid_utf8(text);
    json::object config{{"timezone", choose(kZones, bytes[1])},
                        {"dst_gap", choose(kGaps, bytes[2])},
                        {"dst_overlap", choose(kOverlaps, bytes[2] / 3)}};
    if (bytes[0] % 2 == 0) {
        config["type"] = "cron";
        config["expression"] = text;
        config["dialect"] = choose(kDialects, bytes[3]);
    } else {
        config["type"] = "rrule";
        config["rule"] = text;
        config["dtstart"] = "2020-01-31T02:30:00";
    }
    const auto schedule = Schedule::compile(config);
    if (!schedule) return schedule.error().field.empty() ? "an error without a field" : "";
    // Somewhere from 2005 to 2035, to the minute.
    constexpr std::int64_t kFirst = 1'104'537'600;
    const auto minutes = (std::int64_t{bytes[4]} * 256 + bytes[5]) * 241;
    const auto from = logic::schedule::from_seconds(kFirst + minutes * 60);
    if (schedule->describe(from).empty()) return "no description";
    if (const auto* cron = schedule->cron(); cron != nullptr) {
        const auto steps = cron->count_steps_for_test(from, schedule->timezone(), schedule->options().dst());
        if (steps > CronSpec::kMaxSteps) return "more steps than allowed";
    }
    return check(*schedule, from);
}

} // namespace attune::fuzz
