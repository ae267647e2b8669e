#include "services/worker/running_execution.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "domain/action.hpp"
#include "domain/execution.hpp"
#include "logic/action/parameters.hpp"

namespace attune::services {
namespace {

namespace act = logic::action;

constexpr std::size_t kLastWords = 4096; ///< of what made an environment in vain
constexpr int kTimedOut = 124;           ///< of timeout(1)
constexpr std::size_t kChunk = 64 * 1024;
constexpr Duration kFlush = 1s; ///< how long output of a running action waits to be stored
constexpr std::size_t kFlushAtOnce = 1024 * 1024;

/// A secret that is stored no more must not reach the program as its mask.
Result<void> check_complete(const Action& action, json::object parameters) {
    if (!action.param_schema) return {};
    const auto taken = logic::schema::take_secrets(json::value(*action.param_schema), parameters);
    if (taken.masked.empty()) return {};
    return invalid(taken.masked.front().path, "the value of this secret parameter is not stored any more");
}

/// Masks texts at any depth.
void mask_texts(logic::action::SecretMasker& masker, json::value& value) {
    if (auto* text = value.if_string()) {
        const auto masked = masker.mask(*text);
        *text = masked;
    } else if (auto* object = value.if_object()) {
        for (auto& member : *object) mask_texts(masker, member.value());
    } else if (auto* list = value.if_array()) {
        for (auto& item : *list) mask_texts(masker, item);
    }
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
                                             Result<Parameters> parameters, ProcessRunner& processes, Clock& clock,
                                             const Vault* vault) {
    flow::Completion out;
    started_at_ = execution_.started_at.value_or(clock.now());
    act::FinalState state;
    auto spec = co_await prepare(definition, parameters, processes);
    if (!spec) {
        state = act::preparation_failure(spec.error());
    } else {
        watch_for_secrets((*definition)->action, parameters->secrets);
        deadline_ = clock.now() + timeout_;
        ended_.set(); // the monitor learns of the deadline
        const auto began = clock.monotonic();
        ProcessRunner::Watch watch;
        watch.started = [&](std::int64_t) { spawned_within_ = clock.monotonic() - began; };
        watch.output = [this](OutputStream stream, std::string_view bytes) {
            take_output(streams_[stream == OutputStream::out ? 0 : 1], bytes);
        };
        watch.stop = &stop_;
        watch.kill_after = surroundings_.kill_after;
        auto exit = co_await processes.run(*std::move(spec), std::move(watch));
        state = final_state(std::move(exit), clock.monotonic() - began, (*definition)->action);
    }
    over_ = true;
    ended_.set();
    overrule_by_shutdown(state);
    if (definition && vault != nullptr) {
        const auto& action = (*definition)->action;
        const auto parts = hide_secret_output(action, state.result);
        out.secrets = flow::seal(
            *vault, {SealedIn::execution, execution_.id.value, "result/data", SecretSource::result, action.ref}, parts,
            clock.now());
    }
    out.status = state.status;
    out.output = last_chunks(state.result);
    out.result = std::move(state.result);
    out.started_at = started_at_;
    out.finished_at = clock.now();
    out.execution = execution_;
    co_return out;
}

void RunningExecution::watch_for_secrets(const Action& action, const std::vector<json::value>& secrets) {
    streams_[0].held = logic::schema::declares_secrets(action.out_schema);
    if (secrets.empty()) return;
    const act::SecretMasker masker(secrets);
    for (auto& stream : streams_) stream.masker = masker;
}

void RunningExecution::take_output(Stream& stream, std::string_view bytes) {
    if (!stream.masker) {
        stream.collector.append(bytes);
    } else {
        stream.collector.append(stream.masker->feed(bytes));
    }
}

/// Takes out of the result what the action's out_schema marks secret, and the same values out of what is stored of the
/// output. A program that failed may have printed them, too.
std::vector<logic::schema::SecretPart> RunningExecution::hide_secret_output(const Action& action,
                                                                            json::object& result) {
    if (!logic::schema::declares_secrets(action.out_schema)) return {};
    const json::value out_schema = *action.out_schema;
    auto* data = result.if_contains("data");
    const bool has_data = data != nullptr && data->is_object();
    std::optional<json::value> printed;
    const auto format = is_native_ ? OutputFormat::json : action.output_format;
    if (!has_data) printed = act::parse_output(streams_[0].collector, format, surroundings_.yaml);
    auto* from = has_data ? data : printed ? &*printed : nullptr;
    if (from == nullptr || !from->is_object()) return {};
    auto taken = logic::schema::take_secrets(out_schema, from->get_object());
    std::vector<json::value> values;
    for (const auto& part : taken.parts) values.push_back(part.value);
    output_masker_.emplace(values);
    for (auto& member : result) mask_texts(*output_masker_, member.value());
    if (!has_data) taken.parts.clear();
    return std::move(taken.parts);
}

task<Result<ProcessSpec>> RunningExecution::prepare(Result<std::shared_ptr<const ActionDefinition>> definition,
                                                    Result<Parameters> parameters, ProcessRunner& processes) {
    CO_CHECK(definition);
    CO_CHECK(parameters);
    auto source = source_of(**definition);
    CO_CHECK(co_await add_environment(**definition, source, processes));
    co_return plan(**definition, std::move(source), parameters->values);
}

act::ActionSource RunningExecution::source_of(const ActionDefinition& definition) const {
    const auto& action = definition.action;
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
    return source;
}

/// Where the pack lists dependencies for the runtime, and nobody has put an environment there for it.
task<Result<void>> RunningExecution::add_environment(const ActionDefinition& definition, act::ActionSource& source,
                                                     ProcessRunner& processes) {
    if (!surroundings_.read_file || source.pack_dir.empty() || !source.env_dir.empty()) co_return Result<void>{};
    const auto config = act::read_execution_config(definition.runtime.execution_config);
    if (!config || !act::makes_environments(*config)) co_return Result<void>{};
    const auto manifest = surroundings_.read_file(fmt::format("{}/{}", source.pack_dir, config->manifest_file));
    if (!manifest) co_return Result<void>{};
    act::EnvironmentInputs inputs{*manifest, {}};
    if (!config->lock_file.empty())
        inputs.lock_file =
            surroundings_.read_file(fmt::format("{}/{}", source.pack_dir, config->lock_file)).value_or("");
    auto environment =
        act::pack_environment(*config, source, surroundings_.runtime_envs_dir, inputs, surroundings_.digest);
    if (!surroundings_.file_exists(environment.ready)) CO_CHECK(co_await build(environment, processes));
    source.env_dir = std::move(environment.dir);
    co_return Result<void>{};
}

/// What it says is the beginning of the execution's stderr.
task<Result<void>> RunningExecution::build(const act::PackEnvironment& environment, ProcessRunner& processes) {
    ProcessSpec spec;
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(surroundings_.environment_timeout).count();
    spec.argv = {"timeout", "--kill-after=5", std::to_string(limit), "/bin/sh", "-c", environment.script};
    spec.environment = surroundings_.build_environment;
    std::string last;
    ProcessRunner::Watch watch;
    watch.output = [&](OutputStream, std::string_view bytes) {
        take_output(streams_[1], bytes);
        last += bytes;
        if (last.size() > kLastWords) last.erase(0, last.size() - kLastWords);
    };
    watch.stop = &stop_;
    watch.kill_after = surroundings_.kill_after;
    CO_TRY(const auto exit, co_await processes.run(std::move(spec), std::move(watch)));
    if (exit.exit_code == 0) co_return Result<void>{};
    const auto text = trim(last);
    const auto line = text.substr(text.rfind('\n') + 1);
    const auto why = exit.exit_code == kTimedOut ? "it took too long" : fmt::format("exit code {}", exit.exit_code);
    co_return Error{Errc::unavailable,
                    fmt::format("the environment {} could not be made ({}): {}", environment.dir, why, line)};
}

Result<ProcessSpec> RunningExecution::plan(const ActionDefinition& definition, act::ActionSource source,
                                           const json::object& parameters) {
    const auto& action = definition.action;
    CHECK(check_complete(action, parameters));
    if (action.timeout_seconds && *action.timeout_seconds > 0) timeout_ = std::chrono::seconds{*action.timeout_seconds};

    TRY(auto plan, act::plan_command(definition.runtime.execution_config, source, parameters));
    is_native_ = plan.is_native;
    ProcessSpec spec;
    spec.argv = std::move(plan.argv);
    spec.script = std::move(plan.script);
    spec.working_directory = std::move(source.pack_dir);
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
    for (auto& stream : streams_) {
        if (stream.masker) stream.collector.append(stream.masker->finish());
        stream.collector.finish();
    }
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

/// The whole of a held stdout, without what turned out to be secret.
void RunningExecution::take_masked(std::vector<OutputChunk>& out) {
    std::vector<OutputChunk> plain;
    take_chunks(streams_[0], plain, SIZE_MAX);
    std::int64_t position = 0;
    const auto add = [&](std::string piece) {
        if (piece.empty()) return;
        const auto size = static_cast<std::int64_t>(piece.size());
        out.push_back({execution_.id, std::string(streams_[0].name), position, std::move(piece)});
        position += size;
    };
    for (const auto& chunk : plain) add(output_masker_->feed(chunk.content));
    add(output_masker_->finish());
}

/// What is left to store: nothing of a stdout that stands in the result whole.
std::vector<OutputChunk> RunningExecution::last_chunks(const json::object& result) {
    std::vector<OutputChunk> out;
    const auto& stdout_stream = streams_[0];
    const bool in_result =
        stdout_stream.position == 0 && stdout_stream.collector.is_whole() && result.contains("stdout");
    if (!in_result && output_masker_) {
        take_masked(out);
    } else if (!in_result) {
        take_chunks(streams_[0], out, SIZE_MAX);
    }
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
        for (auto& stream : streams_) {
            if (!stream.held) take_chunks(stream, chunks, kFlushAtOnce);
        }
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
