#pragma once
#include "domain/execution.hpp"
#include "domain/pack.hpp"
#include "domain/worker.hpp"
#include "runtime/process.hpp"
#include "runtime/service_group.hpp"
#include "services/outage.hpp"
#include "services/role.hpp"
#include "services/worker/action_catalog.hpp"
#include "services/worker/enrolment.hpp"
#include "services/worker/key_delivery.hpp"
#include "services/worker/placement_choice.hpp"
#include "services/worker/running_execution.hpp"
#include "services/worker/worker_measures.hpp"

#include <map>

namespace attune::services {

/// Runs actions under its enrolment: claims executions that it is able to run, up to its free slots, commits `running`
/// before a process is spawned, and completes results in batches. Lives on one loop. On drain it claims nothing more,
/// lets what runs finish within a grace period, and hands the rest back.
class ActionWorker final : private LeaseHolder {
public:
    struct Options : Enrolment::Options {
        logic::placement::Labels labels;
        std::vector<logic::placement::Taint> taints;
        /// Which of these runtimes this machine is able to run, with their versions; none: all of them. Called on the
        /// loop, one call at a time.
        std::function<task<std::vector<logic::placement::OfferedRuntime>>(std::vector<Runtime>)> detect_runtimes;
        Duration detect_again = 60s;   ///< while some placement lacks a runtime; for a new one at once
        Duration patience = 1s;        ///< work that another worker suits better waits so long for it
        std::int64_t null_batch = 500; ///< executions without a process ended in one write
        ActionSurroundings surroundings;
    };
    /// `group` runs what the worker starts, on the worker's loop.
    ActionWorker(Ports ports, ProcessRunner& processes, ServiceGroup& group, asio::any_io_executor loop,
                 Options options);

    /// Enlists, then works until cancelled or drained.
    task<void> run();

    /// Stops claiming and waits for what runs, at most `grace`; then ends it. Afterwards run() has nothing to do.
    task<void> drain(Duration grace);

    /// Cuts the grace of drain() short, now or when it comes.
    void hurry();

    std::size_t running() const { return running_.size(); }

    /// Why it takes no work; nothing while it is registered and its lease is good. From any thread.
    std::optional<std::string> trouble() const;

private:
    struct Claimed {
        flow::DefinitionChanges changes;
        std::vector<Execution> executions;
        std::optional<bool> gives_keys; ///< where it may have changed
        Timestamp at;                   ///< when it was committed
    };
    task<Result<std::size_t>> work_once(bool look_first);
    task<Result<std::size_t>> end_without_process(PlacementId placement);
    task<Result<std::size_t>> claim_and_start(std::vector<PlacementId> placements);
    task<Result<Claimed>> claim(std::vector<PlacementId> placements, std::int64_t limit);
    task<Result<void>> offer_runtimes();
    task<void> insist_on(std::function<task<Result<void>>()> step, Outage& outage);
    task<void> watch_runtimes();
    task<Result<KeyDelivery::Batch>> read_keys(const std::vector<Execution>& executions);
    task<std::vector<Execution>> start(Claimed taken);
    task<void> run_one(std::shared_ptr<RunningExecution> running, KeyDelivery::Given keys);
    task<Result<RunningExecution::Parameters>> open_parameters(const Execution& execution, KeyDelivery::Given keys);
    task<void> finish(flow::Completion completion);
    task<void> complete_all();
    task<Result<void>> write_completions(std::vector<flow::Completion>& batch);
    task<void> watch_cancels();
    task<Result<void>> cancel_all();
    void note_busy();
    flow::Claimant claimant() const { return enrolment_.claimant(); }

    std::vector<ExecutionId> running_now() const override;
    void on_lapsed(const std::vector<ExecutionId>& before, const std::vector<ExecutionId>& held) override;
    void cancel(ExecutionId id) override;
    void on_replaced() override;

    Ports ports_;
    ProcessRunner& processes_;
    Options options_;
    Enrolment enrolment_;
    ActionCatalog catalog_;
    KeyDelivery keys_;
    WorkerMeasures measures_;
    std::atomic<bool> draining_ = false;
    bool hurried_ = false;
    bool claim_is_unsure_ = false; ///< the last claim got no answer: it may have taken rows
    PlacementChoice choice_;
    std::map<ExecutionId, std::shared_ptr<RunningExecution>> running_;
    std::vector<flow::Completion> finished_;
    ServiceGroup& group_;
    Signal wake_;               ///< new work, or a free slot
    Signal lacking_;            ///< a placement lacks a runtime that none lacked before
    Signal results_;            ///< something is in finished_
    Signal idle_;               ///< for drain(): something ended
    std::size_t unwritten_ = 0; ///< finished, result not committed yet
};

} // namespace attune::services
