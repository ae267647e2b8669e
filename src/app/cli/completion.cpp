#include "app/cli/completion.hpp"

#include "app/cli/command.hpp"
#include "base/text.hpp"

#include <fmt/core.h>
#include <map>
#include <set>

namespace attune::app::cli {
namespace {

constexpr auto kGlobalOptions = "--profile --api-url --output --json --yaml --verbose --help";

std::string long_options(const Command& command) {
    std::string out;
    for (const auto& parameter : command.parameters) {
        if (!parameter.is_positional()) out += " --" + parameter.name();
    }
    return out;
}

/// The words that may follow each beginning of a command line: "" → "serve rule …", "rule" → "list show …", "rule
/// list" → its options.
std::map<std::string, std::string> words_after() {
    std::map<std::string, std::set<std::string>> names;
    std::map<std::string, std::string> out;
    for (const auto& command : command_table()) {
        const auto blank = command.path.find(' ');
        const auto group = command.path.substr(0, blank);
        names[""].insert(group);
        if (blank != std::string::npos) names[group].insert(command.path.substr(blank + 1));
        out[command.path] = std::string(kGlobalOptions) + long_options(command);
    }
    out["completion"] = "bash zsh fish";
    for (const auto& [beginning, words] : names) {
        out[beginning] = join(std::vector<std::string>(words.begin(), words.end()), " ");
    }
    return out;
}

std::string bash_script() {
    std::string cases;
    for (const auto& [beginning, words] : words_after()) {
        cases += fmt::format("    \"{}\") words=\"{}\" ;;\n", beginning, words);
    }
    return "_attune() {\n"
           "  local words=\"\" at line=\"\" current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
           "  for ((at = 1; at < COMP_CWORD && at < 3; at++)); do\n"
           "    [[ ${COMP_WORDS[at]} == -* ]] || line+=\"${line:+ }${COMP_WORDS[at]}\"\n"
           "  done\n"
           "  case \"$line\" in\n" +
           cases +
           "    *) case \"${line%% *}\" in\n"
           "       run) words=\"--param --params-json --watch --timeout --json\" ;;\n"
           "       esac ;;\n"
           "  esac\n"
           "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
           "}\n"
           "complete -F _attune attune\n";
}

/// A text between single quotes in fish.
std::string fish_quote(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish_script() {
    std::string out = "complete -c attune -f\n";
    std::set<std::string> groups;
    for (const auto& command : command_table()) {
        const auto blank = command.path.find(' ');
        const auto group = command.path.substr(0, blank);
        if (groups.insert(group).second) {
            const auto text = blank == std::string::npos ? command.text : group_text(group);
            out += fmt::format("complete -c attune -n __fish_use_subcommand -a {} -d {}\n", group, fish_quote(text));
        }
        auto seen = fmt::format("__fish_seen_subcommand_from {}", group);
        if (blank != std::string::npos) {
            const auto name = command.path.substr(blank + 1);
            out += fmt::format("complete -c attune -n '{}' -a {} -d {}\n", seen, name, fish_quote(command.text));
            seen += fmt::format("; and __fish_seen_subcommand_from {}", name);
        }
        for (const auto& parameter : command.parameters) {
            if (parameter.is_positional()) continue;
            out += fmt::format("complete -c attune -n '{}' -l {} -d {}\n", seen, parameter.name(),
                               fish_quote(parameter.text));
        }
    }
    return out;
}

} // namespace

Result<std::string> completion_script(const std::string& shell) {
    if (shell == "bash") return bash_script();
    if (shell == "zsh") return "#compdef attune\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script();
    if (shell == "fish") return fish_script();
    return invalid("shell", fmt::format("expected bash, zsh or fish, got '{}'", shell));
}

} // namespace attune::app::cli
