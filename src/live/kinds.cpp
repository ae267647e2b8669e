#include "live/kinds.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace attune::live {

ATTUNE_FIELDS(Seen, id, key, state, created);

namespace {

using logic::access::Resource;

/// A condition that holds for the ids in $1, a JSON array.
std::string in_ids(std::string_view column) {
    return fmt::format("{} {{sqlite:in (select value from json_each($1)):sqlite}}"
                       "{{postgres:= any(array(select json_array_elements_text($1::json)::bigint)):postgres}}",
                       column);
}

/// Executions that are not over, in the words of their partial index.
std::string in_open_states() {
    std::string names;
    for (const auto name : enum_names<ExecutionStatus>()) {
        if (is_final(*parse_enum<ExecutionStatus>(name))) continue;
        names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name);
    }
    return fmt::format("status in ({})", names);
}

struct StateQueries {
    StateQueries(std::string_view kind, std::string_view states, std::string_view table)
        : newest(fmt::format("live.newest_{}s", kind), fmt::format("{} order by id desc limit $1", of(states, table))),
          states(fmt::format("live.states_of_{}s", kind), fmt::format("{} where {}", of(states, table), in_ids("id"))) {
    }
    static std::string of(std::string_view states, std::string_view table) {
        return fmt::format("select id, {}, created from {}", states, table);
    }
    Query newest;
    Query states;
};

constexpr std::string_view kEventState =
    "id as key, case when decided_at is null then 'recorded' else 'decided' end as state";
constexpr std::string_view kExecutionState = "id as key, status as state";

// Nothing here is ordered but by the one index that serves it: a database would rather walk all rows in that order.
const StateQueries kEventStates("event", kEventState, "event");
const StateQueries kEnforcementStates("enforcement", "coalesce(event, 0) as key, status as state", "enforcement");
const StateQueries kExecutionStates("execution", kExecutionState, "execution");

const Query kOpenEvents{"live.open_events",
                        fmt::format("{} where decided_at is null limit $1", StateQueries::of(kEventState, "event"))};
const Query kOpenExecutions{
    "live.open_executions",
    fmt::format("{} where {} limit $1", StateQueries::of(kExecutionState, "execution"), in_open_states())};

const Query kEvents{"live.events",
                    fmt::format("select id, trigger, trigger_ref, source, source_ref, rule, rule_ref, payload is not"
                                " null as has_payload, created, timer, nominal, decided_at, decision from event where"
                                " {} limit $2",
                                in_ids("id"))};
const Query kEnforcements{"live.enforcements",
                          fmt::format("select id, rule, rule_ref, trigger_ref, event, status, condition, created,"
                                      " resolved_at from enforcement where {} limit $2",
                                      in_ids("event"))};
const Query kExecutions{
    "live.executions",
    fmt::format("select id, action, action_ref, event, enforcement, rule_ref, trigger_ref, parent, executor, status,"
                " case when finished_at is null then null else result end, created, updated, started_at, finished_at"
                " from execution where {} limit $2",
                in_ids("id"))};

template <class Row>
Result<std::vector<Thing>> read_rows(Session& session, const Query& query, const std::string& keys,
                                     std::int64_t limit) {
    TRY(auto rows, session.all<Row>(query, keys, limit));
    std::vector<Thing> out;
    out.reserve(rows.size());
    for (auto& row : rows) out.push_back(thing_of(std::move(row)));
    return out;
}

template <class E>
Result<State> parse_as(std::string_view text) {
    if (const auto found = parse_enum<E>(text)) return static_cast<State>(*found);
    return Error{Errc::internal, fmt::format("the database holds an unknown state '{}'", text)};
}

const KindRow kEvent{.name = "event",
                     .resource = Resource::events,
                     .keyed_by = Kind::event,
                     .topics = {Topic::enforcements, Topic::events},
                     .newest = &kEventStates.newest,
                     .open = &kOpenEvents,
                     .states = &kEventStates.states,
                     .parse_state = &parse_as<EventState>,
                     .is_final = [](State state) { return static_cast<EventState>(state) == EventState::decided; },
                     .read = [](Session& session, const std::string& keys,
                                std::int64_t limit) { return read_rows<EventRow>(session, kEvents, keys, limit); }};
const KindRow kEnforcement{
    .name = "enforcement",
    .resource = Resource::enforcements,
    .keyed_by = Kind::event,
    .topics = {}, // those of its event
    .newest = &kEnforcementStates.newest,
    .open = nullptr, // made and settled in one transaction
    .states = &kEnforcementStates.states,
    .parse_state = &parse_as<EnforcementStatus>,
    .is_final = [](State state) { return static_cast<EnforcementStatus>(state) != EnforcementStatus::created; },
    .read = [](Session& session, const std::string& keys,
               std::int64_t limit) { return read_rows<EnforcementRow>(session, kEnforcements, keys, limit); }};
const KindRow kExecution{
    .name = "execution",
    .resource = Resource::executions,
    .keyed_by = Kind::execution,
    .topics = {Topic::executions},
    .newest = &kExecutionStates.newest,
    .open = &kOpenExecutions,
    .states = &kExecutionStates.states,
    .parse_state = &parse_as<ExecutionStatus>,
    .is_final = [](State state) { return attune::is_final(static_cast<ExecutionStatus>(state)); },
    .read = [](Session& session, const std::string& keys,
               std::int64_t limit) { return read_rows<ExecutionRow>(session, kExecutions, keys, limit); }};

template <class Numbers>
std::string json_array(const Numbers& numbers) {
    return fmt::format("[{}]", fmt::join(numbers, ","));
}

} // namespace

const KindRow& row_of(Kind kind) {
    switch (kind) {
    case Kind::event: return kEvent;
    case Kind::enforcement: return kEnforcement;
    case Kind::execution: break;
    }
    return kExecution;
}

Result<std::vector<Thing>> read_things(Session& session, Kind kind, const Keys& keys, std::int64_t limit) {
    if (keys.empty()) return std::vector<Thing>{};
    TRY(auto out, row_of(kind).read(session, json_array(keys), limit));
    std::ranges::sort(out, {}, &Thing::id);
    return out;
}

Result<std::vector<Seen>> read_states(Session& session, Kind kind, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return std::vector<Seen>{};
    return session.all<Seen>(*row_of(kind).states, json_array(ids));
}

} // namespace attune::live
