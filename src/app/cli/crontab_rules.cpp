#include "app/cli/crontab_rules.hpp"

#include "base/text.hpp"
#include "logic/schedule/schedule.hpp"

#include <algorithm>
#include <set>

namespace attune::app::cli {
namespace {

/// FNV-1a: the same on every machine and in every version, as refs have to be.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

/// The program's name in lower-case letters, digits and '_'.
std::string slug_of(std::string_view command) {
    auto program = trim(command);
    program = program.substr(0, program.find_first_of(" \t\n;|&<>()"));
    program = program.substr(program.rfind('/') == std::string_view::npos ? 0 : program.rfind('/') + 1);
    std::string out;
    for (const char c : to_lower(program.substr(0, 24))) {
        out += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
    }
    if (out.empty() || out.front() < 'a') out.insert(0, "job_");
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// The command in the crontab's own shell, where it names another than core.local's.
std::string command_of(const CrontabJob& job) {
    const auto shell = job.variables.find("SHELL");
    const bool own = shell == job.variables.end() || shell->second.ends_with("/bash") || shell->second == "bash";
    return own ? job.command : fmt::format("exec {} -c {}", quoted(shell->second), quoted(job.command));
}

json::object action_params_of(const CrontabJob& job, const CrontabImport& import) {
    json::object params{{"command", command_of(job)}};
    if (job.stdin_text) params["stdin"] = *job.stdin_text;
    json::object env;
    for (const auto& [name, value] : job.variables) {
        if (name != "SHELL" && name != "CRON_TZ") env[name] = value;
    }
    const auto home = job.variables.find("HOME");
    const auto& cwd = home == job.variables.end() ? import.home : home->second;
    if (!cwd.empty()) params["cwd"] = cwd;
    if (!env.empty()) params["env"] = std::move(env);
    return params;
}

/// Stable while the command stays, whatever becomes of its schedule; commands that are there twice are numbered.
std::string ref_of(const CrontabJob& job, const std::string& pack, std::set<std::string>& taken) {
    const auto text = fmt::format("{}\n{}\n{}", job.user, job.command, job.stdin_text.value_or(""));
    const auto base = fmt::format("{}.{}_{:08x}", pack, slug_of(job.command), hash_of(text) & 0xffff'ffff);
    auto ref = base;
    for (int n = 2; !taken.insert(ref).second; ++n) ref = fmt::format("{}_{}", base, n);
    return ref;
}

} // namespace

std::vector<RulePlan> rules_of(const Crontab& crontab, const CrontabImport& import,
                               std::vector<NotCarried>& not_carried) {
    std::vector<RulePlan> out;
    std::set<std::string> taken;
    for (const auto& job : crontab.jobs) {
        const auto skip = [&](std::string reason) {
            not_carried.push_back({job.line, job.expression + " " + job.command, std::move(reason)});
        };
        if (!job.user.empty() && job.user != import.user) {
            skip(fmt::format("runs as '{}'; the worker runs everything as its own user (--user {})", job.user,
                             import.user));
            continue;
        }
        const auto zone = job.variables.find("CRON_TZ");
        json::object schedule{{"expression", job.expression},
                              {"timezone", zone == job.variables.end() ? import.timezone : zone->second},
                              {"dialect", "vixie"}};
        auto config = schedule;
        config["type"] = "cron";
        const auto compiled = logic::schedule::Schedule::compile(config);
        if (!compiled) {
            skip(compiled.error().text());
            continue;
        }
        const auto label = trim(job.command);
        out.push_back({job.line,
                       compiled->describe(),
                       {{"ref", ref_of(job, import.pack, taken)},
                        {"pack_ref", import.pack},
                        {"label", std::string(label.substr(0, utf8_cut(label, 120)))},
                        {"trigger_ref", "core.crontimer"},
                        {"trigger_params", std::move(schedule)},
                        {"action_ref", "core.local"},
                        {"action_params", action_params_of(job, import)}}});
    }
    return out;
}

} // namespace attune::app::cli
