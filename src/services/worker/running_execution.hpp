#pragma once
#include "domain/action.hpp"
#include "domain/execution.hpp"
#include "flow/endings.hpp"
#include "flow/secrets.hpp"
#include "logic/action/environment.hpp"
#include "logic/action/environment_build.hpp"
#include "logic/action/interpreter.hpp"
#include "logic/action/output_collector.hpp"
#include "logic/action/result.hpp"
#include "logic/action/secret_masker.hpp"
#include "runtime/process.hpp"
#include "services/worker/action_catalog.hpp"

#include <array>

namespace attune::services {

/// What a worker gives its actions beside their parameters.
struct ActionSurroundings {
    logic::action::Environment base_environment;
    logic::action::Environment build_environment; ///< of what makes environments of packs
    std::string api_url;
    std::string packs_dir;
    std::string artifacts_dir;
    std::string runtime_envs_dir;
    std::string instance_id;
    std::string worker_name;
    Duration default_timeout = 300s;
    Duration kill_after = 5s;
    logic::action::OutputCollector::Limits output;
    logic::action::YamlParser yaml;
    std::function<bool(const std::string&)> file_exists;
    /// Nothing when there is no such file. Without it no pack has an environment made for it.
    std::function<std::optional<std::string>(const std::string&)> read_file = {};
    logic::action::Digest digest = {};
    Duration environment_timeout = 15min; ///< to make an environment of a pack
    /// The execution's scoped API token; called only for executions that have permission sets.
    std::function<std::string(const Execution&, Duration timeout)> make_token;
};

/// One execution while its process runs: collects the output, knows the deadline, can be stopped.
class RunningExecution {
public:
    enum class StopReason { none, timeout, cancel, shutdown };

    RunningExecution(asio::any_io_executor loop, Execution execution, const ActionSurroundings& surroundings);

    /// Its parameters as the program gets them, and which of them are secret.
    struct Parameters {
        json::object values;
        std::vector<json::value> secrets;
    };

    /// Prepares and runs the program to its end; how the execution ended.
    task<flow::Completion> run(Result<std::shared_ptr<const ActionDefinition>> definition,
                               Result<Parameters> parameters, ProcessRunner& processes, Clock& clock,
                               const Vault* vault);

    /// Watches the time limit, and hands out output as it comes, until the process has ended.
    task<void> monitor(Clock& clock, Database& db);

    void stop(StopReason reason);
    const Execution& execution() const { return execution_; }
    StopReason stop_reason() const { return stop_reason_; }
    /// How long it took to make the process; nothing when there was none.
    std::optional<Duration> spawned_within() const { return spawned_within_; }

private:
    struct Stream {
        explicit Stream(std::string_view name, logic::action::OutputCollector::Limits limits)
            : name(name), collector(name, limits) {}
        std::string_view name;
        logic::action::OutputCollector collector;
        std::int64_t position = 0;                         ///< bytes handed out for storage
        std::optional<logic::action::SecretMasker> masker; ///< only when the execution has secrets
        bool held = false; ///< stored at the end alone, when it is known what of it is secret
    };

    logic::action::ActionSource source_of(const ActionDefinition& definition) const;
    task<Result<void>> add_environment(const ActionDefinition& definition, logic::action::ActionSource& source,
                                       ProcessRunner& processes);
    task<Result<void>> build(const logic::action::PackEnvironment& environment, ProcessRunner& processes);
    task<Result<ProcessSpec>> prepare(Result<std::shared_ptr<const ActionDefinition>> definition,
                                      Result<Parameters> parameters, ProcessRunner& processes);
    Result<ProcessSpec> plan(const ActionDefinition& definition, logic::action::ActionSource source,
                             const json::object& parameters);
    void watch_for_secrets(const Action& action, const std::vector<json::value>& secrets);
    void take_output(Stream& stream, std::string_view bytes);
    std::vector<logic::schema::SecretPart> hide_secret_output(const Action& action, json::object& result);
    logic::action::ExecutionContext context(const Action& action) const;
    logic::action::FinalState final_state(Result<ProcessExit> exit, Duration took, const Action& action);
    void take_chunks(Stream& stream, std::vector<OutputChunk>& out, std::size_t at_most);
    void take_masked(std::vector<OutputChunk>& out);
    std::vector<OutputChunk> last_chunks(const json::object& result);
    void overrule_by_shutdown(logic::action::FinalState& state) const;

    Execution execution_;
    const ActionSurroundings& surroundings_;
    Signal stop_;
    Signal ended_;
    bool over_ = false;
    StopReason stop_reason_ = StopReason::none;
    Duration timeout_;
    std::optional<Timestamp> deadline_;
    Timestamp started_at_;
    std::optional<Duration> spawned_within_;
    bool is_native_ = false;
    std::array<Stream, 2> streams_;
    std::optional<logic::action::SecretMasker> output_masker_; ///< of what the result has secret
};

} // namespace attune::services
