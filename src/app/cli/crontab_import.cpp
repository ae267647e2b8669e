#include "app/cli/crontab_import.hpp"

#include "app/cli/crontab_rules.hpp"
#include "app/cli/file_arguments.hpp"
#include "app/cli/output.hpp"
#include "app/cli/requests.hpp"
#include "logic/schedule/time_zone.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

namespace attune::app::cli {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

/// The machine's zone, which cron goes by; UTC when it has no name.
std::string system_timezone() {
    std::error_code failure;
    const auto target = std::filesystem::read_symlink("/etc/localtime", failure).string();
    constexpr std::string_view kFolder = "zoneinfo/";
    const auto at = target.find(kFolder);
    return failure || at == std::string::npos ? "UTC" : target.substr(at + kFolder.size());
}

std::string user_name() {
    const auto* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? std::string{} : std::string(entry->pw_name);
}

Result<CrontabImport> import_of(const Arguments& arguments, const Environment& environment) {
    CrontabImport out{.pack = arguments.text("pack", "crontab"),
                      .timezone = arguments.text("timezone", system_timezone()),
                      .user = arguments.text("user", user_name()),
                      .home = {}};
    if (const auto zone = logic::schedule::TimeZone::find(out.timezone); !zone) {
        return invalid("--timezone", zone.error().message);
    }
    if (const auto home = environment.find("HOME"); home != environment.end() && !arguments.has("user")) {
        out.home = home->second;
    }
    return out;
}

/// The members of `wanted` that the rule does not have like that.
json::object changes_to(const json::value& rule, const json::object& wanted) {
    json::object out;
    for (const auto* name : {"label", "trigger_ref", "trigger_params", "action_ref", "action_params"}) {
        const auto* have = find_member(rule, name);
        if (have == nullptr || *have != wanted.at(name)) out[name] = wanted.at(name);
    }
    return out;
}

/// Creates what is not there. Errors: all but `not_found`.
Result<bool> is_there(ApiClient& client, std::string_view collection, const std::string& ref, json::value& found) {
    auto answer = client.call(item_request("GET", collection, ref));
    if (!answer && answer.error().code == Errc::not_found) return false;
    if (!answer) return std::move(answer).error();
    const auto* data = find_member(*answer, "data");
    found = data == nullptr ? json::value() : *data;
    return true;
}

Result<void> ensure_pack(ApiClient& client, const std::string& ref) {
    json::value ignored;
    TRY(const auto there, is_there(client, "packs", ref, ignored));
    if (there) return {};
    const json::object body{{"ref", ref}, {"label", "Imported crontab"}, {"version", "0.1.0"}};
    CHECK(client.call({.method = "POST", .path = "/api/v1/packs", .body = json::value(body)}));
    return {};
}

/// What was done to make the server have the rule: "created", "updated" or "unchanged".
Result<std::string> apply(ApiClient& client, const RulePlan& plan) {
    const auto ref = std::string(plan.rule.at("ref").as_string());
    json::value known;
    TRY(const auto there, is_there(client, "rules", ref, known));
    if (!there) {
        CHECK(client.call({.method = "POST", .path = "/api/v1/rules", .body = json::value(plan.rule)}));
        return std::string("created");
    }
    auto changes = changes_to(known, plan.rule);
    if (changes.empty()) return std::string("unchanged");
    auto request = item_request("PUT", "rules", ref);
    request.body = json::value(std::move(changes));
    CHECK(client.call(request));
    return std::string("updated");
}

struct Done {
    std::vector<RulePlan> rules;
    std::vector<std::string> actions; ///< beside the rules
    std::vector<NotCarried> not_carried;
};

void print_for_people(const Done& done, const CrontabImport& import, bool applied) {
    for (std::size_t n = 0; n < done.rules.size(); ++n) {
        const auto& [line, description, rule] = done.rules[n];
        std::cout << fmt::format("line {}: {} {}\n  {}\n  {}\n", line, done.actions[n],
                                 std::string_view(rule.at("ref").as_string()), description,
                                 std::string_view(rule.at("label").as_string()));
    }
    if (!done.not_carried.empty()) std::cout << "\nNot carried over:\n";
    for (const auto& [line, text, reason] : done.not_carried) {
        std::cout << fmt::format("line {}: {}\n  {}\n", line, text, reason);
    }
    std::cout << fmt::format("\n{} rules in pack {}, {} lines not carried over.{}\n", done.rules.size(), import.pack,
                             done.not_carried.size(),
                             applied ? " Remove the jobs from the crontab, or they run twice."
                                     : " Nothing is changed; --apply makes the rules.");
}

json::value as_json(const Done& done, bool applied) {
    json::array rules;
    for (std::size_t n = 0; n < done.rules.size(); ++n) {
        rules.push_back({{"line", done.rules[n].line},
                         {"result", done.actions[n]},
                         {"description", done.rules[n].description},
                         {"rule", done.rules[n].rule}});
    }
    json::array left;
    for (const auto& [line, text, reason] : done.not_carried) {
        left.push_back({{"line", line}, {"text", text}, {"reason", reason}});
    }
    return json::object{{"applied", applied}, {"rules", std::move(rules)}, {"not_carried", std::move(left)}};
}

} // namespace

Result<int> import_crontab(const ParsedLine& line, const Environment& environment, ApiClient& client, OutputForm form) {
    const auto& arguments = line.arguments;
    TRY(const auto text, read_input(arguments.text("crontab"), "--crontab", kMostBytes));
    TRY(const auto import, import_of(arguments, environment));
    const auto crontab = parse_crontab(text, arguments.has("system"));
    Done done{.rules = {}, .actions = {}, .not_carried = crontab.not_carried};
    done.rules = rules_of(crontab, import, done.not_carried);
    std::ranges::sort(done.not_carried, {}, &NotCarried::line);
    const bool applied = arguments.has("apply");
    if (applied && !done.rules.empty()) CHECK(ensure_pack(client, import.pack));
    for (const auto& plan : done.rules) {
        if (!applied) {
            done.actions.emplace_back("would make");
            continue;
        }
        auto action = apply(client, plan);
        if (!action) {
            auto error = std::move(action).error();
            error.message = fmt::format("line {}: {}", plan.line, error.message);
            return error;
        }
        done.actions.push_back(*std::move(action));
    }
    if (form == OutputForm::table) {
        print_for_people(done, import, applied);
    } else {
        std::cout << render_answer(as_json(done, applied), *line.command, form, 0);
    }
    return 0;
}

} // namespace attune::app::cli
