#include "domain/action.hpp"

#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

const Entity& action() {
    constexpr auto kOptional = kCreated | kCleared | kInFile;
    static const Entity entity(
        {.noun = "Action",
         .collection = "actions",
         .text = "what can be run",
         .texts = {.remove = "Delete an action; rules with it stay and run no more"},
         .columns = {"ref", "runtime_ref", "label", "description"}},
        structure_of<Action>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired | kInFile, "Its ref (<pack>.<name>)"},
         {"pack", kShown},
         {"pack_ref", kAnswered | kRequired, "The pack that it belongs to"},
         {"label", kAnswered | kRequired | kChanged | kInFile, "Its name for people"},
         {"description", kAnswered | kOptional, "What it does"},
         {"entrypoint", kAnswered | kRequired | kChanged | kInFile | kLong,
          "A script's text (shell), or a file of the pack", "entry_point", "-e,--entrypoint"},
         {"runtime", kAnswered | kCreated | kChanged, "The runtime's id; its ref serves as well", {}, kNoOption},
         {"runtime_ref",
          kAnswered | kCreated | kChanged | kOmitted,
          "The runtime's ref, such as core.shell",
          {},
          "-r,--runtime"},
         {"runtime_version_constraint", kAnswered | kOptional | kOmitted, "Versions of the runtime that it runs with",
          "runtime_version"},
         {"required_worker_runtimes", kShown | kGiven | kOmitted, "Runtimes that its worker must have besides"},
         {"worker_selector", kShown | kGiven | kOmitted, "Labels that its worker must have"},
         {"worker_tolerations", kShown | kGiven | kOmitted, "Taints of workers that it bears"},
         {"worker_affinity", kShown | kGiven | kOmitted, "Workers that it prefers or avoids"},
         {"param_schema", kShown | kOptional, "Schema of its parameters", "parameters"},
         {"out_schema", kShown | kOptional, "Schema of its output", "output"},
         {"parameter_delivery", kShown | kGiven, "How it gets its parameters: stdin or file"},
         {"parameter_format", kShown | kGiven, "Their form: dotenv, json or yaml"},
         {"output_format", kShown | kGiven, "What its output is: text, json, yaml or jsonl"},
         {"is_adhoc", kShown, "Made by the API, not by its pack"},
         {"timeout_seconds", kShown | kOptional, "When it is stopped, in seconds after its start"},
         {"max_retries", kShown | kGiven, "How often it is tried again after a failure"},
         {"accesses_mcp", kAnswered | kGiven, "Whether it calls tools of a model context protocol server"},
         {"default_execution_permission_set_refs",
          kAnswered | kGiven | kOmitted,
          "Permission sets that its executions run with, unless the rule says others",
          {},
          {},
          "--permission-set"},
         {"log_retention_policy", kShown | kOptional | kOmitted, "What its output is kept by"},
         {"log_retention_limit", kShown | kOptional | kOmitted, "How much of it is kept"},
         {"artifact_retention_policy", kShown | kOptional | kOmitted, "What its artifacts are kept by"},
         {"artifact_retention_limit", kShown | kOptional | kOmitted, "How many of them are kept"},
         {"created", kAnswered},
         {"updated", kAnswered}});
    return entity;
}

} // namespace attune::logic::entities
