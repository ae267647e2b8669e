#include "logic/packs/read_pack.hpp"

#include "logic/definitions/definitions.hpp"
#include "logic/packs/make_pack.hpp"
#include "logic/packs/pack_files.hpp"
#include "logic/packs/runner_type.hpp"
#include "logic/packs/written_as.hpp"

#include <fmt/core.h>
#include <set>
#include <utility>

namespace attune::logic::packs {
namespace {

/// The error with the file's name before the field.
Error in_file(Error error, std::string_view file) {
    error.field = error.field.empty() ? std::string(file) : fmt::format("{}: {}", file, error.field);
    return error;
}

/// What the members of a component that has schemas are called in its file.
constexpr std::initializer_list<Spelling> kSpellings{{"param_schema", "parameters"},
                                                     {"out_schema", "output"},
                                                     {"entrypoint", "entry_point"},
                                                     {"runtime_version_constraint", "runtime_version"}};

/// Reads the files of one pack into a PackDefinition.
class PackReader {
public:
    PackReader(const FileTree& files, const YamlReader& read_yaml, const CalendarReader& read_calendar)
        : files_(files), read_yaml_(read_yaml), read_calendar_(read_calendar) {}

    Result<PackDefinition> run() {
        CHECK(read_head());
        CHECK(each("permission_sets", [this](auto... a) { return add_permission_set(a...); }));
        CHECK(each("runtimes", [this](auto... a) { return add_runtime(a...); }));
        CHECK(each("calendars", [this](auto... a) { return add_calendar(a...); }));
        CHECK(each("triggers", [this](auto... a) { return add_trigger(a...); }));
        CHECK(each("actions", [this](auto... a) { return add_action(a...); }));
        CHECK(each("rules", [this](auto... a) { return add_rule(a...); }));
        warn_of_other_kinds();
        return std::move(out_);
    }

private:
    Result<void> read_head() {
        const auto found = files_.find("pack.yaml");
        if (found == files_.end()) return invalid("pack.yaml", "is missing: every pack needs this file at its top");
        TRY(const auto value, read_yaml_(found->second.content, found->first));
        auto file = from_json<PackFile>(value);
        if (!file) return in_file(std::move(file).error(), found->first);
        auto pack = make_pack(*std::move(file));
        if (!pack) return in_file(std::move(pack).error(), found->first);
        out_.pack = *std::move(pack);
        return {};
    }

    static bool is_yaml_in(std::string_view path, std::string_view folder) {
        if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/') return false;
        const auto name = path.substr(folder.size() + 1);
        return name.find('/') == std::string_view::npos && (name.ends_with(".yaml") || name.ends_with(".yml"));
    }

    template <class Add>
    Result<void> each(std::string_view folder, Add add) {
        std::set<std::string> refs;
        for (auto at = files_.lower_bound(std::string(folder) + "/"); at != files_.end(); ++at) {
            if (!at->first.starts_with(folder)) break;
            if (!is_yaml_in(at->first, folder)) continue;
            if (++components_ > kMaxComponents) {
                return Error{Errc::too_large, fmt::format("the pack has more than {} components", kMaxComponents)};
            }
            TRY(const auto value, read_yaml_(at->second.content, at->first));
            if (auto done = add_file(value, refs, at->first, add); !done)
                return in_file(std::move(done).error(), at->first);
        }
        return {};
    }

    template <class Add>
    Result<void> add_file(const json::value& value, std::set<std::string>& refs, const std::string& path, Add add) {
        if (!value.is_null() && !value.is_object()) return invalid("", "expected a mapping, got " + excerpt(value));
        const auto* ref = find_member(value, "ref");
        if (ref == nullptr || ref->is_null()) {
            warn(path, "skipped: it has no 'ref'");
            return {};
        }
        if (!ref->is_string()) return invalid("ref", "expected a text, got " + excerpt(*ref));
        const std::string text(ref->get_string());
        CHECK(definitions::check_component_ref(text, out_.pack.ref));
        if (!refs.insert(text).second) return invalid("ref", fmt::format("'{}' stands in another file, too", text));
        return add(text, value, path);
    }

    /// "pack.name" of what may be written without the pack.
    Result<std::string> qualify(const std::optional<std::string>& ref, std::string_view field) const {
        if (!ref) return invalid(std::string(field), "is required");
        auto full = ref->find('.') == std::string::npos ? fmt::format("{}.{}", out_.pack.ref, *ref) : *ref;
        if (!is_component_ref(full)) return invalid(std::string(field), fmt::format("'{}' is not a ref", *ref));
        return full;
    }

    Result<void> add_permission_set(const std::string& ref, const json::value& value, const std::string&) {
        TRY(auto file, from_json<PermissionSetFile>(value));
        PermissionSet set;
        set.ref = ref;
        set.pack_ref = out_.pack.ref;
        set.label = std::move(file.label);
        set.description = std::move(file.description);
        set.grants = file.grants.value_or(json::array{});
        CHECK(definitions::check_permission_set(set));
        out_.permission_sets.push_back(std::move(set));
        return {};
    }

    Result<void> add_runtime(const std::string& ref, const json::value& value, const std::string&) {
        TRY(auto file, from_json<RuntimeFile>(value));
        Runtime runtime;
        runtime.ref = ref;
        runtime.pack_ref = out_.pack.ref;
        runtime.name = file.name.value_or(ref.substr(ref.find('.') + 1));
        runtime.description = std::move(file.description);
        runtime.aliases = definitions::lower_aliases(file.aliases.value_or(std::vector<std::string>{}));
        runtime.distributions = file.distributions.value_or(json::object{});
        runtime.installation = std::move(file.installation);
        runtime.execution_config = file.execution_config.value_or(json::object{});
        CHECK(definitions::check_runtime(runtime));
        out_.runtimes.push_back(std::move(runtime));
        return {};
    }

    Result<void> add_calendar(const std::string& ref, const json::value& value, const std::string&) {
        TRY(auto file, from_json<CalendarFile>(value));
        auto definition = file.definition.value_or(json::object{});
        std::optional<std::string_view> ics;
        if (file.ics) {
            if (definition.contains("events")) {
                return invalid("ics", "expected no events in the definition when they come from an .ics file");
            }
            const auto found = files_.find(*file.ics);
            if (found == files_.end()) {
                return invalid("ics", fmt::format("the pack has no file '{}' (a path from its top)", *file.ics));
            }
            ics = found->second.content;
        }
        Calendar calendar;
        calendar.ref = ref;
        calendar.pack_ref = out_.pack.ref;
        calendar.label = file.label.value_or(ref);
        calendar.description = std::move(file.description);
        TRY(calendar.definition, read_calendar_(std::move(definition), ics));
        CHECK(definitions::check_calendar(calendar));
        out_.calendars.push_back(std::move(calendar));
        return {};
    }

    Result<void> add_trigger(const std::string& ref, const json::value& value, const std::string&) {
        TRY(auto file, from_json<TriggerFile>(value));
        Trigger trigger;
        trigger.ref = ref;
        trigger.pack_ref = out_.pack.ref;
        trigger.label = file.label.value_or(ref);
        trigger.description = std::move(file.description);
        trigger.enabled = file.enabled.value_or(true);
        trigger.param_schema = std::move(file.parameters);
        trigger.out_schema = std::move(file.output);
        CHECK(as_written(definitions::check_trigger(trigger), kSpellings));
        out_.triggers.push_back(std::move(trigger));
        return {};
    }

    Result<void> add_action(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto file, from_json<ActionFile>(value));
        if (file.workflow_file) {
            warn(path, "skipped: workflows are not run by this server");
            return {};
        }
        if (!file.entry_point) return invalid("entry_point", "is required (a file below actions/)");
        Action action;
        action.ref = ref;
        action.pack_ref = out_.pack.ref;
        action.label = file.label.value_or(ref);
        action.entrypoint = *file.entry_point;
        const auto runner_type = file.runner_type.value_or("shell");
        auto runtime = resolve_runner_type(runner_type, out_.runtimes);
        if (!is_component_ref(runtime.ref)) {
            return invalid("runner_type", fmt::format("'{}' is no name of a runtime", runner_type));
        }
        if (runtime.guessed) {
            warn(path, fmt::format("runner_type '{}' is not known here; taken for the runtime '{}'", runner_type,
                                   runtime.ref));
        }
        action.runtime_ref = std::move(runtime.ref);
        fill(action, std::move(file));
        CHECK(as_written(definitions::check_action(action), kSpellings));
        out_.actions.push_back(std::move(action));
        return {};
    }

    /// The members that are taken over as they are.
    static void fill(Action& action, ActionFile file) {
        action.description = std::move(file.description);
        action.runtime_version_constraint = std::move(file.runtime_version);
        action.required_worker_runtimes = file.required_worker_runtimes.value_or(json::object{});
        action.worker_selector = file.worker_selector.value_or(json::object{});
        action.worker_tolerations = file.worker_tolerations.value_or(json::array{});
        action.worker_affinity = file.worker_affinity.value_or(json::object{});
        action.param_schema = std::move(file.parameters);
        action.out_schema = std::move(file.output);
        action.parameter_delivery = file.parameter_delivery.value_or(action.parameter_delivery);
        action.parameter_format = file.parameter_format.value_or(action.parameter_format);
        action.output_format = file.output_format.value_or(action.output_format);
        action.timeout_seconds = file.timeout_seconds;
        action.max_retries = file.max_retries.value_or(0);
        action.accesses_mcp = file.accesses_mcp.value_or(false);
        action.default_execution_permission_set_refs =
            file.default_execution_permission_set_refs.value_or(std::vector<std::string>{});
        action.log_retention_policy = std::move(file.log_retention_policy);
        action.log_retention_limit = file.log_retention_limit;
        action.artifact_retention_policy = std::move(file.artifact_retention_policy);
        action.artifact_retention_limit = file.artifact_retention_limit;
    }

    Result<void> add_rule(const std::string& ref, const json::value& value, const std::string&) {
        TRY(auto file, from_json<RuleFile>(value));
        Rule rule;
        rule.ref = ref;
        rule.pack_ref = out_.pack.ref;
        rule.label = file.label.value_or(ref);
        rule.description = std::move(file.description);
        TRY(rule.trigger_ref, qualify(file.trigger_ref, "trigger_ref"));
        TRY(rule.action_ref, qualify(file.action_ref, "action_ref"));
        rule.enabled = file.enabled.value_or(true);
        if (file.conditions) rule.conditions = *std::move(file.conditions);
        rule.action_params = file.action_params.value_or(json::object{});
        rule.trigger_params = file.trigger_params.value_or(json::object{});
        rule.permission_set_refs = std::move(file.permission_set_refs);
        CHECK(definitions::check_rule(rule));
        out_.rules.push_back(std::move(rule));
        return {};
    }

    void warn_of_other_kinds() {
        for (const auto* folder : {"sensors", "queues", "workflows", "actions/workflows"}) {
            for (const auto& [path, file] : files_) {
                if (is_yaml_in(path, folder)) warn(path, fmt::format("skipped: {} are not run by this server", folder));
            }
        }
    }

    void warn(const std::string& path, std::string_view message) {
        out_.warnings.push_back(fmt::format("{}: {}", path, message));
    }

    const FileTree& files_;
    const YamlReader& read_yaml_;
    const CalendarReader& read_calendar_;
    PackDefinition out_;
    std::size_t components_ = 0;
};

} // namespace

Result<PackDefinition> read_pack(const FileTree& files, const YamlReader& read_yaml,
                                 const CalendarReader& read_calendar) {
    return PackReader(files, read_yaml, read_calendar).run();
}

} // namespace attune::logic::packs
