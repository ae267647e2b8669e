#pragma once
#include "base/reflect.hpp"

namespace attune {

/// A kind of thing that can happen. Its param_schema may itself be a timer configuration.
struct Trigger {
    TriggerId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    bool enabled = true;
    bool is_adhoc = false;
    std::optional<json::object> param_schema;
    std::optional<json::object> out_schema;
    bool webhook_enabled = false;
    std::optional<std::string> webhook_key; ///< "wh_…": who knows it may call the webhook; none unless it is enabled
    json::object webhook_config;            ///< logic/webhooks/config.hpp; its secrets are masked, and sealed beside
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Trigger);

/// One timer: wanted by an enabled rule on a core timer trigger (`rule` set), or by an enabled trigger whose
/// param_schema is a timer configuration while an enabled rule uses it (`rule` empty). Written only by the timer
/// functions of flow; schedulers read it.
struct Timer {
    TimerId id;
    std::optional<RuleId> rule;
    std::optional<std::string> rule_ref;
    std::optional<TriggerId> trigger; ///< of a trigger's timer alone
    std::string trigger_ref;
    json::object config;                      ///< canonical: has "type"
    bool armed = true;                        ///< it fires: enabled and not paused
    bool enabled = true;                      ///< its rule, or its trigger with a rule that uses it, is enabled
    bool paused = false;                      ///< by a person; outlasts edits and disablement
    std::optional<std::string> pause_note;    ///< why
    std::optional<Timestamp> resume_at;       ///< when it resumes by itself
    std::int64_t revision = 1;                ///< counts every change of schedule, enablement or pause
    Timestamp anchor;                         ///< intervals count from here
    Timestamp cursor;                         ///< the last nominal time that was decided
    std::optional<Timestamp> resumed_at;      ///< the last end of a pause: `on_resume` decides what is undecided before
    std::optional<Timestamp> skipped_from;    ///< nominal times from here on were skipped by a person in advance,
    std::optional<Timestamp> skipped_through; ///< up to here; some before them may be undecided
    std::optional<Timestamp> forgotten;       ///< the greatest nominal time whose event retention deleted
    std::int64_t fired = 0;                   ///< since the schedule was set; the sequence number of a firing
    std::int64_t late = 0;                    ///< of those, more than a second after their nominal time
    std::int64_t missed = 0;                  ///< nominal times that a misfire merged into one run
    std::int64_t skipped = 0;                 ///< nominal times passed over on purpose
    std::int64_t dropped = 0;                 ///< nominal times too old, or too many, to catch up with
    std::int64_t manual = 0;                  ///< runs that a person asked for
    std::int64_t backfilled = 0;              ///< past nominal times run on request
    std::int64_t overlap_skipped = 0;         ///< runs not made because the last one was still going
    std::int64_t overlap_queued = 0;          ///< runs that waited for the last one
    std::int64_t overlap_cancelled = 0;       ///< runs cancelled because the next one was due
    std::optional<std::string> note;          ///< why it will never fire again, when that is so
    std::optional<std::string> trouble;       ///< why it has no deadline although it should have one
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Timer);

/// Nominal times of a timer that did not fire one by one, as a range with the reason.
struct TimerSkip {
    TimerId timer;
    Timestamp first;
    Timestamp last;
    std::int64_t count = 0;
    std::string reason;
    Timestamp created;
};
ATTUNE_STRUCT(TimerSkip);

} // namespace attune
