#pragma once
// Shorthand of this module's tests.
#include "logic/schedule/schedule.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace attune::logic::schedule {

/// An instant from its text; the test is wrong when it cannot be read.
inline Timestamp at(std::string_view text) {
    return *parse_timestamp(text);
}

inline TimeZone zone(std::string_view name) {
    return *TimeZone::find(name);
}

inline std::string text_of(std::optional<Timestamp> instant) {
    return instant ? format_timestamp_short(*instant) : "never";
}

inline json::object config(std::string_view text) {
    return parse_json(text)->as_object();
}

inline Schedule compiled(std::string_view text) {
    auto schedule = Schedule::compile(config(text));
    EXPECT_TRUE(schedule) << text << ": " << (schedule ? "" : schedule.error().text());
    return *schedule;
}

/// The next `count` instants, or fewer when the series ends.
template <class Next>
std::vector<std::string> take_next(std::size_t count, Timestamp after, Next&& next) {
    std::vector<std::string> out;
    for (auto found = next(after); found && out.size() < count; found = next(*found)) out.push_back(text_of(found));
    return out;
}

inline std::vector<json::object> read_vectors(const std::string& file) {
    std::vector<json::object> out;
    std::ifstream lines(std::string(ATTUNE_SOURCE_DIR "/tests/data/schedule/") + file);
    for (std::string line; std::getline(lines, line);) out.push_back(config(line));
    return out;
}

/// A seeded generator; the seed is the same on every run.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    bool one_in(int n) { return between(1, n) == 1; }
    /// A time between 2000 and 2060.
    Timestamp instant() {
        return from_seconds(std::uniform_int_distribution<Seconds>(946'684'800, 2'840'140'800)(engine_));
    }

private:
    std::mt19937 engine_;
};

} // namespace attune::logic::schedule
