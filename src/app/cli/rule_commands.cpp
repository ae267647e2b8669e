#include "app/cli/rule_commands.hpp"

#include "app/cli/flow_renderer.hpp"
#include "app/cli/output.hpp"
#include "app/cli/request_body.hpp"
#include "app/cli/requests.hpp"
#include "app/cli/table.hpp"

#include <fmt/core.h>

namespace attune::app::cli {
namespace {

using enum Parameter::Kind;

constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kMostRuns = 20; ///< executions that a tree asks for

/// A member as a cell; "" when it is null or not there.
std::string text_of(const json::value& object, std::string_view name) {
    const auto* found = find_member(object, name);
    return found == nullptr || found->is_null() ? std::string() : cell_text(*found);
}

bool is_true(const json::value& object, std::string_view name) {
    const auto* found = find_member(object, name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

const json::array& list_of(const json::value& object, std::string_view name) {
    static const json::array kNone;
    const auto* found = find_member(object, name);
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

/// Cut where it leaves the terminal; 0 = nowhere: reasons are said in full.
std::string line(std::string_view text, std::size_t width = 0) {
    return fit(text, width == 0 ? text.size() : std::max(width, kNarrowest)) + "\n";
}

/// Why it came to this: what held back a match goes before why it matched.
std::string reason_of(const json::value& one) {
    for (const auto* name : {"pacing", "overlap"}) {
        if (auto text = text_of(one, name); !text.empty()) return text;
    }
    auto reason = text_of(one, "reason");
    const auto seen = text_of(one, "seen");
    return seen.empty() || reason.find(seen) != std::string::npos ? reason : fmt::format("{} (saw {})", reason, seen);
}

/// What stands above a list that may be empty, or null for those who may not read it.
std::string head_of(const json::value& of, std::string_view name, std::string_view things) {
    if (text_of(of, name).empty()) return line(fmt::format("you may not read {}", name));
    return line(list_of(of, name).empty() ? fmt::format("no {}", things) : fmt::format("last {}:", things));
}

std::string blocked_lines(const json::value& of) {
    std::string out;
    for (const auto& one : list_of(of, "blocked")) out += line(fmt::format("! {}", cell_text(one)));
    return out;
}

Result<ApiRequest> test_rule(const Arguments& args) {
    RequestBody body(args);
    body.text("trigger_ref", "trigger")
        .text("action_ref", "action")
        .text("pack_ref", "pack")
        .json("conditions", "criteria")
        .object("action_params", "action-params", "param")
        .integer("event", "event")
        .json("payload", "payload")
        .integer("last", "last");
    const bool is_stored = args.has("ref");
    return with_body(is_stored ? item_request("POST", "rules", args.text("ref"), "/test")
                               : collection_request("POST", "rules/test"),
                     body);
}

std::string render_timer(const json::value& timer) {
    const auto next = text_of(timer, "next_fire_at");
    return fmt::format("timer: {}, {} ({}){}", text_of(timer, "state"), text_of(timer, "schedule"),
                       text_of(timer, "timezone"), next.empty() ? "" : ", next at " + next);
}

std::string render_event(const json::value& event) {
    const auto outcome = text_of(event, "outcome");
    const auto execution = text_of(event, "execution");
    const auto status = text_of(event, "status");
    const auto run = execution.empty() ? std::string()
                                       : fmt::format(" -> execution {} {}", execution, status.empty() ? "?" : status);
    return fmt::format("  {}  event {}  {}{}  {}", text_of(event, "created"), text_of(event, "event"),
                       outcome.empty() ? "not met" : outcome, run, reason_of(event));
}

/// "  ops.greet  unmatched  payload.version is …"
std::string render_evaluation(const json::value& one) {
    return line(fmt::format("  {}  {}  {}", text_of(one, "rule_ref"), text_of(one, "outcome"), reason_of(one)));
}

/// How the execution went, and what it gave.
std::string render_run(const json::value& execution, std::size_t width) {
    const auto* took = find_member(execution, "duration_ms");
    auto out = line(fmt::format("    -> execution {} of {}: {}{}", text_of(execution, "id"),
                                text_of(execution, "action_ref"), text_of(execution, "status"),
                                took != nullptr && took->is_number() ? " in " + render_ms(took->to_number<double>())
                                                                     : std::string()));
    if (const auto result = text_of(execution, "result"); !result.empty()) out += line("       " + result, width);
    return out;
}

Result<std::string> run_of(ApiClient& client, const std::string& id, std::size_t width) {
    const auto answer = client.call(item_request("GET", "executions", id));
    if (answer) return render_run(answer->at("data"), width);
    // It is kept no longer, or not for this caller: the rest of the tree is shown all the same.
    const auto code = answer.error().code;
    if (code != Errc::not_found && code != Errc::forbidden) return answer.error();
    return line(fmt::format("    -> execution {} ({})", id, answer.error().text()));
}

} // namespace

std::vector<Command> rule_test_commands() {
    return {{"rule test",
             "Try a rule, or a draft of one, on events: whether it would match, why not, and the parameters that its "
             "action would get. Nothing is changed.",
             {{"ref", "A rule's ref; without it, the options are a draft.", one, false},
              {"-t,--trigger", "The trigger's ref; required for a draft."},
              {"-a,--action", "The action's ref, for its parameters."},
              {"--pack", "The pack whose configuration templates see."},
              {"--criteria", "Conditions to try instead of the rule's (JSON).", one, false, true},
              {"--action-params", "The action's parameters (a JSON object); --param goes over it.", one, false, true},
              {"--param", "One of them, name=value; the value is JSON or else a text. Repeatable.", many},
              {"--event", "Try it on this event (its id)."},
              {"--payload", "Try it on an event with this payload (JSON).", one, false, true},
              {"--last", "Try it on so many of the trigger's last events (1 to 100; default 10)."}},
             test_rule}};
}

std::vector<Command> why_commands() {
    return {{"why",
             "Why a rule did or did not run lately: what keeps it from running, its timer, what became of the last "
             "events of its trigger, and its last executions.",
             {{"ref", "The rule's ref.", one, true}},
             [](const Arguments& args) -> Result<ApiRequest> {
                 return item_request("GET", "rules", args.text("ref"), "/explain");
             }}};
}

std::string render_rule_test(const json::value& report, std::size_t width) {
    const auto ref = text_of(report, "rule_ref");
    auto out = line(fmt::format("{} on {}: {} of {} events match", ref.empty() ? "the draft" : ref,
                                text_of(report, "trigger_ref"), text_of(report, "matched"), text_of(report, "tested")),
                    width);
    out += blocked_lines(report);
    for (const auto& result : list_of(report, "results")) {
        const auto event = text_of(result, "event");
        out += line(fmt::format("{}  {}  {}", event.empty() ? "payload" : "event " + event, text_of(result, "outcome"),
                                reason_of(result)));
        if (const auto params = text_of(result, "action_params"); !params.empty() && params != "{}")
            out += line("    with " + params, width);
        for (const auto& path : list_of(result, "unresolved"))
            out += line(fmt::format("    {} leads to nothing", cell_text(path)));
    }
    return out;
}

std::string render_explanation(const json::value& of, std::size_t width) {
    const auto* trigger_state = text_of(of, "trigger_enabled").empty() ? "gone"
                                : is_true(of, "trigger_enabled")       ? "enabled"
                                                                       : "disabled";
    auto out = line(fmt::format("{}: {}", text_of(of, "ref"), is_true(of, "enabled") ? "enabled" : "disabled"), width);
    out += line(fmt::format("when {} ({}) run {}{}", text_of(of, "trigger_ref"), trigger_state,
                            text_of(of, "action_ref"), is_true(of, "action_exists") ? "" : " (gone)"),
                width);
    const auto* timer = find_member(of, "timer");
    if (timer != nullptr && timer->is_object()) out += line(render_timer(*timer), width);
    const auto blocked = blocked_lines(of);
    out += blocked.empty() ? line("nothing keeps it from running", width) : blocked;
    out += head_of(of, "events", "events of its trigger");
    for (const auto& event : list_of(of, "events")) out += line(render_event(event));
    out += head_of(of, "executions", "executions");
    for (const auto& one : list_of(of, "executions")) {
        out += line(
            fmt::format("  {}  execution {}  {}", text_of(one, "created"), text_of(one, "id"), text_of(one, "status")),
            width);
    }
    return out;
}

Result<std::string> event_tree(ApiClient& client, const std::string& id, std::size_t width) {
    TRY(const auto page, client.call(item_request("GET", "events", id, "/evaluations")));
    const auto& lines = list_of(page, "items");
    if (lines.empty()) return line("it has met no rule");
    std::string out = line("rules that it met:");
    std::size_t runs = 0;
    for (const auto& one : lines) {
        out += render_evaluation(one);
        const auto execution = text_of(one, "execution");
        if (execution.empty()) continue;
        if (++runs > kMostRuns) {
            out += line(fmt::format("    -> execution {}", execution));
            continue;
        }
        TRY(const auto run, run_of(client, execution, width));
        out += run;
    }
    if (next_page(page)) out += line("  (there are more)");
    return out;
}

} // namespace attune::app::cli
