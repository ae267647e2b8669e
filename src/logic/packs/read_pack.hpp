#pragma once
#include "base/file_entry.hpp"
#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/identity.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "logic/schedule/calendars.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::packs {

/// The components of one pack, as its files state them. No ids, times or generations; references to other components
/// by ref alone. `Action::runtime_ref` is resolved from `runner_type`. Components are in the order of their files'
/// names, `is_adhoc` is false, and refs are unique per kind.
struct PackDefinition {
    Pack pack; ///< its `config` is what pack.yaml proposes for a pack that is loaded for the first time
    std::vector<PermissionSet> permission_sets;
    std::vector<Runtime> runtimes;
    std::vector<Calendar> calendars;
    std::vector<Trigger> triggers;
    std::vector<Action> actions;
    std::vector<Rule> rules;
    std::vector<std::string> warnings; ///< "<file>: what was skipped or guessed, and why"
};

/// Reads one YAML text; `name` is for its errors.
using YamlReader = std::function<Result<json::value>(std::string_view text, std::string_view name)>;
/// Completes a calendar's definition with the events of the text of an .ics file, if there is one. Errors: `invalid`,
/// `ics`.
using CalendarReader =
    std::function<Result<json::object>(json::object definition, const std::optional<std::string_view>& ics)>;

constexpr std::size_t kMaxComponents = 2'000;

/// Reads pack.yaml and the *.yaml (or .yml) files right inside runtimes/, triggers/, actions/, rules/ and
/// permission_sets/. A component without `ref` is skipped with a warning, and so are the kinds that this server does
/// not run (sensors/, queues/, workflows).
///
/// All that is wrong is found: the error is the first problem's, and names the others; `problems` gets each by itself.
///
/// Errors: `bad_request` for what is no YAML; `invalid` with the field "<file>:<line>: <member>" for wrong types,
/// missing members, refs that are malformed, of another pack or stand twice, and all that logic/definitions refuses and
/// that needs nothing from outside the pack; `too_large` beyond kMaxComponents.
Result<PackDefinition> read_pack(const FileTree& files, const YamlReader& read_yaml,
                                 const CalendarReader& read_calendar, std::vector<Error>* problems = nullptr);

/// What read_pack leaves to whoever installs: what triggers and rules ask of their sources. `installed` finds the
/// calendars that are there already. Errors: `invalid`, with the component's ref before the field.
Result<void> check_sources(const PackDefinition& contents, schedule::CalendarLookup installed);

} // namespace attune::logic::packs
