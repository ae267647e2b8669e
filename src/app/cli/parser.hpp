#pragma once
#include "app/cli/command.hpp"

#include <string>
#include <vector>

namespace attune::app::cli {

enum class OutputForm { table, json, yaml };

/// Options that every command takes.
struct GlobalOptions {
    std::string profile;
    std::string api_url;
    std::optional<OutputForm> output;
    bool verbose = false;
};

/// A command line that was understood; or, when `command` is null, what to print and exit with instead (help, or what
/// is wrong).
struct ParsedLine {
    const Command* command = nullptr;
    Arguments arguments = {};
    GlobalOptions globals = {};
    std::string message = {};
    bool is_error = false;
};

/// Reads a command line (without the program's name).
ParsedLine parse_command_line(std::vector<std::string> words);

/// The help texts of the program and of every command, for the golden file (tests/golden/cli-help.txt).
std::string help_of_everything();

} // namespace attune::app::cli
