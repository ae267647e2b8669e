#include "logic/watch/watch_config.hpp"

#include "logic/watch/selection.hpp"

#include <algorithm>

namespace attune::logic::watch {

ATTUNE_FIELDS(WatchConfig, path, recursive, kinds, settle, ignore, catch_up, each_host);

bool WatchConfig::asks_for(ChangeKind kind) const {
    return std::ranges::find(kinds, kind) != kinds.end();
}

Result<WatchConfig> read_config(const json::object& trigger_params) {
    constexpr DecodeOptions kStrict{DecodeOptions::Unknown::refuse, DecodeOptions::Missing::defaults};
    TRY(auto out, from_json<WatchConfig>(json::value(trigger_params), {}, kStrict));
    if (out.kinds.empty()) {
        return invalid("kinds", fmt::format("expected at least one of {}", enum_choices<ChangeKind>()));
    }
    if (out.settle < kShortestSettle || out.settle > kLongestSettle) {
        return invalid("settle", fmt::format("expected {} to {}, got {}", format_duration(kShortestSettle),
                                             format_duration(kLongestSettle), format_duration(out.settle)));
    }
    CHECK(Selection::of(out));
    return out;
}

} // namespace attune::logic::watch
