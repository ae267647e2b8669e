#include "logic/action/interpreter.hpp"

#include "base/text.hpp"
#include "logic/action/execution_config.hpp"
#include "logic/action/shell_script.hpp"

#include <algorithm>
#include <array>

namespace attune::logic::action {
namespace {

constexpr std::string_view kShell = "shell";
constexpr std::string_view kScriptPath = "/dev/fd/3";

using TokenTable = std::array<std::pair<std::string_view, std::string>, 5>;

/// The plan's fixed parts with their tokens filled.
struct Interpreter {
    std::string binary;
    std::vector<std::string> args;
    bool names_file = false; ///< an argument holds {action_file}, so it is not added at the end
};

Interpreter resolve(const ExecutionConfig& config, const ActionSource& source, TokenTable& tokens) {
    auto& interpreter = std::get<1>(*std::ranges::find(tokens, "interpreter", &TokenTable::value_type::first));
    interpreter = fill_tokens(config.binary, tokens);
    if (!source.env_dir.empty() && !config.environment_interpreter.empty()) {
        interpreter = fill_tokens(config.environment_interpreter, tokens);
    }
    Interpreter out{interpreter, {}, false};
    for (const auto& arg : config.args) {
        out.args.push_back(fill_tokens(arg, tokens));
        out.names_file = out.names_file || arg.find("{action_file}") != std::string::npos;
    }
    return out;
}

std::vector<std::string> with_interpreter(const Interpreter& interpreter, std::vector<std::string> rest) {
    std::vector<std::string> argv{interpreter.binary};
    argv.insert(argv.end(), interpreter.args.begin(), interpreter.args.end());
    std::ranges::move(rest, std::back_inserter(argv));
    return argv;
}

void plan_inline(CommandPlan& plan, const ExecutionConfig& config, Interpreter interpreter, const ActionSource& source,
                 const json::object& parameters) {
    if (interpreter.binary.empty()) interpreter.binary = "/bin/bash";
    if (config.inline_strategy == InlineStrategy::direct) {
        plan.argv = with_interpreter(interpreter, {"-c", source.entrypoint});
        return;
    }
    plan.script = source.entrypoint;
    if (config.inject_shell_helpers) {
        plan.script = make_shell_script(parameters, source.entrypoint);
        plan.stdin_form = StdinForm::empty;
    }
    std::vector<std::string> file;
    if (!interpreter.names_file) file.emplace_back(kScriptPath);
    plan.argv = with_interpreter(interpreter, std::move(file));
}

void plan_file(CommandPlan& plan, const Interpreter& interpreter, const std::string& file) {
    if (interpreter.binary.empty()) {
        plan.argv = {file};
        plan.is_native = true;
        return;
    }
    std::vector<std::string> rest;
    if (!interpreter.names_file) rest.push_back(file);
    plan.argv = with_interpreter(interpreter, std::move(rest));
}

bool prefers_file(const ActionSource& source) {
    return !source.is_adhoc || source.pack_ref.starts_with("core");
}

/// Shell code made through the API is the entrypoint itself; so is that of a pack's action without a file.
bool is_inline(const ActionSource& source) {
    return source.runtime_name == kShell && !(prefers_file(source) && source.has_pack_file);
}

/// One word with a slash: meant as a file, not as a line of code.
bool looks_like_path(std::string_view entrypoint) {
    return entrypoint.find('/') != std::string_view::npos &&
           entrypoint.find_first_of(" \t\r\n;") == std::string_view::npos;
}

/// The pack's list of dependencies, for {manifest_path}.
std::string manifest_path(const ExecutionConfig& config, const ActionSource& source) {
    if (config.manifest_file.empty() || source.pack_dir.empty()) return {};
    return fmt::format("{}/{}", source.pack_dir, config.manifest_file);
}

bool climbs(std::string_view path) {
    const auto parts = split(path, '/');
    return std::ranges::find(parts, "..") != parts.end();
}

} // namespace

Result<std::string> action_file(std::string_view pack_dir, std::string_view entrypoint) {
    if (entrypoint.empty()) return invalid("entrypoint", "must not be empty");
    if (entrypoint.find('\0') != std::string_view::npos) return invalid("entrypoint", "must not hold U+0000");
    if (entrypoint.starts_with('/') || climbs(entrypoint)) {
        return invalid("entrypoint", "expected a path below the pack's actions directory, without '..'");
    }
    return fmt::format("{}/actions/{}", pack_dir, entrypoint);
}

std::string environment_dir(std::string_view envs_dir, std::string_view pack_ref, std::string_view runtime_name) {
    const bool is_folder_name = !runtime_name.empty() && runtime_name != "." && runtime_name != ".." &&
                                runtime_name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
    if (envs_dir.empty() || !is_folder_name) return {};
    return fmt::format("{}/{}/{}", envs_dir, pack_ref, runtime_name);
}

Result<CommandPlan> plan_command(const json::object& execution_config, const ActionSource& source,
                                 const json::object& parameters) {
    TRY(auto config, read_execution_config(execution_config));
    const bool inlined = is_inline(source);
    std::string file(kScriptPath);
    if (inlined && source.entrypoint.empty()) return invalid("entrypoint", "must not be empty");
    if (inlined && prefers_file(source) && looks_like_path(source.entrypoint)) {
        CHECK(action_file(source.pack_dir, source.entrypoint));
    }
    if (!inlined) {
        TRY(file, action_file(source.pack_dir, source.entrypoint));
        if (!source.has_pack_file) {
            return Error{Errc::not_found,
                         fmt::format("no file {} in the actions of pack {}", source.entrypoint, source.pack_ref),
                         "entrypoint"};
        }
    }
    TokenTable tokens{{{"pack_dir", source.pack_dir},
                       {"env_dir", source.env_dir},
                       {"interpreter", ""},
                       {"action_file", file},
                       {"manifest_path", manifest_path(config, source)}}};
    const auto interpreter = resolve(config, source, tokens);

    CommandPlan plan;
    for (auto& change : config.env_vars) change.value = fill_tokens(change.value, tokens);
    plan.env_vars = std::move(config.env_vars);
    if (inlined) {
        plan_inline(plan, config, interpreter, source, parameters);
    } else {
        plan_file(plan, interpreter, file);
    }
    return plan;
}

} // namespace attune::logic::action
