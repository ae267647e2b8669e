#include "app/cli/program.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    // Writing to a closed pipe is an error where it happens, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    const auto environment = attune::app::read_environment();
    attune::app::erase_settings_from_environment();
    try {
        return attune::app::cli::run_program({argv + 1, argv + argc}, environment);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "attune: %s\n", failure.what());
        return 1;
    }
}
