#include "app/cli/program.hpp"

#include "app/cli/client_commands.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/server_commands.hpp"

#include <fmt/core.h>
#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace attune::app::cli {

namespace {

/// Whether stdout is a pipe whose other end is closed.
bool reader_has_left() {
    pollfd out{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

} // namespace

int run_program(std::vector<std::string> words, const Environment& environment) {
    const auto line = parse_command_line(std::move(words));
    if (line.command == nullptr) {
        (line.is_error ? std::cerr : std::cout) << line.message;
        return static_cast<int>(line.is_error ? ExitCode::usage : ExitCode::ok);
    }
    auto done = run_server_command(line, environment);
    if (!done) done = run_client_command(line, environment);
    auto outcome = *std::move(done);
    std::cout.flush();
    // Like any filter: a reader that has seen enough is no failure, a full disk is one.
    if (outcome && !std::cout && !reader_has_left()) outcome = Error{Errc::internal, "the output cannot be written"};
    if (outcome) return *outcome;
    std::cerr << fmt::format("attune {}: {}\n", line.command->path, outcome.error().text());
    return static_cast<int>(exit_code(outcome.error().code));
}

} // namespace attune::app::cli
