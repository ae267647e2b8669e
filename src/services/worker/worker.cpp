#include "services/worker/worker.hpp"

#include "base/log.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/definitions.hpp"
#include "flow/workers.hpp"
#include "logic/execution/birth.hpp"

#include <algorithm>

namespace attune::services {
namespace {

constexpr std::size_t kCatalogLimit = 10'000;
constexpr std::size_t kCompletionBatch = 500;
} // namespace

ActionWorker::ActionWorker(Ports ports, ProcessRunner& processes, ServiceGroup& group, asio::any_io_executor loop,
                           Options options)
    : ports_(ports), processes_(processes), options_(std::move(options)), enrolment_(ports, options_),
      catalog_(ports.db, kCatalogLimit), keys_(ports.db), measures_(ports.metrics), choice_(ports.db, options_.name),
      group_(group), wake_(loop), lacking_(loop), results_(loop), idle_(loop) {
    options_.surroundings.worker_name = options_.name;
    measures_.slots.set(options_.slots);
}

task<void> ActionWorker::run() {
    Outage outage(fmt::format("worker {}", options_.name));
    co_await insist_on([this] { return enrolment_.enlist(); }, outage);
    if (!enrolment_.is_enlisted()) co_return;
    measures_.registered.set(1);
    group_.spawn("worker lease", [this] { return enrolment_.renew(*this); });
    group_.spawn("worker results", [this] { return complete_all(); });
    group_.spawn("worker cancels", [this] { return watch_cancels(); });
    group_.spawn("worker runtimes", [this] { return watch_runtimes(); });
    const auto doorbell = ports_.bus.subscribe(Topic::scheduled, wake_);
    co_await insist_on([this] { return offer_runtimes(); }, outage);
    // Work and placements that are new ring, so they are looked for once a wake-up.
    for (bool woken = true; !draining_ && !enrolment_.is_replaced();) {
        const auto taken = co_await work_once(woken);
        outage.note(taken);
        woken = !taken || *taken == 0;
        if (!woken) continue;
        doorbell->take();
        auto until = ports_.clock.now() + kRetryPause;
        if (taken) until = next_tick(ports_, sweep_interval(ports_.bus));
        if (!choice_.left_over().empty()) until = std::min(until, ports_.clock.now() + options_.patience);
        co_await ports_.clock.wait_until(until, &wake_);
    }
}

/// Does it again and again, until it is done or the worker stops.
task<void> ActionWorker::insist_on(std::function<task<Result<void>>()> step, Outage& outage) {
    while (!draining_ && !enrolment_.is_replaced()) {
        const auto done = co_await step();
        outage.note(done);
        if (done) co_return;
        co_await ports_.clock.sleep_for(kRetryPause);
    }
}

/// Finds out which of the runtimes that are defined now this machine has.
task<Result<void>> ActionWorker::offer_runtimes() {
    CO_TRY(auto known, co_await ports_.db.read([](Session& session) { return flow::list_runtimes(session); }));
    logic::placement::WorkerTraits traits{{}, options_.labels, options_.taints};
    if (options_.detect_runtimes) {
        traits.runtimes = co_await options_.detect_runtimes(std::move(known));
    } else {
        for (const auto& runtime : known)
            traits.runtimes.push_back(logic::placement::offered(runtime.ref, runtime.name, runtime.aliases));
    }
    CO_TRY(const bool is_news, co_await enrolment_.offer(traits));
    choice_.offer(std::move(traits));
    if (is_news) wake_.set();
    co_return Result<void>{};
}

task<Result<std::size_t>> ActionWorker::work_once(bool look_first) {
    if (look_first) {
        const auto lacked = choice_.lacking_a_runtime();
        CO_TRY(const bool some, co_await choice_.refresh());
        // The runtime may be defined by now, though it was not when the worker looked.
        if (choice_.lacking_a_runtime() > lacked) lacking_.set();
        if (!some && !claim_is_unsure_) co_return std::size_t{0};
    }
    std::size_t ended = 0;
    for (const auto placement : std::vector(choice_.without_process())) {
        CO_TRY(const auto some, co_await end_without_process(placement));
        ended += some;
    }
    CO_TRY(const auto started, co_await claim_and_start(choice_.at_once()));
    co_return ended + started;
}

task<Result<std::size_t>> ActionWorker::end_without_process(PlacementId placement) {
    const auto now = ports_.clock.now();
    CO_TRY(const auto done, co_await commit(ports_, [&](Session& session) {
               return flow::complete_without_process(session, claimant(), placement, options_.null_batch, now);
           }));
    co_return done.value;
}

task<Result<std::size_t>> ActionWorker::claim_and_start(std::vector<PlacementId> placements) {
    const auto free = options_.slots - static_cast<std::int64_t>(running_.size());
    if (free <= 0 || (placements.empty() && choice_.left_over().empty())) co_return std::size_t{0};
    CO_TRY(auto claimed, co_await claim(std::move(placements), free));
    if (claimed.executions.empty()) co_return std::size_t{0};
    if (draining_) {
        const auto now = ports_.clock.now();
        CO_CHECK(co_await ports_.db.write([&](Session& session) -> Result<bool> {
            CHECK(flow::release_executions(session, claimant(), claimed.executions, now));
            return true;
        }));
        co_return std::size_t{0};
    }
    const auto taken = claimed.executions.size();
    CO_TRY(const auto keys, co_await read_keys(claimed.executions));
    const auto started = co_await start(std::move(claimed));
    for (const auto& execution : started) {
        auto running = std::make_shared<RunningExecution>(wake_.loop(), execution, options_.surroundings);
        running_[execution.id] = running;
        group_.spawn_once(fmt::format("execution {}", execution.id.value),
                          run_one(running, keys.of(execution.action_ref)));
    }
    note_busy();
    co_return taken;
}

/// What the batch is given. While the database does not answer nothing of it is started, and it is claimed again.
task<Result<KeyDelivery::Batch>> ActionWorker::read_keys(const std::vector<Execution>& executions) {
    auto keys = co_await keys_.read(executions);
    claim_is_unsure_ = !keys;
    co_return keys;
}

/// Takes work. What a claim took whose answer was lost comes first: nobody else will start it.
task<Result<ActionWorker::Claimed>> ActionWorker::claim(std::vector<PlacementId> placements, std::int64_t limit) {
    const auto now = ports_.clock.now();
    const bool unsure = claim_is_unsure_;
    const auto left_over = choice_.left_over();
    auto claimed = co_await ports_.db.write([&](Session& session) -> Result<Claimed> {
        Claimed out;
        if (unsure) {
            TRY(out.executions, flow::unstarted_executions(session, claimant()));
        }
        const auto left = limit - static_cast<std::int64_t>(out.executions.size());
        TRY(auto fresh, flow::claim_executions(session, claimant(), placements, left, now));
        std::move(fresh.begin(), fresh.end(), std::back_inserter(out.executions));
        const auto rest = limit - static_cast<std::int64_t>(out.executions.size());
        TRY(auto others, flow::claim_left_over(session, claimant(), left_over, rest, now, options_.patience));
        std::move(others.begin(), others.end(), std::back_inserter(out.executions));
        TRY(out.changes, flow::definitions_changed_since(session, catalog_.generation()));
        if (out.changes.generation != catalog_.generation()) {
            TRY(out.gives_keys, flow::gives_keys(session));
        }
        return out;
    });
    claim_is_unsure_ = !claimed;
    if (claimed) {
        catalog_.forget(claimed->changes);
        if (claimed->gives_keys) keys_.expect(*claimed->gives_keys);
        claimed->at = ports_.clock.now();
        measures_.claimed(claimed->executions, claimed->at);
    }
    co_return claimed;
}

/// Commits `running`; those that may be spawned. Repeated until it is answered: after a lost answer they are `running`,
/// and only we know that nothing runs.
task<std::vector<Execution>> ActionWorker::start(Claimed taken) {
    const auto& claimed = taken.executions;
    std::vector<Execution> out;
    Outage outage(fmt::format("worker: start of {} executions", claimed.size()));
    while (!enrolment_.is_replaced()) {
        const auto now = ports_.clock.now();
        const auto started =
            co_await commit(ports_, [&](Session& session) { return flow::start_executions(session, claimed, now); });
        outage.note(started);
        if (!started) {
            co_await ports_.clock.sleep_for(kRetryPause);
            continue;
        }
        const auto committed = ports_.clock.now();
        std::vector<bool> took(claimed.size());
        for (const auto i : started->value) {
            took[i] = true;
            out.push_back(claimed[i]);
            out.back().status = ExecutionStatus::running;
            out.back().started_at = now;
            measures_.started(claimed[i], taken.at, committed);
        }
        // Cancelled after a start whose answer was lost: nothing runs, so it is over. Has no effect on other rows.
        for (std::size_t i = 0; i < claimed.size(); ++i) {
            if (took[i]) continue;
            ++unwritten_;
            flow::Completion over;
            over.execution = claimed[i];
            over.status = ExecutionStatus::cancelled;
            over.result = json::object{};
            over.started_at = over.finished_at = now;
            co_await finish(std::move(over));
        }
        break;
    }
    co_return out;
}

task<void> ActionWorker::run_one(std::shared_ptr<RunningExecution> running, KeyDelivery::Given keys) {
    group_.spawn_once("execution monitor",
                      [](std::shared_ptr<RunningExecution> watched, Clock& clock, Database& db) -> task<void> {
                          co_await watched->monitor(clock, db);
                      }(running, ports_.clock, ports_.db));
    auto definition = co_await catalog_.get(running->execution().action_ref);
    auto parameters = co_await open_parameters(running->execution(), std::move(keys));
    auto completion = co_await running->run(std::move(definition), std::move(parameters), processes_, ports_.clock,
                                            ports_.db.vault());
    ++unwritten_;
    running_.erase(running->execution().id);
    note_busy();
    if (const auto spawned = running->spawned_within()) measures_.spawn.observe(*spawned);
    wake_.set(); // a slot is free
    co_await finish(std::move(completion));
}

/// The parameters with their secrets and keys: these are opened here alone, just before the program gets them.
task<Result<RunningExecution::Parameters>> ActionWorker::open_parameters(const Execution& execution,
                                                                         KeyDelivery::Given keys) {
    RunningExecution::Parameters out;
    const auto* vault = ports_.db.vault();
    if (execution.config) out.values = *execution.config;
    if (vault != nullptr && logic::schema::has_mask(out.values)) {
        CO_TRY(const auto sealed,
               co_await ports_.db.read([&](Session& session) { return flow::sealed_parameters(session, execution); }));
        CO_TRY(const auto pointers, flow::unseal(*vault, sealed, "config", out.values));
        for (const auto& pointer : pointers) out.secrets.push_back(*logic::schema::at_pointer(out.values, pointer));
    }
    if (!keys) co_return std::move(keys).error();
    if (*keys == nullptr) co_return out;
    CO_TRY(const auto secrets, flow::give_keys(vault, **keys, out.values));
    out.secrets.insert(out.secrets.end(), secrets.begin(), secrets.end());
    co_return out;
}

/// Queues a result for the next write; with its retry, when it failed and may be tried again.
task<void> ActionWorker::finish(flow::Completion completion) {
    const bool lost = completion.status == ExecutionStatus::failed || completion.status == ExecutionStatus::abandoned;
    if (lost && logic::execution::may_retry(completion.execution)) {
        const auto id = co_await ports_.ids.take_one<ExecutionId>();
        if (id) {
            completion.retry = logic::execution::retry_of(completion.execution, enum_name(completion.status), *id,
                                                          ports_.clock.now(), ports_.random.uniform());
        }
    }
    finished_.push_back(std::move(completion));
    results_.set();
}

task<void> ActionWorker::complete_all() {
    Outage outage("worker: results of executions");
    for (;;) {
        if (finished_.empty()) co_await results_.wait();
        std::vector<flow::Completion> batch;
        const auto count = std::min(finished_.size(), kCompletionBatch);
        std::move(finished_.begin(), finished_.begin() + static_cast<std::ptrdiff_t>(count), std::back_inserter(batch));
        finished_.erase(finished_.begin(), finished_.begin() + static_cast<std::ptrdiff_t>(count));
        // Kept until it is written: an outage of the database loses no result.
        for (;;) {
            const auto written = co_await write_completions(batch);
            outage.note(written);
            if (written) break;
            co_await ports_.clock.sleep_for(kRetryPause);
        }
        unwritten_ -= batch.size();
        idle_.set();
    }
}

task<Result<void>> ActionWorker::write_completions(std::vector<flow::Completion>& batch) {
    if (batch.empty()) co_return Result<void>{};
    CO_TRY(const auto written,
           co_await commit(ports_, [&](Session& session) { return flow::complete_executions(session, batch); }));
    for (const auto i : written.value) measures_.finished(batch[i]);
    co_return Result<void>{};
}

/// Looks again while something waits for a runtime: it may have been installed. Apart from the lease, since a program
/// may be slow to tell its version.
task<void> ActionWorker::watch_runtimes() {
    for (;;) {
        co_await ports_.clock.wait_until(ports_.clock.now() + options_.detect_again, &lacking_);
        if (choice_.lacking_a_runtime() == 0) continue;
        if (const auto offered = co_await offer_runtimes(); !offered) log::warn("{}", offered.error().text());
    }
}

std::vector<ExecutionId> ActionWorker::running_now() const {
    std::vector<ExecutionId> out;
    for (const auto& [id, running] : running_) out.push_back(id);
    return out;
}

void ActionWorker::on_replaced() {
    for (auto& [id, running] : running_) running->stop(RunningExecution::StopReason::shutdown);
    wake_.set();
}

/// After the lease had lapsed (this process, or its machine, stood still): what ran before and is settled by now may
/// run again elsewhere, so it ends here. Its result is not written: the claim is void.
void ActionWorker::on_lapsed(const std::vector<ExecutionId>& before, const std::vector<ExecutionId>& held) {
    std::size_t stopped = 0;
    for (const auto id : before) {
        const auto at = running_.find(id);
        if (at == running_.end() || std::ranges::binary_search(held, id)) continue;
        at->second->stop(RunningExecution::StopReason::shutdown);
        ++stopped;
    }
    log::warn("worker {}: its lease had run out and it counted as lost; {} actions that were given up are ended",
              options_.name, stopped);
    wake_.set(); // it may claim again
}

task<void> ActionWorker::watch_cancels() {
    Signal rung(wake_.loop());
    const auto doorbell = ports_.bus.subscribe(Topic::cancelling, rung);
    for (;;) {
        co_await rung.wait();
        doorbell->take();
        while (!co_await cancel_all()) co_await ports_.clock.sleep_for(kRetryPause);
    }
}

/// What the database says is to be cancelled. A ring ends nothing by itself: it may be another installation's, whose
/// executions have the same numbers.
task<Result<void>> ActionWorker::cancel_all() {
    CO_TRY(const auto ids,
           co_await ports_.db.read([&](Session& session) { return flow::executions_to_cancel(session, claimant()); }));
    for (const auto id : ids) cancel(id);
    co_return Result<void>{};
}

void ActionWorker::cancel(ExecutionId id) {
    if (const auto at = running_.find(id); at != running_.end()) at->second->stop(RunningExecution::StopReason::cancel);
}

std::optional<std::string> ActionWorker::trouble() const {
    if (draining_) return "it is stopping";
    return enrolment_.trouble();
}

void ActionWorker::note_busy() {
    measures_.busy.set(static_cast<std::int64_t>(running_.size()));
}

void ActionWorker::hurry() {
    hurried_ = true;
    idle_.set();
}

task<void> ActionWorker::drain(Duration grace) {
    draining_ = true;
    measures_.registered.set(0);
    wake_.set();
    const auto limit = ports_.clock.now() + grace;
    while ((!running_.empty() || unwritten_ > 0) && ports_.clock.now() < limit && !hurried_)
        co_await ports_.clock.wait_until(limit, &idle_);
    for (auto& [id, running] : running_) running->stop(RunningExecution::StopReason::shutdown);
    const auto last = ports_.clock.now() + options_.surroundings.kill_after + 2s;
    while ((!running_.empty() || unwritten_ > 0) && ports_.clock.now() < last)
        co_await ports_.clock.wait_until(last, &idle_);
    if (!enrolment_.is_enlisted()) co_return;
    if (const auto retired = co_await enrolment_.retire(); !retired)
        log::warn("worker {}: {}", options_.name, retired.error().text());
}

} // namespace attune::services
