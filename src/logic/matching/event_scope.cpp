#include "logic/matching/event_scope.hpp"

#include "base/text.hpp"

namespace attune::logic::matching {
namespace {

const json::value kNull;

/// Without the outer {{ }}, if there is one.
std::string_view strip_braces(std::string_view text) {
    text = trim(text);
    if (text.size() >= 4 && text.starts_with("{{") && text.ends_with("}}")) text = text.substr(2, text.size() - 4);
    return trim(text);
}

} // namespace

EventScope::EventScope(const EventView& event)
    : id_(event.id.value), trigger_(event.trigger ? json::value(event.trigger->value) : json::value(nullptr)),
      trigger_ref_(json::string(event.trigger_ref)), created_(json::string(format_timestamp(event.created))) {
    scope_.add_member("event", "id", id_)
        .add_member("event", "trigger", trigger_)
        .add_member("event", "trigger_ref", trigger_ref_)
        .add_member("event", "payload", event.payload == nullptr ? kNull : *event.payload)
        .add_member("event", "created", created_)
        .add_member("event", "config", event.config == nullptr ? kNull : *event.config);
}

Result<expression::Expression> parse_event_expression(const json::value& text, const std::string& path) {
    if (!text.is_string()) return invalid(path, fmt::format("expected a string, got {}", excerpt(text)));
    auto parsed = expression::Expression::parse(strip_braces(text.get_string()));
    if (!parsed) parsed.error().field = path;
    return parsed;
}

} // namespace attune::logic::matching
