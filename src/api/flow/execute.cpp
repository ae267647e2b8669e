#include "api/flow/execute.hpp"

#include "api/auth/standings.hpp"
#include "api/common/listing.hpp"
#include "api/flow/executions.hpp"
#include "api/flow/secrets.hpp"
#include "domain/action.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "flow/executions.hpp"
#include "flow/secrets.hpp"
#include "flow/touched.hpp"
#include "logic/definitions/fields.hpp"
#include "logic/execution/birth.hpp"
#include "logic/schema/params.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(ExecuteRequest, action_ref, parameters, env_vars, permission_set_refs, artifact_retention_policy,
              artifact_retention_limit, worker_selector, worker_tolerations, worker_affinity);

ATTUNE_FIELDS(RerunRequest, parameters, env_vars);

namespace {

namespace definitions = logic::definitions;

/// The parameters with their defaults; nothing when there are none.
Result<std::optional<json::object>> config_of(const ExecuteRequest& request, const Action& action) {
    auto params = request.parameters.value_or(json::object{});
    if (action.param_schema) {
        const json::value schema = *action.param_schema;
        logic::schema::fill_defaults(schema, params);
        const auto problems = logic::schema::validate_params(schema, json::value(params), "parameters",
                                                             logic::schema::TemplatesAllowed::no);
        if (!problems.empty()) return invalid(problems.front().path, problems.front().message);
    }
    if (params.empty()) return std::optional<json::object>{};
    return std::optional<json::object>{std::move(params)};
}

/// Takes the secrets out of the parameters, and seals them.
Result<std::vector<SealedValue>> take_secrets(Session& session, const Action& action, Execution& execution) {
    if (!execution.config || !logic::schema::declares_secrets(action.param_schema)) return std::vector<SealedValue>{};
    const auto taken = logic::schema::take_secrets(json::value(*action.param_schema), *execution.config);
    if (!taken.masked.empty()) {
        return invalid(join_path("parameters", taken.masked.front().path),
                       "is the mask of a secret, not its value: give the value");
    }
    TRY(const auto* vault, session.vault());
    return flow::seal(*vault, {SealedIn::execution, execution.id.value, "config", SecretSource::request, action.ref},
                      taken.parts, execution.created);
}

bool is_variable_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, fits);
}

Result<void> check_environment(const ExecuteRequest& request) {
    if (!request.env_vars) return {};
    for (const auto& [name, value] : *request.env_vars) {
        if (!is_variable_name(name)) {
            return invalid("env_vars", fmt::format("expected names of letters, digits and '_', got {}",
                                                   excerpt(json::value(json::string(name)))));
        }
        if (!value.is_string()) {
            return invalid(join_path("env_vars", std::string_view(name)), "expected a string, got " + excerpt(value));
        }
    }
    return {};
}

/// What an execution was asked for, with its secrets, and with what is to be different.
Result<ExecuteRequest> request_of(Session& session, const Execution& first, const RerunRequest& changes) {
    TRY(const auto opened, with_secrets(session, first));
    ExecuteRequest out;
    out.action_ref = opened.action_ref;
    out.parameters = opened.config.value_or(json::object{});
    for (const auto& [name, value] : changes.parameters.value_or(json::object{})) (*out.parameters)[name] = value;
    out.env_vars = changes.env_vars ? changes.env_vars : opened.env_vars;
    if (!opened.permission_set_refs.empty()) out.permission_set_refs = opened.permission_set_refs;
    out.artifact_retention_policy = opened.artifact_retention_policy;
    out.artifact_retention_limit = opened.artifact_retention_limit;
    out.worker_selector = opened.worker_selector;
    out.worker_tolerations = opened.worker_tolerations;
    out.worker_affinity = opened.worker_affinity;
    return out;
}

} // namespace

Result<Execution> make_execution(const ExecuteRequest& request, const Action& action, const Caller& caller,
                                 Timestamp now) {
    CHECK(check_environment(request));
    CHECK(definitions::check_placement(request.worker_selector, request.worker_tolerations, request.worker_affinity));
    CHECK(
        definitions::check_retention("artifact", request.artifact_retention_policy, request.artifact_retention_limit));
    auto out = logic::execution::new_run(action, now);
    TRY(out.config, config_of(request, action));
    if (request.env_vars && !request.env_vars->empty()) out.env_vars = request.env_vars;
    if (caller.token_type == TokenType::execution) {
        const auto* parent = caller.about("execution_id");
        if (parent != nullptr && parent->is_int64()) out.parent = ExecutionId{parent->get_int64()};
    }
    out.executor = caller.acting();
    if (request.permission_set_refs) out.permission_set_refs = *request.permission_set_refs;
    if (request.artifact_retention_policy) out.artifact_retention_policy = request.artifact_retention_policy;
    if (request.artifact_retention_limit) out.artifact_retention_limit = request.artifact_retention_limit;
    out.worker_selector = request.worker_selector;
    out.worker_tolerations = request.worker_tolerations;
    out.worker_affinity = request.worker_affinity;
    return out;
}

void ExecuteRoute::declare(Router& router) {
    router.post("/api/v1/executions/execute", &ExecuteRoute::execute, *this)
        .summary("Run an action")
        .description("The answer comes at once and says `requested`; follow the execution by its id.")
        .status(201)
        .audited("execution.requested", "execution")
        .needs_some(Resource::actions, Right::execute);
    router.post("/api/v1/executions/{id}/rerun", &ExecuteRoute::rerun, *this)
        .summary("Run again what an execution ran, with its parameters or others")
        .description("A new execution, of the action as it is now, in the name of who asks: with the parameters, the "
                     "environment and the placement of the first one, but for what the body gives. Secrets among the "
                     "parameters are handed on unseen.")
        .status(201)
        .audited("execution.requested", "execution")
        .needs_some(Resource::actions, Right::execute);
}

task<Result<Data<ExecutionResponse>>> ExecuteRoute::execute(const Body<ExecuteRequest>& body, const Caller& caller) {
    return run([request = *body](Session&) { return request; }, caller);
}

task<Result<Data<ExecutionResponse>>>
ExecuteRoute::rerun(const Path<ExecutionId>& id, const Body<std::optional<RerunRequest>>& body, const Caller& caller) {
    const auto changes = body->value_or(RerunRequest{});
    return run(
        [changes, id = *id, &caller](Session& session) -> Result<ExecuteRequest> {
            TRY(const auto first, readable_execution(session, id, caller));
            return request_of(session, first, changes);
        },
        caller);
}

task<Result<Data<ExecutionResponse>>> ExecuteRoute::run(std::function<Result<ExecuteRequest>(Session&)> request_in,
                                                        const Caller& caller) {
    CO_TRY(const auto id, co_await context_.ids.take_one<ExecutionId>());
    CO_TRY(const auto placement, co_await context_.ids.take_one<PlacementId>());
    const auto now = context_.clock.now();
    CO_TRY(auto done, co_await commit(context_, caller, [&](Session& session) -> Result<flow::Changed<Execution>> {
               TRY(const auto request, request_in(session));
               TRY(const auto action, flow::get_action(session, request.action_ref));
               CHECK(caller.require(Resource::actions, Right::execute, target_of(action)));
               if (request.permission_set_refs) {
                   CHECK(check_delegation(session, caller, *request.permission_set_refs, "permission_set_refs"));
               }
               TRY(auto made, make_execution(request, action, caller, now));
               made.id = id;
               TRY(made.placement,
                   flow::intern_placement(session, logic::execution::requirement_of(action, &made), placement));
               TRY(const auto secrets, take_secrets(session, action, made));
               TRY(auto inserted, flow::insert_executions(session, std::span(&made, 1)));
               CHECK(flow::store_sealed(session, secrets));
               inserted.effects.touch(flow::touched(nullptr, &made));
               return flow::Changed{std::move(made), std::move(inserted.effects)};
           }));
    done.value.status = ExecutionStatus::requested; // what a client expects of an execution just made
    co_return Data{response_of(done.value)};
}

} // namespace attune::api
