#include "app/cli/schedule_text.hpp"

#include <algorithm>

namespace attune::app::cli {

namespace schedule = logic::schedule;

std::string render_preview(const schedule::Preview& preview, schedule::Direction direction) {
    const bool forward = direction == schedule::Direction::forward;
    auto out = preview.description + "\n";
    if (!preview.times.empty()) out += '\n';
    std::size_t widest = 0;
    for (const auto& time : preview.times) widest = std::max(widest, time.local.size());
    for (const auto& time : preview.times) {
        out += fmt::format("  {} {:<{}}  {}", time.weekday.substr(0, 3), time.local, widest,
                           format_timestamp_short(time.at));
        if (time.note) out += "  " + *time.note;
        out += '\n';
    }
    if (preview.ended) {
        out += preview.never ? "\nIt never fires.\n" : fmt::format("\nNo {} times.\n", forward ? "more" : "earlier");
    }
    if (!preview.clock_changes.empty()) {
        out += "\nClock changes:\n";
        for (const auto& change : preview.clock_changes) out += fmt::format("  {}\n", change);
    }
    return out;
}

json::value preview_json(const schedule::Preview& preview, schedule::Direction direction) {
    json::array instants;
    for (const auto& time : preview.times) instants.emplace_back(format_timestamp_short(time.at));
    auto out = to_json(preview);
    out.get_object()[direction == schedule::Direction::forward ? "next" : "prev"] = std::move(instants);
    return out;
}

} // namespace attune::app::cli
