#include "domain/trigger.hpp"

namespace attune {

ATTUNE_ROW(Trigger, "trigger", id, ref, pack, pack_ref, label, description, enabled, is_adhoc, param_schema, out_schema,
           webhook_enabled, webhook_key, webhook_config, generation, created, updated);
ATTUNE_ROW(Timer, "timer", id, rule, rule_ref, trigger, trigger_ref, config, armed, enabled, paused, pause_note,
           resume_at, revision, anchor, cursor, resumed_at, skipped_from, skipped_through, forgotten, fired, late,
           missed, skipped, dropped, manual, backfilled, overlap_skipped, overlap_queued, overlap_cancelled, note,
           trouble, generation, created, updated);
ATTUNE_ROW(TimerSkip, "timer_skip", timer, first, last, count, reason, created);

} // namespace attune
