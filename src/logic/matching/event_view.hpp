#pragma once
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/timestamp.hpp"
#include "domain/event.hpp"

#include <optional>
#include <string_view>

namespace attune::logic::matching {

/// What conditions and templates see of an event; holds references only.
struct EventView {
    EventId id;
    std::optional<TriggerId> trigger;
    std::string_view trigger_ref;
    const json::value* payload = nullptr; ///< null, or JSON null: there is none
    Timestamp created;
    const json::value* config = nullptr; ///< what the source says beside the payload, likewise

    bool has_payload() const { return payload != nullptr && !payload->is_null(); }
};

/// Of an event that outlives it.
inline EventView view_of_event(const Event& event) {
    return {event.id,          event.trigger,
            event.trigger_ref, event.payload ? &*event.payload : nullptr,
            event.created,     event.config ? &*event.config : nullptr};
}

} // namespace attune::logic::matching
