#include "app/cli/schedule_commands.hpp"

#include "app/cli/output.hpp"
#include "app/cli/schedule_batch.hpp"
#include "app/cli/schedule_config.hpp"
#include "app/cli/schedule_text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace attune::app::cli {
namespace {

namespace schedule = logic::schedule;

constexpr int kDefaultCount = 5;

Timestamp wall_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Result<Timestamp> instant_option(const Arguments& arguments, const std::string& name, const schedule::Schedule& with,
                                 Timestamp fallback) {
    if (!arguments.has(name)) return fallback;
    return schedule::parse_instant(arguments.text(name), "--" + name, with.timezone(), with.options().dst());
}

Result<int> run_batch(const Arguments& arguments, int count, const CalendarSource& server) {
    for (const auto* form : {"cron", "every", "at", "rrule", "config", "prev"}) {
        if (arguments.has(form)) return invalid(std::string("--") + form, "cannot be given with --input");
    }
    TRY(const auto after,
        instant_option(arguments, "after",
                       *schedule::Schedule::compile(json::object{{"type", "interval"}, {"days", 1}}), wall_now()));
    const auto named = arguments.all("calendar");
    if (arguments.text("input") == "-" && std::ranges::find(named, "-") != named.end()) {
        return invalid("--calendar", "expected a file: the lines come on stdin");
    }
    TRY(const auto calendars, calendars_of_options(arguments, {}, server));
    const BatchDefaults defaults{
        .after = after, .count = count, .count_given = arguments.has("count"), .calendars = calendars};
    std::ios::sync_with_stdio(false);
    const auto name = arguments.text("input");
    if (name == "-") {
        answer_lines(std::cin, std::cout, defaults);
        return 0;
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(name, ignored)) {
        return invalid("--input", fmt::format("cannot read {}: it is a directory", name));
    }
    std::ifstream file(name);
    if (!file) return invalid("--input", fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    answer_lines(file, std::cout, defaults);
    return 0;
}

} // namespace

Result<int> show_schedule(const ParsedLine& line, const CalendarSource& server) {
    const auto& arguments = line.arguments;
    TRY(const auto count, number_option(arguments, "count", 0, schedule::kMostPreviewed, kDefaultCount));
    if (arguments.has("input")) return run_batch(arguments, count, server);
    TRY(const auto config, config_of_options(arguments));
    TRY(const auto calendars, calendars_of_options(arguments, config, server));
    TRY(const auto compiled, schedule::Schedule::compile(within(config, calendars), lookup_in(calendars)));
    TRY(const auto from, instant_option(arguments, "after", compiled, wall_now()));
    TRY(const auto anchor, instant_option(arguments, "anchor", compiled, from));
    const auto direction = arguments.has("prev") ? schedule::Direction::back : schedule::Direction::forward;
    const auto shown = schedule::preview(compiled, from, anchor, count, direction);
    const auto form = line.globals.output.value_or(OutputForm::table);
    if (form == OutputForm::table) {
        std::cout << render_preview(shown, direction);
    } else {
        std::cout << render_answer(preview_json(shown, direction), *line.command, form, 0);
    }
    return 0;
}

} // namespace attune::app::cli
