#include "app/cli/server_commands.hpp"

#include "adapters/yaml/write_yaml.hpp"
#include "app/backup.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/pack_commands.hpp"
#include "app/cli/schedule_commands.hpp"
#include "app/data_directory.hpp"
#include "app/doctor/doctor.hpp"
#include "app/load_settings.hpp"
#include "app/node/serve.hpp"
#include "app/open_database.hpp"
#include "app/openapi_document.hpp"
#include "app/setting_docs.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

#include <fmt/core.h>
#include <iostream>

namespace attune::app::cli {
namespace {

log::Level log_level(LogLevel level) {
    switch (level) {
    case LogLevel::trace: return log::Level::trace;
    case LogLevel::debug: return log::Level::debug;
    case LogLevel::info: return log::Level::info;
    case LogLevel::warn: return log::Level::warn;
    case LogLevel::error: return log::Level::error;
    case LogLevel::off: return log::Level::off;
    }
    return log::Level::info;
}

Result<Settings> load(const ParsedLine& line, const Environment& environment) {
    TRY(auto loaded, load_settings(line.arguments.text("config"), environment));
    const auto& log = loaded.settings.log;
    log::configure({.level = log_level(log.level), .json = log.format == LogFormat::json});
    for (const auto& warning : loaded.warnings) log::warn("{}", warning);
    return std::move(loaded.settings);
}

Result<int> run_serve(const ParsedLine& line, const Environment& environment) {
    TRY(const auto roles, parse_roles(line.arguments.text("roles")));
    TRY(const auto settings, load(line, environment));
    CHECK(check_roles(roles, settings));
    return serve(settings, roles);
}

/// "attune worker" is "attune serve --roles worker".
Result<int> run_role(const ParsedLine& line, const Environment& environment) {
    TRY(const auto roles, parse_roles(line.command->path));
    TRY(const auto settings, load(line, environment));
    CHECK(check_roles(roles, settings));
    return serve(settings, roles);
}

Result<int> run_migrate(const ParsedLine& line, const Environment& environment) {
    TRY(const auto settings, load(line, environment));
    if (!settings.is_cluster()) CHECK(prepare_directories(settings));
    CHECK(migrate_database(settings, std::chrono::floor<Duration>(std::chrono::system_clock::now())));
    std::cout << fmt::format("The schema of {} is that of attune {}\n", settings.database.url.shown(), kVersion);
    return 0;
}

Result<int> run_backup(const ParsedLine& line, const Environment& environment) {
    TRY(const auto settings, load(line, environment));
    const auto file = line.arguments.text("file");
    CHECK(backup(settings, file));
    std::cout << fmt::format("The database is copied to {}\n", file);
    return 0;
}

Result<int> run_doctor(const ParsedLine& line, const Environment& environment) {
    log::configure({.level = log::Level::off, .json = false}); // what is wrong is a finding
    const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    const auto findings = examine(line.arguments.text("config"), environment, now);
    if (line.globals.output == OutputForm::json) {
        std::cout << to_pretty_text(json::object{{"status", json::string(enum_name(findings.mark()))},
                                                 {"findings", to_json(findings.all())}})
                  << "\n";
    } else {
        std::cout << render_findings(findings);
    }
    const auto tolerated = line.arguments.has("strict") ? Mark::ok : Mark::warning;
    return findings.mark() <= tolerated ? 0 : 1;
}

Result<int> show_config(const ParsedLine& line, const Environment& environment) {
    if (line.arguments.has("docs")) {
        std::cout << settings_reference();
        return 0;
    }
    TRY(const auto settings, load(line, environment));
    const auto shown = to_json(settings);
    if (line.globals.output == OutputForm::json) {
        std::cout << to_pretty_text(shown);
    } else {
        std::cout << adapters::yaml::to_yaml(shown);
    }
    return 0;
}

Result<int> print_openapi(const ParsedLine&, const Environment&) {
    TRY(const auto text, openapi_document());
    std::cout << text;
    return 0;
}

Result<int> print_version(const ParsedLine&, const Environment&) {
    std::cout << "attune " << kVersion << "\n";
    return 0;
}

Result<int> print_completion(const ParsedLine& line, const Environment&) {
    TRY(const auto script, completion_script(line.arguments.text("shell")));
    std::cout << script;
    return 0;
}

Result<int> show_schedule_alone(const ParsedLine& line, const Environment&) {
    return show_schedule(line, {});
}

Result<int> run_validate_pack(const ParsedLine& line, const Environment&) {
    return validate_pack(line.arguments);
}

Result<int> run_init_pack(const ParsedLine& line, const Environment&) {
    return init_pack(line.arguments);
}

struct ServerCommand {
    std::string_view path;
    Result<int> (*run)(const ParsedLine&, const Environment&);
};
constexpr ServerCommand kCommands[] = {
    {"serve", run_serve},
    {"api", run_role},
    {"sensor", run_role},
    {"executor", run_role},
    {"worker", run_role},
    {"notifier", run_role},
    {"migrate", run_migrate},
    {"backup", run_backup},
    {"doctor", run_doctor},
    {"config show", show_config},
    {"openapi", print_openapi},
    {"version", print_version},
    {"completion", print_completion},
    {"schedule next", show_schedule_alone},
    {"pack validate", run_validate_pack},
    {"pack init", run_init_pack},
};

} // namespace

std::optional<Result<int>> run_server_command(const ParsedLine& line, const Environment& environment) {
    for (const auto& command : kCommands) {
        if (command.path != line.command->path) continue;
        if (command.run == show_schedule_alone && names_calendars_of_server(line.arguments)) break;
        return command.run(line, environment);
    }
    return std::nullopt;
}

} // namespace attune::app::cli
