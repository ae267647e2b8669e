#include "logic/schedule/zone_database.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cctz/time_zone.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace attune::logic::schedule {
namespace {

std::string database_folder() {
    const char* folder = std::getenv("TZDIR"); // NOLINT(concurrency-mt-unsafe): nobody sets it after start
    return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/// The names in the database's own index ("Z name ..." and "L target name" lines); empty when it is not installed.
std::vector<std::string> zone_names() {
    std::vector<std::string> names{"UTC"};
    std::ifstream index(database_folder() + "/tzdata.zi");
    constexpr int kMaxLines = 20'000;
    std::string line;
    for (int lines = 0; lines < kMaxLines && std::getline(index, line); ++lines) {
        const auto words = split(line, ' ');
        if (words.size() >= 3 && words[0] == "Z") names.emplace_back(words[1]);
        if (words.size() >= 3 && words[0] == "L") names.emplace_back(words[2]);
    }
    return names;
}

cctz::time_point<cctz::seconds> to_cctz(Seconds instant) {
    return cctz::time_point<cctz::seconds>(cctz::seconds(instant));
}

} // namespace

bool is_zone_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || name.front() == '/' || name.back() == '/') return false;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
               c == '-' || c == '+';
    };
    if (!std::all_of(name.begin(), name.end(), plain)) return false;
    // "right/" counts leap seconds, "posix/" is a copy, the others are whatever this machine was set to.
    return !name.starts_with("right/") && !name.starts_with("posix/") && name != "localtime" && name != "posixrules" &&
           name != "Factory";
}

std::optional<LoadedZone> load_zone(const std::string& name, unsigned generation) {
    cctz::time_zone zone;
    // cctz keeps every name for ever; another spelling of the path makes it read the file again.
    std::string path = name;
    if (generation > 0) path = "file:" + database_folder() + std::string(generation + 1, '/') + name;
    if (!cctz::load_time_zone(path, &zone)) return std::nullopt;
    LoadedZone loaded;
    auto at = cctz::time_point<cctz::seconds>::min();
    loaded.first_offset = zone.lookup(to_cctz(-ZoneSegment::kForever / 2)).offset;
    auto offset = loaded.first_offset;
    cctz::time_zone::civil_transition change;
    constexpr int kMaxChanges = 20'000;
    for (int n = 0; n < kMaxChanges && zone.next_transition(at, &change); ++n) {
        at = zone.lookup(change.to).trans;
        const auto now = zone.lookup(at).offset;
        if (now == offset) continue;
        loaded.changes.push_back({at.time_since_epoch().count(), now});
        offset = now;
    }
    return loaded;
}

std::string zone_database_version() {
    std::string out;
    for (const auto* file : {"/tzdata.zi", "/Etc/UTC"}) {
        std::error_code ignored;
        const std::filesystem::directory_entry entry(database_folder() + file, ignored);
        const auto written = entry.last_write_time(ignored);
        out += fmt::format("{}@{} ", entry.file_size(ignored), written.time_since_epoch().count());
    }
    return out;
}

std::string closest_zone_name(std::string_view name) {
    const auto names = zone_names();
    const auto wanted = to_lower(name.substr(0, 64));
    std::vector<std::string> lower;
    lower.reserve(names.size());
    for (const auto& one : names) lower.push_back(to_lower(one));
    const auto place = [&](std::string_view word) {
        return static_cast<std::size_t>(std::find(lower.begin(), lower.end(), word) - lower.begin());
    };
    if (const auto same = place(wanted); same < names.size()) return names[same];
    const auto meant = closest(wanted, {lower.begin(), lower.end()});
    return meant.empty() ? "" : names[place(meant)];
}

} // namespace attune::logic::schedule
