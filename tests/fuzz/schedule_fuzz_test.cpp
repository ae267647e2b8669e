// The properties of tests/fuzz on schedules from a fixed seed; libFuzzer goes on from there by hand.
#include "fuzz/schedule_properties.hpp"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace attune::fuzz {
namespace {

class Words {
public:
    explicit Words(std::uint32_t seed) : dice_(seed) {}

    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(dice_); }

    /// A head that chooses the kind and the rest, and a text of `count` pieces of the grammar in any order.
    std::vector<std::uint8_t> bytes(bool rule, int count) {
        static const std::vector<std::string> cron{"*", "*/", "1", "15", "-", ",",      "/",   " ",  " ",   " ",   " ",
                                                   "L", "W",  "#", "LW", "?", "+",      "59",  "23", "MON", "FEB", "30",
                                                   "7", "0",  "2", "99", "@", "@daily", "L-3", "5L", "2026"};
        static const std::vector<std::string> parts{
            "FREQ=DAILY",    "FREQ=YEARLY",    "FREQ=MONTHLY",  "FREQ=WEEKLY", "FREQ=HOURLY", "FREQ=MINUTELY",
            "INTERVAL=3",    "COUNT=9",        "BYDAY=MO,-1FR", "BYDAY=SU",    "BYMONTH=2,3", "BYMONTHDAY=-1",
            "BYMONTHDAY=29", "BYHOUR=1,2,3",   "BYMINUTE=0,30", "BYSETPOS=-1", "BYWEEKNO=53", "BYYEARDAY=-1,60",
            "WKST=SU",       "UNTIL=20301231", "BYDAY=9XX"};
        std::vector<std::uint8_t> out;
        for (int n = 0; n < 6; ++n) out.push_back(static_cast<std::uint8_t>(below(256)));
        out[0] = rule ? 1 : 0;
        const auto& words = rule ? parts : cron;
        for (int n = 0; n < count; ++n) {
            if (rule && n > 0) out.push_back(';');
            const auto& word = words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
            out.insert(out.end(), word.begin(), word.end());
        }
        return out;
    }

    /// Fields that mostly parse.
    std::vector<std::uint8_t> fields() {
        static const std::vector<std::string> fields[] = {{"*", "0", "30", "*/7", "10-20", "1,59", "5/9"},
                                                          {"*", "2", "1,2,3", "*/5", "0-3", "23"},
                                                          {"*", "*", "L", "LW", "15W", "31", "29", "1-7", "?"},
                                                          {"*", "*", "2", "JAN,JUL", "3-11"},
                                                          {"*", "*", "0", "5L", "MON#1", "+6", "1-5", "?", "2#5"}};
        auto out = bytes(false, 0);
        if (out[3] % 3 == 1) out.insert(out.end(), {'0', ' '}); // quartz wants seconds
        for (const auto& field : fields) {
            const auto& word = field[static_cast<std::size_t>(below(static_cast<int>(field.size())))];
            out.insert(out.end(), word.begin(), word.end());
            out.push_back(' ');
        }
        return out;
    }

private:
    std::mt19937 dice_;
};

std::string shown(const std::vector<std::uint8_t>& bytes) {
    std::string out;
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        out += n < 6 ? std::to_string(bytes[n]) + "," : std::string(1, static_cast<char>(bytes[n]));
    }
    return out;
}

TEST(ScheduleFuzz, RandomBytesAreRefusedOrKeepTheProperties) {
    Words words(31);
    for (int n = 0; n < 3000; ++n) {
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(words.below(60)));
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(words.below(256));
        EXPECT_EQ(broken_property(bytes), "") << shown(bytes);
    }
}

TEST(ScheduleFuzz, CronExpressionsKeepTheProperties) {
    Words words(32);
    for (int n = 0; n < 3000; ++n) {
        const auto bytes = n % 3 == 0 ? words.bytes(false, words.below(14)) : words.fields();
        EXPECT_EQ(broken_property(bytes), "") << shown(bytes);
    }
}

TEST(ScheduleFuzz, RecurrenceRulesKeepTheProperties) {
    Words words(33);
    for (int n = 0; n < 1000; ++n) {
        const auto bytes = words.bytes(true, 1 + words.below(4));
        EXPECT_EQ(broken_property(bytes), "") << shown(bytes);
    }
}

} // namespace
} // namespace attune::fuzz
