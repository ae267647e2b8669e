#include "app/cli/pack_commands.hpp"

#include "app/cli/exit_code.hpp"
#include "app/pack_files.hpp"
#include "base/text.hpp"
#include "logic/definitions/fields.hpp"

#include <fmt/core.h>
#include <iostream>

namespace attune::app::cli {
namespace {

namespace fs = std::filesystem;

struct Piece {
    std::string_view path;
    std::string_view text; ///< "@" stands for the pack's name
    bool executable = false;
};

constexpr Piece kNewPack[] = {
    {"pack.yaml", R"(ref: @
name: @
version: 0.1.0
description: What this pack is for.
)"},
    {"actions/hello.yaml", R"(ref: @.hello
label: Say hello
runner_type: shell
entry_point: hello.sh
parameter_format: dotenv
parameters:
  who: {type: string, default: World, description: Whom to greet}
)"},
    {"actions/hello.sh", R"(#!/bin/bash
# The parameters come on stdin, as assignments: who='Ada'. What is printed is the result.
set -euo pipefail
source /dev/stdin
echo "Hello $who"
)",
     true},
    {"triggers/asked.yaml", R"(ref: @.asked
label: Somebody asked for a greeting
output:
  who: {type: string}
)"},
    {"rules/greet.yaml", R"(ref: @.greet
label: Greet whoever asked
trigger_ref: asked
action_ref: hello
action_params:
  who: "{{ event.payload.who }}"
)"},
    {"tests/run.sh", R"(#!/bin/bash
# Runs the actions as a worker does, and compares what they print.
set -euo pipefail
cd "$(dirname "$0")/.."
got=$(echo "who='tests'" | bash actions/hello.sh)
[ "$got" = "Hello tests" ] || { echo "hello: got $got" >&2; exit 1; }
echo "1 passed"
)",
     true},
    {"README.md", R"(# @

    tests/run.sh                     # the actions alone
    attune pack validate .           # all that is wrong with the pack
    tar -czf ../@.tar.gz . && attune pack upload ../@.tar.gz --force
    attune run @.hello who=Ada
    attune trigger fire @.asked --param who=Ada
)"},
};

} // namespace

Result<int> validate_pack(const Arguments& arguments) {
    TRY(auto files, read_directory(arguments.text("folder")));
    std::vector<Error> problems;
    const auto pack = load_pack(std::move(files), &problems);
    if (!pack && problems.empty()) return pack.error();
    for (const auto& problem : problems) std::cerr << fmt::format("error: {}\n", problem.text());
    std::size_t warnings = 0;
    if (pack) {
        warnings = pack->contents.warnings.size();
        for (const auto& warning : pack->contents.warnings) std::cerr << fmt::format("warning: {}\n", warning);
        const auto& head = pack->contents.pack;
        const auto& all = pack->contents;
        std::cout << fmt::format(
            "{} {}: {} actions, {} triggers, {} rules, {} runtimes, {} calendars, {} permission sets\n", head.ref,
            head.version, all.actions.size(), all.triggers.size(), all.rules.size(), all.runtimes.size(),
            all.calendars.size(), all.permission_sets.size());
    }
    const bool passes = problems.empty() && (warnings == 0 || !arguments.has("strict"));
    return passes ? 0 : static_cast<int>(ExitCode::usage);
}

Result<int> init_pack(const Arguments& arguments) {
    const auto name = arguments.text("name");
    CHECK(logic::definitions::check_pack_ref(name));
    const fs::path folder = arguments.text("in", ".") + "/" + name;
    std::error_code failure;
    if (fs::exists(folder, failure))
        return Error{Errc::conflict, fmt::format("{} exists already", folder.string()), "name"};
    FileTree files;
    for (const auto& piece : kNewPack)
        files[std::string(piece.path)] = {replace_all(std::string(piece.text), "@", name), piece.executable};
    CHECK(write_directory(folder, files));
    std::cout << fmt::format("made {}; see its README.md\n", folder.string());
    return 0;
}

} // namespace attune::app::cli
