#include "services/rule_matcher/rule_matcher.hpp"

#include "base/log.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "logic/schema/secrets.hpp"
#include "services/outage.hpp"

namespace attune::services {
namespace {

constexpr std::size_t kWorthSharing = 16; ///< events; fewer are decided twice sooner than shared out
constexpr std::int64_t kMostStripes = 8;
constexpr int kTriesAgainstChange = 10; ///< definitions that change faster than we decide: the next pass goes on

template <class T>
std::vector<T> those(const std::vector<T>& all, const std::vector<std::size_t>& indices) {
    std::vector<T> out;
    for (const auto i : indices) out.push_back(all[i]);
    return out;
}

} // namespace

task<void> RuleMatcher::run() {
    Signal wake(co_await asio::this_coro::executor);
    const auto doorbell = ports_.bus.subscribe(Topic::events, wake);
    Outage outage("rule matcher");
    for (;;) {
        const auto taken = co_await run_once();
        outage.note(taken);
        if (taken && *taken > 0) continue;
        doorbell->take();
        const auto now = ports_.clock.now();
        auto until = now + kRetryPause;
        if (taken) until = next_tick(ports_, sweep_interval(ports_.bus));
        if (taken && look_at_due_ > now) until = std::min(until, look_at_due_);
        co_await ports_.clock.wait_until(until, &wake);
    }
}

task<Result<std::size_t>> RuleMatcher::run_once() {
    CO_TRY(const auto taken, co_await decide_undecided());
    CO_TRY(const auto due, co_await decide_due());
    co_return taken + due;
}

task<Result<std::size_t>> RuleMatcher::decide_undecided() {
    CO_TRY(auto events, co_await undecided());
    const auto taken = events.size();
    for (int i = 0; i < kTriesAgainstChange && !events.empty(); ++i) {
        CO_TRY(const auto decisions, co_await decide(events, {}));
        // Lost, it is decided again; what is claimed of it is kept by a commit that keeps this too.
        CO_TRY(const auto outcome,
               co_await commit(ports_, [&](Session& session) { return flow::decide_events(session, decisions); },
                               {.durable = false}));
        rules_.forget(outcome.changes);
        expect_due(decisions);
        measures_.decided(events, decisions, outcome, ports_.clock.now());
        note_others(events.size() - outcome.stale.size(), outcome.decided.size());
        events = those(events, outcome.stale);
    }
    co_return taken;
}

/// Those of our stripe; when it holds none, whatever there is.
task<Result<std::vector<Event>>> RuleMatcher::undecided() {
    const auto batch = options_.batch;
    for (;;) {
        const auto stripe = stripe_;
        CO_TRY(auto events, co_await ports_.db.read([batch, stripe](Session& session) {
            return flow::undecided_events(session, batch, stripe);
        }));
        if (!events.empty() || stripe.of == 1) co_return events;
        stripe_ = {};
    }
}

/// When another matcher has decided much of what we took: from now on a part of the events, which it may not have.
void RuleMatcher::note_others(std::size_t taken, std::size_t decided) {
    if (taken < kWorthSharing || decided + taken / 10 >= taken) return;
    stripe_.of = std::min(stripe_.of * 2, kMostStripes);
    stripe_.number = static_cast<std::int64_t>(ports_.random.next() % static_cast<std::uint64_t>(stripe_.of));
}

void RuleMatcher::expect_due(const flow::Decisions& decisions) {
    for (const auto& one : decisions.events) {
        for (const auto& match : one.debounced) look_at_due_ = std::min(look_at_due_, match.due);
    }
}

task<Result<std::size_t>> RuleMatcher::decide_due() {
    CO_TRY(auto found, co_await due());
    std::size_t decided = 0;
    for (int i = 0; i < kTriesAgainstChange && !found.matches.empty(); ++i) {
        CO_TRY(const auto decisions, co_await decide(found.events, found.matches));
        CO_TRY(const auto outcome,
               co_await commit(ports_,
                               [&](Session& session) { return flow::decide_due(session, found.matches, decisions); },
                               {.durable = false}));
        rules_.forget(outcome.changes);
        measures_.made(decisions, outcome);
        decided += outcome.decided.size();
        found = {those(found.matches, outcome.stale), those(found.events, outcome.stale)};
    }
    co_return decided;
}

/// Nothing before the time at which there may be something; other processes' matches are seen by the sweep.
task<Result<RuleMatcher::Due>> RuleMatcher::due() {
    const auto now = ports_.clock.now();
    const auto sweep = sweep_interval(ports_.bus);
    Due out;
    if (now < look_at_due_ && look_at_due_ <= now + sweep) co_return out;
    const auto batch = options_.batch;
    CO_TRY(auto read, co_await ports_.db.read([&](Session& session) -> Result<std::pair<flow::DueMatches, Due>> {
        TRY(auto due, flow::due_matches(session, now, batch));
        Due with_events;
        for (const auto& match : due.matches) {
            TRY(auto event, flow::find_event(session, match.event));
            if (!event) continue; // deleted by hand
            event->rule = match.rule;
            with_events.events.push_back(*std::move(event));
            with_events.matches.push_back(match);
        }
        return std::pair(std::move(due), std::move(with_events));
    }));
    look_at_due_ = std::min(read.first.next.value_or(now + sweep), now + sweep);
    if (!read.first.matches.empty()) look_at_due_ = now; // there may be more, or some that others may follow still
    co_return std::move(read.second);
}

task<Result<flow::Decisions>> RuleMatcher::decide(const std::vector<Event>& events,
                                                  const std::vector<DebouncedMatch>& due) {
    CO_CHECK(co_await rules_.prepare(events));
    flow::Decisions out;
    out.generation = rules_.generation();
    out.now = ports_.clock.now();
    out.events.resize(events.size());
    Drafts drafts;
    drafts.reserve(events.size());
    for (std::size_t i = 0; i < events.size(); ++i)
        drafts.emplace_back(events[i], out.events[i], due.empty() ? nullptr : &due[i]);
    CO_CHECK(co_await open_payloads(drafts));
    for (auto& draft : drafts) draft.meet(rules_.of(draft.event()), out);
    CO_CHECK(co_await number(drafts));
    for (auto& draft : drafts) CO_CHECK(draft.seal(ports_.db.vault(), out.now));
    co_return out;
}

/// The trigger's out_schema, when a rule's templates use secrets of this event's payload.
std::optional<json::object> RuleMatcher::payload_schema(const Event& event) const {
    if (!event.payload) return std::nullopt;
    for (const auto& rule : rules_.of(event).rules) {
        if (rule->out_schema) return rule->out_schema;
    }
    return std::nullopt;
}

/// Puts secrets back into the payloads whose rules hand them on. Conditions see the mask.
task<Result<void>> RuleMatcher::open_payloads(Drafts& drafts) {
    for (auto& draft : drafts) {
        const auto& event = draft.event();
        const auto schema = payload_schema(event);
        if (!schema || !event.payload->is_object() || !logic::schema::has_mask(*event.payload)) continue;
        auto payload = event.payload->get_object();
        CO_TRY(const auto sealed, co_await ports_.db.read([&](Session& session) {
            return flow::sealed_values(session, SealedIn::event, event.id.value);
        }));
        const auto* vault = ports_.db.vault();
        if (sealed.empty() || vault == nullptr) continue;
        const auto done = flow::unseal_declared(*vault, sealed, "payload", json::value(*schema), payload);
        if (!done) log::warn("event {}: {}", event.id.value, done.error().text());
        draft.use_payload(json::value(std::move(payload)));
    }
    co_return Result<void>{};
}

/// Gives the enforcements and executions their ids.
task<Result<void>> RuleMatcher::number(Drafts& drafts) {
    std::size_t enforcements = 0;
    std::size_t executions = 0;
    for (const auto& draft : drafts) {
        enforcements += draft.enforcements();
        executions += draft.executions();
    }
    CO_TRY(const auto enforcement_ids, co_await ports_.ids.take<EnforcementId>(enforcements));
    CO_TRY(const auto execution_ids, co_await ports_.ids.take<ExecutionId>(executions));
    std::span<const EnforcementId> of_enforcements(enforcement_ids);
    std::span<const ExecutionId> of_executions(execution_ids);
    for (auto& draft : drafts) {
        draft.number(of_enforcements.first(draft.enforcements()), of_executions.first(draft.executions()));
        of_enforcements = of_enforcements.subspan(draft.enforcements());
        of_executions = of_executions.subspan(draft.executions());
    }
    co_return Result<void>{};
}

} // namespace attune::services
