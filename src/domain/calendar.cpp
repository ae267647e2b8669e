#include "domain/calendar.hpp"

namespace attune {

ATTUNE_ROW(Calendar, "calendar", id, ref, pack, pack_ref, label, description, is_adhoc, definition, generation, created,
           updated);

} // namespace attune
