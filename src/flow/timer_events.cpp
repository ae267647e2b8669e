#include "flow/timer_events.hpp"

namespace attune::flow {
namespace {

using logic::schedule::ScheduleKind;

constexpr std::string_view kSensorRef = "core.timer_sensor";

std::int64_t delay_ms(Timestamp nominal, Timestamp now) {
    return std::max<std::int64_t>(0, (now - nominal) / 1ms);
}

json::object payload_of(const Timer& timer, const logic::schedule::Schedule& schedule,
                        const logic::schedule::Firing& firing, std::int64_t sequence, Timestamp now) {
    json::object out{{"type", json::string(enum_name(schedule.kind()))}};
    switch (schedule.kind()) {
    case ScheduleKind::interval: out["interval_seconds"] = schedule.interval()->period / 1s; break;
    case ScheduleKind::cron: {
        const auto next = schedule.next(firing.nominal, timer.anchor);
        out["scheduled_at"] = format_timestamp(firing.nominal);
        if (const auto* expression = timer.config.if_contains("expression")) out["expression"] = *expression;
        out["timezone"] = schedule.timezone().name();
        out["next_fire_at"] = next ? format_timestamp(*next) : "unknown";
        break;
    }
    case ScheduleKind::one_shot:
        out["fire_at"] = format_timestamp(firing.nominal);
        out["timezone"] = schedule.timezone().name();
        out["delay_ms"] = delay_ms(firing.nominal, now);
        break;
    case ScheduleKind::rrule:
        out["scheduled_at"] = format_timestamp(firing.nominal);
        out["delay_ms"] = delay_ms(firing.nominal, now);
        break;
    }
    out["fired_at"] = format_timestamp(now);
    out["execution_count"] = sequence;
    out["sensor_ref"] = kSensorRef;
    out["nominal"] = format_timestamp(firing.nominal);
    out["lateness_ms"] = to_ms(now - firing.nominal);
    out["reason"] = json::string(enum_name(firing.reason));
    out["missed_count"] = firing.missed_count;
    if (firing.first_missed) out["first_missed"] = format_timestamp(*firing.first_missed);
    out["sequence"] = sequence;
    return out;
}

} // namespace

Event event_of(const Timer& timer, const logic::schedule::Schedule& schedule, const logic::schedule::Firing& firing,
               std::int64_t sequence, Timestamp now) {
    Event event;
    event.trigger = timer.trigger;
    event.trigger_ref = timer.trigger_ref;
    event.payload = payload_of(timer, schedule, firing, sequence, now);
    event.source_ref = kSensorRef;
    event.rule = timer.rule;
    event.rule_ref = timer.rule_ref;
    event.timer = timer.id;
    if (firing.reason != logic::schedule::FiringReason::manual) event.nominal = firing.nominal;
    event.created = now;
    return event;
}

void stand_for_less(Event& event, std::int64_t fired, std::optional<Timestamp> first) {
    auto& payload = event.payload->as_object();
    if (!payload.contains("first_missed")) return;
    const auto left = std::max<std::int64_t>(0, payload["missed_count"].as_int64() - fired);
    payload["missed_count"] = left;
    if (left > 0 && first) {
        payload["first_missed"] = format_timestamp(*first);
    } else {
        payload.erase("first_missed");
    }
}

} // namespace attune::flow
