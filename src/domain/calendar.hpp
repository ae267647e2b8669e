#pragma once
#include "base/reflect.hpp"

namespace attune {

using CalendarId = Id<struct CalendarTag>;

/// A named set of time that timers leave out, or keep to. Its definition is that of logic/schedule/calendars.hpp.
struct Calendar {
    CalendarId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    bool is_adhoc = false; ///< made by the API, not by its pack
    json::object definition;
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Calendar);

} // namespace attune
