#include "base/timestamp.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace attune {
namespace {

constexpr Timestamp kFirst = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr Timestamp kLast = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + 24h - Duration{1};

void put(char* out, int digits, unsigned value) {
    for (int i = digits - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

/// Reads exactly `digits` decimal digits at the front of `text` and removes them; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

Error not_a_timestamp(std::string_view text) {
    return Error{Errc::invalid,
                 fmt::format("expected an RFC 3339 time such as 2026-01-02T03:04:05Z, got '{}'", text.substr(0, 64))};
}

/// The fraction after the dot in microseconds, cut; -1 when there is no digit.
int take_fraction(std::string_view& text) {
    int value = 0;
    int digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        if (digits < 6) {
            value = value * 10 + (text.front() - '0');
            ++digits;
        }
    }
    if (digits == 0) return -1;
    for (; digits < 6; ++digits) value *= 10;
    return value;
}

/// "Z" or "+hh:mm"; nothing when neither is there.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (take(text, "Zz")) return std::chrono::minutes{0};
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const int hours = take_digits(text, 2);
    take(text, ":");
    const int minutes = take_digits(text, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    return std::chrono::minutes{sign * (hours * 60 + minutes)};
}

} // namespace

void format_timestamp_to(Timestamp at, char* out) {
    if (at < kFirst) at = kFirst;
    if (at > kLast) at = kLast;
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const auto micros = (at - day).count();
    const auto seconds = static_cast<unsigned>(micros / 1'000'000);
    put(out, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put(out + 5, 2, static_cast<unsigned>(date.month()));
    put(out + 8, 2, static_cast<unsigned>(date.day()));
    put(out + 11, 2, seconds / 3600);
    put(out + 14, 2, seconds / 60 % 60);
    put(out + 17, 2, seconds % 60);
    put(out + 20, 6, static_cast<unsigned>(micros % 1'000'000));
    out[4] = out[7] = '-';
    out[10] = 'T';
    out[13] = out[16] = ':';
    out[19] = '.';
    out[26] = 'Z';
}

std::string format_timestamp(Timestamp at) {
    std::string out(27, '0');
    format_timestamp_to(at, out.data());
    return out;
}

std::string format_timestamp_short(Timestamp at) {
    auto out = format_timestamp(at);
    out.pop_back();
    const auto last = out.find_last_not_of('0');
    out.resize(out[last] == '.' ? last : last + 1);
    return out + 'Z';
}

Result<Timestamp> parse_timestamp(std::string_view text) {
    auto rest = text;
    const int year = take_digits(rest, 4);
    const bool dash1 = take(rest, "-");
    const int month = take_digits(rest, 2);
    const bool dash2 = take(rest, "-");
    const int day = take_digits(rest, 2);
    const bool separator = take(rest, "Tt ");
    const int hour = take_digits(rest, 2);
    const bool colon = take(rest, ":");
    const int minute = take_digits(rest, 2);
    int second = 0;
    if (take(rest, ":")) second = take_digits(rest, 2);
    int micros = 0;
    if (take(rest, ".,")) micros = take_fraction(rest);
    const auto offset = take_offset(rest);
    if (!dash1 || !dash2 || !separator || !colon || !offset || !rest.empty()) return not_a_timestamp(text);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || micros < 0) {
        return not_a_timestamp(text);
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (year < 0 || month < 0 || day < 0 || !date.ok()) return not_a_timestamp(text);
    return Timestamp{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + Duration{micros} - *offset;
}

namespace {

struct Unit {
    std::string_view name;
    Duration length;
};
constexpr std::array<Unit, 6> kUnits{{{"d", 24h}, {"h", 1h}, {"ms", 1ms}, {"us", 1us}, {"m", 1min}, {"s", 1s}}};
constexpr Duration kLongest = 24h * 366 * 1000;

} // namespace

Result<Duration> parse_duration(std::string_view text) {
    const Error wrong{Errc::invalid, fmt::format("expected a duration such as 500ms, 10s, 5m, 2h or 7d, got '{}'",
                                                 text.substr(0, 64))};
    if (text.empty()) return wrong;
    Duration total{0};
    for (auto rest = text; !rest.empty();) {
        double number = 0;
        const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (status != std::errc{} || number < 0) return wrong;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        Duration unit = 1s;
        if (!rest.empty()) {
            const auto* found = kUnits.begin();
            while (found != kUnits.end() && !rest.starts_with(found->name)) ++found;
            if (found == kUnits.end()) return wrong;
            unit = found->length;
            rest.remove_prefix(found->name.size());
        }
        const double micros = number * static_cast<double>(unit.count());
        if (!(micros <= static_cast<double>(kLongest.count()))) return wrong;
        total += Duration{static_cast<std::int64_t>(micros)};
        if (total > kLongest) return wrong;
    }
    return total;
}

std::string format_duration(Duration d) {
    std::string out;
    constexpr std::array<Unit, 6> kLargestFirst{
        {{"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}, {"us", 1us}}};
    for (const auto& unit : kLargestFirst) {
        if (const auto n = d / unit.length; n > 0) {
            out += fmt::format("{}{}", n, unit.name);
            d -= n * unit.length;
        }
    }
    return out.empty() ? "0s" : out;
}

} // namespace attune
