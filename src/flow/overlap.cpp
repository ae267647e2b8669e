#include "flow/overlap.hpp"

#include "domain/execution.hpp"
#include "flow/endings.hpp"
#include "flow/rule_lock.hpp"
#include "flow/status_sql.hpp"

#include <algorithm>
#include <set>

namespace attune::flow {
namespace {

using logic::schedule::RunOverlap;

constexpr std::string_view kMakesRoom =
    "Cancelled before it started: the next run of its rule was due (overlap: cancel_running)";

struct OpenRun {
    ExecutionId id;
    bool waiting = false;
};
ATTUNE_FIELDS(OpenRun, id, waiting);

// The conditions on the status are those of the partial indices, in their own words.
const Query kOpenRuns{
    "execution.open_runs",
    fmt::format("select id, waiting from execution where overlap_rule = $1 and {} order by id", sql::unfinished())};
const Query kReleasable{
    "execution.releasable",
    fmt::format("select distinct w.overlap_rule from execution w where w.waiting = true and w.{} and not exists ("
                " select 1 from execution a where a.overlap_rule = w.overlap_rule and a.waiting = false"
                " and a.{}) order by 1 limit $1",
                sql::status_is(ExecutionStatus::requested), sql::unfinished())};
const Query kRelease{"execution.release_waiting",
                     fmt::format("update execution set waiting = false, status = 'scheduled', scheduled_at = $2,"
                                 " updated = $2 where id = $1 and waiting = true and {}",
                                 sql::status_is(ExecutionStatus::requested))};

/// The open runs of one rule, while its row is locked.
class RuleRuns {
public:
    RuleRuns(Session& session, RunOverlap policy, std::vector<OpenRun> open, Timestamp now)
        : session_(session), policy_(policy), open_(std::move(open)), now_(now) {}

    Result<Admission> admit(Execution& run) {
        Admission out;
        if (!open_.empty()) {
            switch (policy_) {
            case RunOverlap::allow: break;
            case RunOverlap::skip: skip(out, ""); break;
            case RunOverlap::queue_one: queue(out, 1); break;
            case RunOverlap::queue_all: queue(out, kMostWaiting); break;
            case RunOverlap::cancel_running: CHECK(make_room(out)); break;
            }
        }
        if (out.verdict == Admission::Verdict::skipped) return out;
        run.waiting = out.verdict == Admission::Verdict::waits;
        if (run.waiting) {
            run.status = ExecutionStatus::requested;
            run.scheduled_at.reset();
        }
        TRY(auto made, insert_executions(session_, {&run, 1}));
        effects_ += std::move(made.effects);
        open_.push_back({run.id, run.waiting});
        return out;
    }

    Effects take_effects() { return std::exchange(effects_, {}); }

private:
    std::string under_way() const {
        return fmt::format("execution {} of this rule is not over (overlap: {})", open_.front().id.value,
                           enum_name(policy_));
    }
    void skip(Admission& out, std::string_view also) const {
        out.verdict = Admission::Verdict::skipped;
        out.reason = fmt::format("skipped: {}{}", under_way(), also);
    }
    void queue(Admission& out, std::size_t most) const {
        const auto waiting = static_cast<std::size_t>(std::ranges::count(open_, true, &OpenRun::waiting));
        if (waiting >= most) return skip(out, fmt::format(", and {} wait already", waiting));
        out.verdict = Admission::Verdict::waits;
        out.reason = "waits: " + under_way();
    }
    Result<void> make_room(Admission& out) {
        out.verdict = Admission::Verdict::waits; // until the processes are really gone
        out.reason = "waits: " + under_way();
        for (const auto& one : std::exchange(open_, {})) {
            auto cancelled = cancel_execution(session_, one.id, now_, kMakesRoom);
            if (!cancelled && cancelled.error().code == Errc::conflict) continue; // it has just ended
            CHECK(cancelled);
            effects_ += std::move(cancelled->effects);
            if (cancelled->changed) out.cancelled.push_back(one.id);
            if (!is_final(cancelled->execution.status)) open_.push_back(one);
        }
        if (open_.empty()) out = {Admission::Verdict::admitted, "", std::move(out.cancelled)};
        return {};
    }

    Session& session_;
    RunOverlap policy_;
    std::vector<OpenRun> open_;
    Timestamp now_;
    Effects effects_;
};

} // namespace

Result<Changed<std::vector<Admission>>> admit_runs(Session& session, std::span<Execution> runs,
                                                   const OverlapPolicies& policies, Timestamp now) {
    std::set<RuleId> wanted;
    for (const auto& run : runs) wanted.insert(*run.overlap_rule);
    std::map<RuleId, RuleRuns> rules;
    CHECK(lock_rules(session, wanted));
    for (const auto rule : wanted) {
        TRY(auto open, session.all<OpenRun>(kOpenRuns, rule));
        const auto policy = policies.find(rule);
        rules.emplace(rule, RuleRuns(session, policy == policies.end() ? RunOverlap::allow : policy->second,
                                     std::move(open), now));
    }
    Changed<std::vector<Admission>> out;
    for (auto& run : runs) {
        auto& rule = rules.at(*run.overlap_rule);
        TRY(auto admission, rule.admit(run));
        out.value.push_back(std::move(admission));
        out.effects += rule.take_effects();
    }
    return out;
}

Result<bool> has_releasable(Session& session) {
    TRY(const auto rules, session.column<RuleId>(kReleasable, std::int64_t{1}));
    return !rules.empty();
}

Result<Changed<std::vector<ExecutionId>>> release_waiting(Session& session, std::int64_t limit, Timestamp now) {
    Changed<std::vector<ExecutionId>> out;
    TRY(const auto rules, session.column<RuleId>(kReleasable, limit));
    for (const auto rule : rules) {
        CHECK(lock_rules(session, {rule}));
        TRY(const auto open, session.all<OpenRun>(kOpenRuns, rule));
        if (open.empty() || !std::ranges::all_of(open, &OpenRun::waiting)) continue; // somebody was faster
        TRY(const auto released, session.execute(kRelease, open.front().id, now));
        if (released > 0) out.value.push_back(open.front().id);
    }
    if (!out.value.empty()) out.effects.ring(Topic::scheduled);
    out.effects.ring(Topic::executions, out.value);
    out.effects.count(Metric::executions_scheduled, out.value.size());
    return out;
}

} // namespace attune::flow
