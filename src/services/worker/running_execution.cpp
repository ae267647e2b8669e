#include "services/worker/running_execution.hpp"

#include "base/log.hpp"
#include "logic/action/parameters.hpp"

namespace attune::services {
namespace {

namespace act = logic::action;

constexpr std::size_t kChunk = 64 * 1024;
constexpr Duration kFlush = 1s; ///< how long output of a running action waits to be stored
constexpr std::size_t kFlushAtOnce = 1024 * 1024;

json::object parameters_of(const Execution& execution) {
    return execution.config.value_or(json::object{});
}

} // namespace

RunningExecution::RunningExecution(asio::any_io_executor loop, Execution execution,
                                   const ActionSurroundings& surroundings)
    : execution_(std::move(execution)), surroundings_(surroundings), stop_(loop), ended_(loop),
      timeout_(surroundings.default_timeout),
      streams_{Stream("stdout", surroundings.output), Stream("stderr", surroundings.output)} {}

void RunningExecution::stop(StopReason reason) {
    if (stop_reason_ == StopReason::none) stop_reason_ = reason;
    stop_.set();
}

task<flow::Completion> RunningExecution::run(Result<std::shared_ptr<const ActionDefinition>> definition,
                                             ProcessRunner& processes, Clock& clock) {
    flow::Completion out;
    started_at_ = execution_.started_at.value_or(clock.now());
    act::FinalState state;
    auto spec = definition ? prepare(**definition) : Result<ProcessSpec>(definition.error());
    if (!spec) {
        state = act::preparation_failure(spec.error());
    } else {
        deadline_ = clock.now() + timeout_;
        ended_.set(); // the monitor learns of the deadline
        const auto began = clock.monotonic();
        ProcessRunner::Watch watch;
        watch.started = [&](std::int64_t) { spawned_within_ = clock.monotonic() - began; };
        watch.output = [this](OutputStream stream, std::string_view bytes) {
            streams_[stream == OutputStream::out ? 0 : 1].collector.append(bytes);
        };
        watch.stop = &stop_;
        watch.kill_after = surroundings_.kill_after;
        auto exit = co_await processes.run(*std::move(spec), std::move(watch));
        state = final_state(std::move(exit), clock.monotonic() - began, (*definition)->action);
    }
    over_ = true;
    ended_.set();
    overrule_by_shutdown(state);
    out.status = state.status;
    out.output = last_chunks(state.result);
    out.result = std::move(state.result);
    out.started_at = started_at_;
    out.finished_at = clock.now();
    out.execution = execution_;
    co_return out;
}

Result<ProcessSpec> RunningExecution::prepare(const ActionDefinition& definition) {
    const auto& action = definition.action;
    if (action.timeout_seconds && *action.timeout_seconds > 0) timeout_ = std::chrono::seconds{*action.timeout_seconds};
    act::ActionSource source;
    source.entrypoint = action.entrypoint;
    source.is_adhoc = action.is_adhoc;
    source.pack_ref = action.pack_ref;
    source.runtime_name = to_lower(definition.runtime.name);
    const auto pack_dir = surroundings_.packs_dir + "/" + action.pack_ref;
    if (surroundings_.file_exists(pack_dir)) source.pack_dir = pack_dir;
    auto env_dir = act::environment_dir(surroundings_.runtime_envs_dir, action.pack_ref, source.runtime_name);
    if (!env_dir.empty() && surroundings_.file_exists(env_dir)) source.env_dir = std::move(env_dir);
    const auto file = act::action_file(pack_dir, action.entrypoint);
    source.has_pack_file = file && surroundings_.file_exists(*file);

    const auto parameters = parameters_of(execution_);
    TRY(auto plan, act::plan_command(definition.runtime.execution_config, source, parameters));
    is_native_ = plan.is_native;
    ProcessSpec spec;
    spec.argv = std::move(plan.argv);
    spec.script = std::move(plan.script);
    spec.working_directory = source.pack_dir;
    auto told = context(action);
    if (plan.stdin_form == act::StdinForm::parameters) {
        TRY(auto text, act::format_parameters(parameters, action.parameter_format));
        text += '\n';
        if (action.parameter_delivery == ParameterDelivery::file && spec.script.empty()) {
            spec.script = std::move(text); // a descriptor, so that no secret touches a disk
            told.parameter_file = "/dev/fd/3";
        } else {
            spec.input = std::move(text);
        }
    }
    spec.environment = act::make_environment(surroundings_.base_environment, plan.env_vars, told);
    return spec;
}

act::ExecutionContext RunningExecution::context(const Action& action) const {
    act::ExecutionContext out;
    out.execution = execution_.id.value;
    out.action_ref = action.ref;
    out.pack_ref = action.pack_ref;
    out.rule_ref = execution_.rule_ref.value_or("");
    out.trigger_ref = execution_.trigger_ref.value_or("");
    out.api_url = surroundings_.api_url;
    out.artifacts_dir = surroundings_.artifacts_dir;
    out.runtime_envs_dir = surroundings_.runtime_envs_dir;
    out.delivery = action.parameter_delivery;
    out.format = action.parameter_format;
    out.instance_id = surroundings_.instance_id;
    out.worker_name = surroundings_.worker_name;
    if (!execution_.permission_set_refs.empty() && surroundings_.make_token)
        out.api_token = surroundings_.make_token(execution_, timeout_);
    if (execution_.config) {
        if (const auto* extra = execution_.config->if_contains("context"); extra != nullptr && extra->is_object())
            out.context = extra->get_object();
    }
    if (execution_.env_vars) out.env_vars = *execution_.env_vars;
    return out;
}

act::FinalState RunningExecution::final_state(Result<ProcessExit> exit, Duration took, const Action& action) {
    for (auto& stream : streams_) stream.collector.finish();
    if (!exit) return act::start_failure(exit.error());
    act::RunOutcome outcome;
    outcome.exit_code = exit->exit_code;
    outcome.signal = exit->signal;
    outcome.duration = took;
    outcome.timeout = timeout_;
    if (stop_reason_ == StopReason::timeout) outcome.ending = act::RunOutcome::Ending::timed_out;
    if (stop_reason_ == StopReason::cancel) outcome.ending = act::RunOutcome::Ending::cancelled;
    act::OutputReading reading;
    reading.format = action.output_format;
    reading.is_native = is_native_;
    reading.yaml = surroundings_.yaml;
    reading.stderr_log = fmt::format("/api/v1/executions/{}/logs/stderr", execution_.id.value);
    return act::make_result(outcome, streams_[0].collector, streams_[1].collector, reading);
}

/// What the shutdown of the server ended is not the action's own failure.
void RunningExecution::overrule_by_shutdown(act::FinalState& state) const {
    if (stop_reason_ != StopReason::shutdown || state.status == ExecutionStatus::completed) return;
    state.status = ExecutionStatus::abandoned;
    state.result["succeeded"] = false;
    state.result["error"] = "The worker was shut down while the action ran, and its grace period passed";
    state.result["abandoned_by"] = "worker_shutdown";
}

void RunningExecution::take_chunks(Stream& stream, std::vector<OutputChunk>& out, std::size_t at_most) {
    for (std::size_t taken = 0; taken < at_most;) {
        auto piece = stream.collector.take_chunk(kChunk);
        if (piece.empty()) return;
        taken += piece.size();
        OutputChunk chunk{execution_.id, std::string(stream.name), stream.position, std::move(piece)};
        stream.position += static_cast<std::int64_t>(chunk.content.size());
        out.push_back(std::move(chunk));
    }
}

/// What is left to store: nothing of a stdout that stands in the result whole.
std::vector<OutputChunk> RunningExecution::last_chunks(const json::object& result) {
    std::vector<OutputChunk> out;
    const auto& stdout_stream = streams_[0];
    const bool in_result =
        stdout_stream.position == 0 && stdout_stream.collector.is_whole() && result.contains("stdout");
    if (!in_result) take_chunks(streams_[0], out, SIZE_MAX);
    take_chunks(streams_[1], out, SIZE_MAX);
    return out;
}

task<void> RunningExecution::monitor(Clock& clock, Database& db) {
    while (!over_) {
        const auto now = clock.now();
        if (deadline_ && now >= *deadline_) {
            deadline_.reset();
            stop(StopReason::timeout);
        }
        std::vector<OutputChunk> chunks;
        for (auto& stream : streams_) take_chunks(stream, chunks, kFlushAtOnce);
        if (!chunks.empty()) {
            const auto stored = co_await db.write(
                [&](Session& session) -> Result<bool> {
                    CHECK(flow::append_output(session, chunks));
                    return true;
                },
                {.lane = Lane::bulk});
            if (!stored)
                log::warn("output of execution {} was not stored: {}", execution_.id.value, stored.error().text());
        }
        if (over_) co_return;
        // An action that has written nothing is looked at less often; the signal ends the wait when the process ends.
        const auto next = now + kFlush;
        co_await clock.wait_until(deadline_ ? std::min(*deadline_, next) : next, &ended_);
    }
}

} // namespace attune::services
