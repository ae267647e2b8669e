#include "logic/matching/pacing.hpp"

#include "base/text.hpp"
#include "logic/matching/event_scope.hpp"

#include <algorithm>

namespace attune::logic::matching {
namespace {

constexpr Duration kShortest = 1ms;

Result<void> expect_members(const json::value& value, const std::string& path, const std::vector<std::string>& known) {
    const auto* object = value.if_object();
    const auto names = join(known, ", ");
    if (object == nullptr)
        return invalid(path, fmt::format("expected an object with {}, got {}", names, excerpt(value)));
    for (const auto& member : *object) {
        if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end())
            return invalid(join_path(path, member.key()), fmt::format("is not known here; expected {}", names));
    }
    return {};
}

Result<Duration> required_duration(const json::value& of, const std::string& path, std::string_view name,
                                   Duration longest) {
    const auto at = join_path(path, name);
    const auto* member = find_member(of, name);
    if (member == nullptr) return invalid(at, "is required");
    const bool is_text = member->is_string() || member->is_int64();
    const auto text = member->is_string() ? std::string(member->get_string()) : to_text(*member);
    const auto read = is_text ? parse_duration(text) : invalid(at, "");
    if (read && *read >= kShortest && *read <= longest) return *read;
    return invalid(at, fmt::format("expected a duration such as 30s, 5m or 2h, from {} to {}, got {}",
                                   format_duration(kShortest), format_duration(longest), excerpt(*member)));
}

std::string with_key(std::string_view key) {
    return key.empty() ? std::string() : fmt::format(" with the key {}", key);
}

} // namespace

Result<PaceKey> PaceKey::compile(const json::value* member, const std::string& path) {
    PaceKey out;
    if (member == nullptr) return out;
    TRY(out.expression_, parse_event_expression(*member, path));
    return out;
}

Result<std::string> PaceKey::of(const EventView& event) const {
    if (!expression_) return std::string();
    const EventScope scope(event);
    TRY(const auto value, expression_->evaluate(scope.scope()));
    auto text = to_text(value);
    if (text.size() <= kMaxBytes) return text;
    return Error{Errc::too_large,
                 fmt::format("its value has {} bytes, at most {} are allowed", text.size(), kMaxBytes)};
}

Result<Throttle> Throttle::compile(const json::value& throttle, const std::string& path) {
    CHECK(expect_members(throttle, path, {"key", "limit", "per"}));
    Throttle out;
    TRY(out.key, PaceKey::compile(find_member(throttle, "key"), join_path(path, "key")));
    TRY(out.runs.per, required_duration(throttle, path, "per", kLongest));
    const auto* limit = find_member(throttle, "limit");
    if (limit == nullptr) return out;
    if (!limit->is_int64() || limit->get_int64() < 1 || limit->get_int64() > kMostRuns) {
        return invalid(join_path(path, "limit"),
                       fmt::format("expected a whole number from 1 to {}, got {}", kMostRuns, excerpt(*limit)));
    }
    out.runs.limit = limit->get_int64();
    return out;
}

Result<Debounce> Debounce::compile(const json::value& debounce, const std::string& path) {
    CHECK(expect_members(debounce, path, {"key", "wait"}));
    Debounce out;
    TRY(out.key, PaceKey::compile(find_member(debounce, "key"), join_path(path, "key")));
    TRY(out.wait, required_duration(debounce, path, "wait", kLongest));
    return out;
}

bool RunLimit::admit(Timestamp now, std::vector<Timestamp>& runs) const {
    // A clock that was set back leaves times that are yet to come: they count from now on.
    for (auto& at : runs) at = std::min(at, now);
    std::erase_if(runs, [&](Timestamp at) { return at <= now - per; });
    if (static_cast<std::int64_t>(runs.size()) >= limit) return false;
    runs.push_back(now);
    return true;
}

std::vector<std::optional<EventId>> followers(std::span<const WaitingEvent> events) {
    std::vector<std::optional<EventId>> out(events.size());
    for (std::size_t i = 0; i + 1 < events.size(); ++i) {
        if (events[i + 1].created < events[i].due) out[i] = events[i + 1].id;
    }
    return out;
}

std::string text_of_wait(Duration wait, std::string_view key) {
    return fmt::format("debounce: waits {} for whether another event follows{}", format_duration(wait), with_key(key));
}

std::string text_of_follower(EventId follower, std::string_view key) {
    return fmt::format("debounce: event {} followed{}", follower.value, with_key(key));
}

std::string text_of_silence(Duration wait, std::string_view key) {
    return fmt::format("debounce: no event followed{} in {}", with_key(key), format_duration(wait));
}

std::string text_of_refusal(const RunLimit& limit, const std::vector<Timestamp>& runs, std::string_view key) {
    return fmt::format("throttle: {} within {}{}; it may run again at {}",
                       limit.limit == 1 ? "it ran once" : fmt::format("it ran {} times", limit.limit),
                       format_duration(limit.per), with_key(key), format_timestamp_short(runs.front() + limit.per));
}

} // namespace attune::logic::matching
