// The only file that sees CLI11. The parser is made of the command table.
#include "app/cli/parser.hpp"

#include "app/cli/examples.hpp"
#include "app/version.hpp"
#include "base/text.hpp"

#ifdef __clang__ // a command line is read once: short code, which is also soon compiled
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#endif
#include <CLI/CLI.hpp>
#ifdef __clang__
#pragma clang attribute pop
#endif
#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <memory>

namespace attune::app::cli {
namespace {

constexpr auto kDescription = "Attune: something happens, a rule matches, an action runs.\n\n"
                              "The server is `attune serve`; every other command talks to it.";
constexpr auto kFooter =
    "\nFor programs: --json prints one object, or an array of the rows of one page; that there are more pages is said\n"
    "on stderr. Of an option marked TEXT|@FILE, @name is that file's text and @- is stdin.\n"
    "\nExit codes: 0 ok, 1 failure, 2 wrong usage or a refused value, 3 not logged in, 4 not found,\n"
    "5 conflict, 6 server unreachable, 7 not permitted, 8 the execution did not complete.";

/// The parser of one command line, and where it puts what it reads.
class Parser {
public:
    Parser() {
        app_.description(kDescription);
        app_.set_version_flag("--version", fmt::format("attune {}", kVersion), "Print the version and exit.");
        app_.require_subcommand(1);
        app_.get_formatter()->column_width(34);
        add_globals();
        for (const auto& command : command_table()) add_command(command);
        app_.footer(kFooter); // after the subcommands, which would inherit it
    }

    ParsedLine parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end()); // as CLI11 wants them
        try {
            app_.parse(std::move(words));
        } catch (const CLI::CallForHelp&) {
            return {.message = deepest_help()};
        } catch (const CLI::CallForVersion& version) {
            return {.message = fmt::format("{}\n", version.what())};
        } catch (const CLI::ParseError& failure) {
            return {.message = explain(failure), .is_error = true};
        }
        return finish();
    }

    std::string all_help() {
        std::string out = app_.help();
        for (const auto& command : command_table()) {
            out += fmt::format("\n---- attune {}\n{}", command.path, help_of(command.path));
        }
        return out;
    }

private:
    struct Slot {
        std::vector<std::string> values;
        bool set = false;
    };

    void add_globals() {
        app_.add_option("-p,--profile", globals_.profile,
                        "Which profile of the client's file to use (ATTUNE_PROFILE).");
        app_.add_option("--api-url", globals_.api_url, "The server's address (ATTUNE_API_URL).");
        app_.add_option("--output", output_, "table, json or yaml.")->check(CLI::IsMember({"table", "json", "yaml"}));
        app_.add_flag("-j,--json", json_, "Same as --output json.");
        app_.add_flag("-y,--yaml", yaml_, "Same as --output yaml.");
        app_.add_flag("-v,--verbose", globals_.verbose, "Show the requests (on stderr).");
    }

    CLI::App* group(CLI::App* parent, const std::string& name) {
        auto& known = groups_[name];
        if (known != nullptr) return known;
        if (const auto command = commands_.find(name); command != commands_.end()) {
            known = command->second; // "worker" does something by itself, and so does "worker list"
            known->require_subcommand(0, 1);
            return known;
        }
        known = parent->add_subcommand(name, group_text(name));
        known->require_subcommand(1);
        known->fallthrough();
        return known;
    }

    /// CLI11 adds the command's own name to its parents'.
    std::string help_of(const std::string& path) {
        const auto blank = path.rfind(' ');
        return commands_.at(path)->help(blank == std::string::npos ? "attune" : "attune " + path.substr(0, blank));
    }

    void add_command(const Command& command) {
        const auto blank = command.path.find(' ');
        auto* parent = blank == std::string::npos ? &app_ : group(&app_, command.path.substr(0, blank));
        const auto name = blank == std::string::npos ? command.path : command.path.substr(blank + 1);
        auto* sub = parent->add_subcommand(name, command.text);
        sub->fallthrough(); // so that --json may stand last
        commands_[command.path] = sub;
        for (const auto& parameter : command.parameters) add_parameter(*sub, slots_[command.path], parameter);
        std::string examples;
        for (const auto line : split(examples_of(command.path), '\n')) examples += fmt::format("\n  attune {}", line);
        sub->footer("Examples:" + examples);
    }

    static void add_parameter(CLI::App& sub, std::map<std::string, Slot>& slots, const Parameter& parameter) {
        auto& slot = slots[parameter.name()];
        if (parameter.kind == Parameter::Kind::flag) {
            sub.add_flag(parameter.spelling, slot.set, parameter.text);
            return;
        }
        auto* option = sub.add_option(parameter.spelling, slot.values, parameter.text);
        const bool takes_all = parameter.is_positional() && parameter.kind == Parameter::Kind::many;
        option->expected(takes_all ? -1 : 1);
        option->allow_extra_args(takes_all); // else "[1,2]" would be taken for two values
        if (parameter.kind == Parameter::Kind::many) {
            option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        }
        option->type_name(parameter.is_positional() ? "" : parameter.from_file ? "TEXT|@FILE" : "TEXT");
        if (parameter.required) option->required();
        // An empty ref would name the whole collection.
        if (parameter.is_positional()) {
            option->check([](const std::string& value) { return value.empty() ? "must not be empty" : ""; });
        }
    }

    /// The longest: of "worker" and "worker list" both are parsed.
    const Command* chosen() {
        const Command* found = nullptr;
        for (const auto& [path, sub] : commands_) {
            if (sub->parsed() && (found == nullptr || path.size() > found->path.size())) found = find_command(path);
        }
        return found;
    }

    ParsedLine finish() {
        ParsedLine line{.command = chosen(), .globals = globals_};
        if (!output_.empty()) line.globals.output = form_of(output_);
        if (json_) line.globals.output = OutputForm::json;
        if (yaml_) line.globals.output = OutputForm::yaml;
        for (auto& [name, slot] : slots_[line.command->path]) {
            if (slot.set) line.arguments.values[name] = {"true"};
            if (!slot.values.empty()) line.arguments.values[name] = std::move(slot.values);
        }
        return line;
    }

    static OutputForm form_of(const std::string& word) {
        if (word == "json") return OutputForm::json;
        return word == "yaml" ? OutputForm::yaml : OutputForm::table;
    }

    /// The (sub)command that was reached last, and the names of its parents.
    CLI::App* reached(std::string& parents) {
        auto* at = &app_;
        for (auto next = at->get_subcommands(); !next.empty(); next = at->get_subcommands()) {
            parents += (parents.empty() ? "" : " ") + at->get_name();
            at = next.front();
        }
        return at;
    }

    std::string deepest_help() {
        std::string parents;
        auto* app = reached(parents);
        return app->help(parents);
    }

    /// What is wrong, a suggestion for a word that is not known, and where the help is.
    std::string explain(const CLI::ParseError& failure) {
        std::string parents;
        auto* app = reached(parents);
        std::string out = failure.what();
        if (const auto extra = app_.remaining(true); !extra.empty()) {
            auto names = names_below(*app);
            for (auto& name : names_below(app_)) {
                if (name.starts_with("--")) names.push_back(std::move(name));
            }
            out = fmt::format("'{}' is not known here.", extra.front());
            const auto meant = closest(extra.front(), {names.begin(), names.end()});
            if (!meant.empty() && meant != extra.front()) out += fmt::format(" Did you mean '{}'?", meant);
        }
        return out + fmt::format("\nSee '{}{}{} --help'.\n", parents, parents.empty() ? "" : " ", app->get_name());
    }

    static std::vector<std::string> names_below(const CLI::App& app) {
        std::vector<std::string> out;
        for (const auto* sub : app.get_subcommands(nullptr)) out.push_back(sub->get_name());
        for (const auto* option : app.get_options()) {
            for (const auto& spelling : option->get_lnames()) out.push_back("--" + spelling);
        }
        return out;
    }

    CLI::App app_{"", "attune"};
    GlobalOptions globals_;
    std::string output_;
    bool json_ = false;
    bool yaml_ = false;
    std::map<std::string, CLI::App*> groups_;
    std::map<std::string, CLI::App*> commands_;
    std::map<std::string, std::map<std::string, Slot>> slots_;
};

} // namespace

ParsedLine parse_command_line(std::vector<std::string> words) {
    return Parser().parse(std::move(words));
}

std::string help_of_everything() {
    return Parser().all_help();
}

} // namespace attune::app::cli
