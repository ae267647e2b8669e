#include "logic/action/shell_script.hpp"

#include "base/text.hpp"
#include "logic/action/value_text.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace attune::logic::action {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kSpecialNames{"_"sv,
                                   "CDPATH"sv,
                                   "CHILD_MAX"sv,
                                   "COLUMNS"sv,
                                   "COPROC"sv,
                                   "DIRSTACK"sv,
                                   "EMACS"sv,
                                   "ENV"sv,
                                   "EPOCHSECONDS"sv,
                                   "EUID"sv,
                                   "EPOCHREALTIME"sv,
                                   "EXECIGNORE"sv,
                                   "FCEDIT"sv,
                                   "FIGNORE"sv,
                                   "FUNCNAME"sv,
                                   "FUNCNEST"sv,
                                   "GLOBIGNORE"sv,
                                   "GLOBSORT"sv,
                                   "GROUPS"sv,
                                   "HOME"sv,
                                   "HOSTFILE"sv,
                                   "HOSTNAME"sv,
                                   "HOSTTYPE"sv,
                                   "IFS"sv,
                                   "INPUTRC"sv,
                                   "INSIDE_EMACS"sv,
                                   "LANG"sv,
                                   "LANGUAGE"sv,
                                   "LINENO"sv,
                                   "LINES"sv,
                                   "IGNOREEOF"sv,
                                   "MACHTYPE"sv,
                                   "MAPFILE"sv,
                                   "OLDPWD"sv,
                                   "OPTARG"sv,
                                   "OPTERR"sv,
                                   "OPTIND"sv,
                                   "OSTYPE"sv,
                                   "PATH"sv,
                                   "PIPESTATUS"sv,
                                   "POSIXLY_CORRECT"sv,
                                   "PPID"sv,
                                   "PS0"sv,
                                   "PS1"sv,
                                   "PS2"sv,
                                   "PS3"sv,
                                   "PS4"sv,
                                   "PWD"sv,
                                   "RANDOM"sv,
                                   "REPLY"sv,
                                   "SECONDS"sv,
                                   "SHELL"sv,
                                   "SHELLOPTS"sv,
                                   "SHLVL"sv,
                                   "SRANDOM"sv,
                                   "TERM"sv,
                                   "TIMEFORMAT"sv,
                                   "TMOUT"sv,
                                   "TMPDIR"sv,
                                   "TZ"sv,
                                   "UID"sv,
                                   "auto_resume"sv,
                                   "histchars"sv};

constexpr std::array kSpecialPrefixes{"BASH"sv, "ATTUNE_"sv, "PARAM_"sv,    "LC_"sv,     "LD_"sv,
                                      "HIST"sv, "COMP_"sv,   "COMPREPLY"sv, "PROMPT_"sv, "READLINE_"sv};

/// Name to value; the value added last wins.
using Variables = std::map<std::string, std::string>;

void add(Variables& variables, std::string_view name, const std::string& value) {
    const auto identifier = to_identifier(name);
    variables["PARAM_" + to_upper(to_identifier_part(name))] = value;
    if (!is_special_shell_variable(identifier)) variables[identifier] = value;
}

} // namespace

bool is_special_shell_variable(std::string_view name) {
    return std::ranges::find(kSpecialNames, name) != kSpecialNames.end() ||
           std::ranges::any_of(kSpecialPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::string make_shell_script(const json::object& parameters, std::string_view code) {
    Variables variables;
    for (const bool exact : {false, true}) {
        for (const auto& [name, value] : parameters) {
            if (is_identifier(std::string_view(name)) == exact) add(variables, name, value_text(value));
        }
    }
    std::string out = "#!/bin/bash\nset -e\n";
    for (const auto& [name, value] : variables) {
        // Assigning to a variable of the environment would export it; unset first, it is a shell variable.
        out += fmt::format("unset -v {0}; {0}={1}\n", name, shell_quote(value));
    }
    out += code;
    if (!out.ends_with('\n')) out += '\n';
    return out;
}

} // namespace attune::logic::action
