#include "app/cli/program.hpp"

#include "app/cli/client_commands.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/server_commands.hpp"

#include <fmt/core.h>
#include <iostream>

namespace attune::app::cli {

int run_program(std::vector<std::string> words, const Environment& environment) {
    const auto line = parse_command_line(std::move(words));
    if (line.command == nullptr) {
        (line.is_error ? std::cerr : std::cout) << line.message;
        return static_cast<int>(line.is_error ? ExitCode::usage : ExitCode::ok);
    }
    auto done = run_server_command(line, environment);
    if (!done) done = run_client_command(line, environment);
    std::cout.flush();
    if (*done) return **done;
    std::cerr << fmt::format("attune {}: {}\n", line.command->path, done->error().text());
    return static_cast<int>(exit_code(done->error().code));
}

} // namespace attune::app::cli
