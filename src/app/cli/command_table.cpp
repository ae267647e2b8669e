#include "app/cli/command.hpp"
#include "app/cli/entity_commands.hpp"
#include "app/cli/requests.hpp"
#include "app/cli/rule_commands.hpp"
#include "app/cli/webhook_commands.hpp"
#include "base/text.hpp"
#include "logic/entities/entities.hpp"

#include <algorithm>

namespace attune::app::cli {
namespace {

namespace entities = logic::entities;
using enum Parameter::Kind;
using Parameters = std::vector<Parameter>;

const Parameter kId{"id", "Its id.", one, true};
const Parameter kConfig{"-c,--config", "The settings file (default: the one that ATTUNE_CONFIG names)."};
const Parameter kParam{"--param", "A parameter, name=value; the value is JSON or else a text. Repeatable.", many};
const Parameters& kPaging = paging_options();
const Parameters kLogin{{"-u,--username", "Who to log in as (ATTUNE_API_USER)."},
                        {"--password", "The password (ATTUNE_API_PASSWORD); asked for when missing."},
                        {"--url", "The server's address."},
                        {"--save-profile", "Keep the login under this profile."}};

Parameters operator+(Parameters a, const Parameters& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

auto list_of(std::string collection, std::string size_name, Filters filters = {}) {
    return [=](const Arguments& args) { return list_request(args, collection, size_name, filters); };
}

auto item(std::string method, std::string collection, std::string key, std::string suffix = {}) {
    return [=](const Arguments& args) -> Result<ApiRequest> {
        return item_request(method, collection, args.text(key), suffix);
    };
}

std::vector<Command> local_commands() {
    return {
        {"serve",
         "Run the server: every role in one process, or those of --roles.",
         {{"--roles",
           "Some of api, sensor, executor, worker, notifier, with commas between them; fewer than the first four need "
           "PostgreSQL."},
          kConfig}},
        {"api", "Run the role api alone: the HTTP API. Needs PostgreSQL, like each of the next.", {kConfig}},
        {"sensor", "Run the role sensor alone: timers.", {kConfig}},
        {"executor", "Run the role executor alone: rules, retries, lost workers, retention.", {kConfig}},
        {"worker", "Run the role worker alone: actions. With a subcommand: look after the workers.", {kConfig}},
        {"notifier", "Run the role notifier alone: notifications over WebSockets.", {kConfig}},
        {"migrate", "Bring the database's schema up to this program's version, and end.", {kConfig}},
        {"backup",
         "Copy the database to a file; the server may be running.",
         {{"file", "The new file.", one, true}, kConfig}},
        {"doctor",
         "Look at settings, files, database, broker, clocks, packs, workers and timers, and say what to mend; changes "
         "nothing. The exit code is 0 without an error, 1 with one; warnings count with --strict.",
         {{"--strict", "Warnings are errors, too.", flag}, kConfig}},
        {"config show",
         "Show the server's settings as they are in force (secrets as ***).",
         {{"--docs", "Show the reference of all settings (Markdown) instead.", flag}, kConfig}},
        {"openapi", "Print the API's description (OpenAPI 3.1, JSON)."},
        {"version", "Print the version."},
        {"completion", "Print a completion script for a shell.", {{"shell", "bash, zsh or fish.", one, true}}},
        {"login", "Log in and keep the tokens in the profile (same as auth login).", kLogin},
        {"auth login", "Log in and keep the tokens in the profile.", kLogin},
        {"auth whoami", "Show who is logged in."},
        {"auth logout", "Forget the tokens of the profile."},
        {"auth refresh", "Get new tokens with the refresh token."},
        {"watch",
         "Show what happens as it happens: events, rules, executions, with their latency.",
         {{"--count", "End after so many finished executions."}}},
    };
}

Parameters schedule_options() {
    return {{"--cron", "A cron expression: 5 fields, 6 (seconds first), 7 (year last), or a nickname."},
            {"--every", "A period: 90s, 15m, 1h30m, 7d."},
            {"--at", "One time: 2026-01-02T03:04:05Z, or local in the zone without an offset."},
            {"--rrule", "A recurrence rule (RFC 5545): FREQ=WEEKLY;BYDAY=MO. With --dtstart."},
            {"--config", "A timer's configuration (JSON): {\"type\": …}."},
            {"-z,--timezone", "The IANA time zone (default: UTC)."},
            {"--dtstart", "When the recurrence rule begins."},
            {"--exdate", "A time that the rule leaves out. Repeatable.", many},
            {"--rdate", "A time besides those of the rule. Repeatable.", many},
            {"--dst-gap", "A local time that does not exist: run_after (default), skip or shift."},
            {"--dst-overlap", "A local time that exists twice: first (default), last or both."},
            {"--dialect", "Of the cron expression: ocps (default), quartz or vixie."},
            {"--start-at", "No time before this one."},
            {"--end-at", "No time after this one."},
            {"--calendar",
             "Only times that this calendar allows: an .ics file, a definition (YAML or JSON), a calendar's file of a "
             "pack, "
             "stdin (-), or the ref of one on the server. Repeatable.",
             many},
            {"--anchor", "When an interval was armed (default: --after)."},
            {"--after", "Times after this one (default: now)."},
            {"-n,--count", "How many times (default: 5)."},
            {"--prev", "The times before --after instead.", flag},
            {"--input",
             "Answer every line of a file, or of stdin (-): {\"expression\" | \"rule\", \"dtstart\", \"timezone\", "
             "\"after\", \"count\", …} gets {\"next\": […]}, or {\"error\": …}; the exit code is 0 all the same."}};
}

std::vector<Command> schedule_commands() {
    return {{"schedule next",
             "Show what a schedule means and when it fires; needs no server but for calendars that it has.",
             schedule_options()}};
}

std::vector<Command> crontab_commands() {
    return {{"timer import",
             "Make rules of a crontab's jobs; shows what it would do unless --apply is given.",
             {{"--crontab", "The crontab: a file, or - for stdin.", one, true},
              {"--system", "Its lines name a user (/etc/crontab, /etc/cron.d).", flag},
              {"--pack", "The pack of the rules, made when it is not there (default: crontab)."},
              {"-z,--timezone", "The zone of jobs without CRON_TZ (default: this machine's)."},
              {"--user", "Whose jobs of a system crontab to take: the worker's user (default: you)."},
              {"--apply", "Make or change the rules. Again: changes only what differs.", flag}}}};
}

std::vector<Command> pack_commands() {
    const Parameters loading{{"--force", "Replace the pack when it is there.", flag},
                             {"--skip-tests", "Do not run its tests.", flag}};
    return {
        {"pack register", "Load a pack from a folder on the server.",
         Parameters{{"path", "The folder, on the server.", one, true}} + loading, register_pack},
        {"pack upload", "Load a pack from an archive on this machine.",
         Parameters{{"file", "The .tar.gz file.", one, true}} + loading, upload_pack},
        {"pack validate",
         "Say all that is wrong with a pack in a folder of this machine; needs no server. Ends with 2 when it would "
         "be refused.",
         {{"folder", "The folder with pack.yaml.", one, true}, {"--strict", "Warnings are errors, too.", flag}}},
        {"pack init",
         "Make a folder with a small pack that works; needs no server.",
         {{"name", "The pack's ref, and the folder's name.", one, true},
          {"--in", "Where to make the folder (default: here)."}}}};
}

const Parameter kTimeout{"--timeout", "How long to wait (default: 300s)."};
const Parameter kEnv{"--env", "An environment variable, NAME=value. Repeatable.", many};
const Parameter kWait{"-w,--watch,--wait",
                      "Wait for the end, show the output as it comes, and exit with 8 unless it completed.", flag};
const Parameter kAllParams{"--params-json", "All parameters (a JSON object); --param goes over it.", one, false, true};

std::vector<Command> run_commands() {
    const Parameter ref{"ref", "The action's ref.", one, true};
    return {{"action execute", "Run an action now.", {ref, kParam, kAllParams, kEnv, kWait, kTimeout}, execute_action},
            {"run",
             "Run an action now, show its output as it comes, and exit as it does.",
             {ref,
              {"parameter", "Its parameters, name=value; a value is JSON or else a text.", many},
              kParam,
              kAllParams,
              kEnv,
              {"--no-wait", "Do not wait: show the execution that was made.", flag},
              {"-w,--watch,--wait", "Wait for the end: it does so without being told.", flag},
              kTimeout},
             execute_action}};
}

std::vector<Command> trigger_commands() {
    return {{"trigger fire",
             "Fire a trigger by hand: its rules meet the event as any other.",
             {{"ref", "Its ref (<pack>.<name>).", one, true},
              {"--payload", "What the event carries (JSON; {} by default).", one, false, true},
              {"--param", "A member of the payload, name=value; the value is JSON or else a text. Repeatable.", many}},
             fire_trigger}};
}

std::vector<Command> history_commands() {
    const Parameter pack{"--pack", "Only those of this pack."};
    const Parameter rule{"--rule", "Only those of this rule (ref)."};
    const Parameter trigger{"--trigger", "Only those of this trigger (ref)."};
    const Parameter status{"-s,--status", "Only those with this status."};
    return {
        {"event list",
         "List the events, newest first.",
         Parameters{trigger, rule} + kPaging,
         list_of("events", "per_page", {{"trigger_ref", "trigger"}, {"rule_ref", "rule"}}),
         {{"ID", "id"},
          {"TRIGGER", "trigger_ref"},
          {"RULE", "rule_ref"},
          {"SOURCE", "source_ref"},
          {"CREATED", "created"}}},
        {"event show",
         "Show one event with its payload, the rules that it met, and what their executions gave.",
         {kId},
         item("GET", "events", "id")},
        {"enforcement list",
         "List the enforcements (a rule that matched an event), newest first.",
         Parameters{rule, trigger, {"--event", "Only those of this event (id)."}, status} + kPaging,
         list_of("enforcements", "per_page",
                 {{"rule_ref", "rule"}, {"trigger_ref", "trigger"}, {"event", "event"}, {"status", "status"}}),
         {{"ID", "id"}, {"RULE", "rule_ref"}, {"EVENT", "event"}, {"STATUS", "status"}, {"CREATED", "created"}}},
        {"enforcement show", "Show one enforcement.", {kId}, item("GET", "enforcements", "id")},
        {"execution list",
         "List the executions, newest first.",
         Parameters{pack,
                    {"-a,--action", "Only those of this action (ref)."},
                    rule,
                    trigger,
                    status,
                    {"--result", "Only those whose result contains this text."},
                    {"--top-level-only", "Without children.", flag}} +
             kPaging,
         list_of("executions", "per_page",
                 {{"pack_name", "pack"},
                  {"action_ref", "action"},
                  {"rule_ref", "rule"},
                  {"trigger_ref", "trigger"},
                  {"status", "status"},
                  {"result_contains", "result"},
                  {"top_level_only", "top-level-only"}}),
         {{"ID", "id"},
          {"ACTION", "action_ref"},
          {"STATUS", "status"},
          {"RULE", "rule_ref"},
          {"STARTED", "started_at"},
          {"CREATED", "created"}}},
        {"execution show", "Show one execution with its result.", {kId}, item("GET", "executions", "id")},
        {"execution rerun",
         "Run again what an execution ran: with its parameters, but for those that are given.",
         {kId, kParam, kAllParams, kEnv, kWait, kTimeout},
         rerun_execution},
        {"execution cancel", "Stop an execution.", {kId}, item("POST", "executions", "id", "/cancel")},
        {"execution logs",
         "Print what an execution wrote.",
         {kId, {"-f,--follow", "Go on until it ends.", flag}, {"--stream", "stdout (default) or stderr."}}},
        {"execution result", "Print an execution's result (JSON).", {kId}},
    };
}

std::vector<Command> timer_commands() {
    const Parameter timer{"id", "Its id, or the ref of its rule or trigger.", one, true};
    return {
        {"timer list",
         "List the timers: what they mean, when they fire next, what they did.",
         Parameters{{"--rule", "Only that of this rule (ref)."},
                    {"--trigger", "Only those on this trigger (ref)."},
                    {"--pack", "Only those of this pack."},
                    {"--state", "Only those that are armed, paused, ended, unarmed or disabled."},
                    {"--kind", "Only interval, cron, one_shot or rrule."}} +
             kPaging,
         list_of("timers", "page_size",
                 {{"rule_ref", "rule"}, {"trigger_ref", "trigger"}, {"state", "state"}, {"kind", "kind"}}),
         {{"ID", "id"},
          {"RULE", "rule_ref"},
          {"TRIGGER", "trigger_ref"},
          {"STATE", "state"},
          {"NEXT", "next_fire_at"},
          {"LAST", "last_nominal"},
          {"SCHEDULE", "schedule"}}},
        {"timer show",
         "Show one timer with its next ten times and its last ten decisions.",
         {timer},
         item("GET", "timers", "id")},
        {"timer pause",
         "Pause a timer; editing or disabling its rule does not end the pause.",
         {timer, {"--note", "Why, for others to see."}, {"--until", "Resume by itself then (2026-01-02T03:04:05Z)."}},
         pause_timer},
        {"timer resume", "End a pause.", {timer}, item("POST", "timers", "id", "/resume")},
        {"timer fire",
         "Fire a timer now, also while it is paused; its schedule is not moved.",
         {timer},
         item("POST", "timers", "id", "/fire")},
        {"timer skip-next", "Skip the next time of a timer.", {timer}, item("POST", "timers", "id", "/skip-next")},
        {"timer backfill",
         "Show which past times have not run; with --run, run them.",
         {timer,
          {"--from", "The first time (2026-01-02T03:04:05Z).", one, true},
          {"--to", "The time to end before.", one, true},
          {"--run", "Run them, instead of a dry run.", flag}},
         backfill_timer},
    };
}

std::vector<Command> worker_commands() {
    const Parameter worker{"id", "Its id, or its name.", one, true};
    return {
        {"worker list",
         "List the workers and what they hold.",
         Parameters{{"--role", "Only those of this role: action or sensor."},
                    {"--status", "Only those that are active, inactive, busy or error."},
                    {"--cordoned", "true or false."},
                    {"--health", "Only active, busy, cordoned, offline, error or inactive ones."}} +
             kPaging,
         list_of("workers", "page_size",
                 {{"role", "role"}, {"status", "status"}, {"cordoned", "cordoned"}, {"health_state", "health"}}),
         {{"ID", "id"},
          {"NAME", "name"},
          {"HOST", "host"},
          {"HEALTH", "health_state"},
          {"CORDONED", "cordoned"},
          {"REASON", "cordon_reason"},
          {"HEARTBEAT", "last_heartbeat"}}},
        {"worker show", "Show one worker with its load and capabilities.", {worker}, item("GET", "workers", "id")},
        {"worker cordon",
         "Keep new work off a worker; what runs there goes on.",
         {worker, {"--reason", "Why, for others to see."}},
         cordon_worker},
        {"worker uncordon", "Let a worker take work again.", {worker}, item("POST", "workers", "id", "/uncordon")},
    };
}

std::vector<Command> audit_commands() {
    return {
        {"audit list",
         "List who did what, or was denied it, newest first.",
         Parameters{{"--actor", "Only what this login did."},
                    {"--ip", "Only what came from this address."},
                    {"--type", "Only events of this type (definition.rule.changed)."},
                    {"--category", "Only api, auth, rbac, secret, admin, execution or pack."},
                    {"--outcome", "Only success, failure or denied."},
                    {"--resource", "Only what was done to this (its ref)."},
                    {"--resource-type", "Only what was done to things of this kind (rule)."},
                    {"--since", "Only from this time on (2026-01-02T03:04:05Z)."},
                    {"--until", "Only before this time."}} +
             kPaging,
         list_of("audit-events", "per_page",
                 {{"actor_login", "actor"},
                  {"actor_ip", "ip"},
                  {"event_type", "type"},
                  {"category", "category"},
                  {"outcome", "outcome"},
                  {"resource_ref", "resource"},
                  {"resource_type", "resource-type"},
                  {"since", "since"},
                  {"until", "until"}}),
         {{"ID", "id"},
          {"TIME", "created"},
          {"WHO", "actor_login"},
          {"WHAT", "event_type"},
          {"OUTCOME", "outcome"},
          {"KIND", "resource_type"},
          {"REF", "resource_ref"},
          {"REQUEST", "request_id"}}},
        {"audit show", "Show one entry of the audit log.", {kId}, item("GET", "audit-events", "id")},
        {"audit chain",
         "Show all that one request did, in order.",
         {{"request", "The request's id.", one, true}},
         item("GET", "audit-events/by-request", "request")},
    };
}

std::vector<Command> key_commands() {
    const Parameter raw{"--raw", "The value alone: a text as it is, anything else as JSON.", flag};
    auto show = show_command(entities::key());
    show.parameters.push_back(raw);
    auto get = show;
    get.path = "key get";
    get.text = "Read a key (same as key show).";
    return {
        list_command(entities::key()),
        show,
        get,
        {"key set",
         "Give a key its value, which is read from stdin (without the newline at its end) unless --file is given. The "
         "key is made when it is not there; then the owner's option says whose it is.",
         {show.parameters.front(),
          {"--file", "Read the value from this file, as it is."},
          {"--value", "The value itself. Everybody on this machine can see it in the list of processes."},
          {"--as-json", "The value is JSON; else it is a text.", flag},
          {"--encrypted", "true (default) or false: seal it, and mask it in what its actions print."},
          {"--name", "The parameter that actions get it as (of a new key, default: the last part of its ref)."},
          {"--pack", "Of a new key: the ref of the pack that owns it."},
          {"--action", "Of a new key: the ref of the action that owns it."},
          {"--sensor", "Of a new key: the ref of the sensor that owns it."},
          {"--identity", "Of a new key: the id of the identity that owns it."},
          {"--owner-type", "Of a new key: what owns it (default: what is named, else system)."}}},
        delete_command(entities::key()),
    };
}

/// Things that have the standard commands, and those that they have besides.
struct Group {
    const entities::Entity& (*entity)();
    std::vector<Command> (*more)() = nullptr;
};
constexpr Group kEntities[] = {{entities::pack, pack_commands},       {entities::runtime},
                               {entities::trigger, trigger_commands}, {entities::calendar},
                               {entities::rule, rule_test_commands},  {entities::action, run_commands}};

std::vector<Command> entity_commands() {
    std::vector<Command> out;
    for (const auto& group : kEntities) {
        std::ranges::move(commands_of(group.entity()), std::back_inserter(out));
        if (group.more != nullptr) std::ranges::move(group.more(), std::back_inserter(out));
    }
    return out;
}

std::vector<Command> all_commands() {
    std::vector<Command> out;
    for (auto& group : {local_commands(), schedule_commands(), crontab_commands(), entity_commands(), why_commands(),
                        timer_commands(), webhook_commands(), history_commands(), worker_commands(), key_commands(),
                        audit_commands()}) {
        out.insert(out.end(), group.begin(), group.end());
    }
    return out;
}

/// "Rules: when this happens, run that."
std::string group_text_of(const entities::Entity& entity) {
    auto text = fmt::format("{}: {}.", entity.head().collection, entity.head().text);
    text.front() = to_upper(text.substr(0, 1)).front();
    return text;
}

} // namespace

std::string Parameter::name() const {
    std::string best = spelling;
    // The first long spelling names it: "-t,--trigger" is "trigger".
    if (const auto dashes = spelling.find("--"); dashes != std::string::npos) {
        best = spelling.substr(dashes + 2);
        best = best.substr(0, best.find(','));
    }
    return best;
}

const std::vector<Command>& command_table() {
    static const auto table = all_commands();
    return table;
}

const std::vector<Parameter>& paging_options() {
    static const Parameters options{{"--page", "Which page, from 1."}, {"-l,--limit", "Rows of a page (at most 100)."}};
    return options;
}

std::string group_text(std::string_view group) {
    struct Named {
        std::string_view name;
        std::string_view text;
    };
    constexpr Named kGroups[] = {
        {"config", "The server's settings."},
        {"auth", "Logging in and out."},
        {"schedule", "Schedules: what they mean and when they fire."},
        {"timer", "Timers: what fires when, and what became of it."},
        {"webhook", "Webhooks of triggers: where others report."},
        {"event", "Events: triggers that fired."},
        {"enforcement", "Enforcements: rules that matched an event."},
        {"execution", "Executions: runs of actions."},
        {"worker", "Workers: what runs actions."},
        {"audit", "The audit log: who did what, or was denied it."},
    };
    const auto* found = std::ranges::find(kGroups, group, &Named::name);
    if (found != std::end(kGroups)) return std::string(found->text);
    for (const auto& one : kEntities) {
        if (to_lower(one.entity().head().noun) == group) return group_text_of(one.entity());
    }
    return group == "key" ? group_text_of(entities::key()) : std::string{};
}

const Command* find_command(std::string_view path) {
    const auto& table = command_table();
    const auto found = std::ranges::find(table, path, &Command::path);
    return found == table.end() ? nullptr : &*found;
}

} // namespace attune::app::cli
