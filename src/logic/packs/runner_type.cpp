#include "logic/packs/runner_type.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::logic::packs {
namespace {

struct WellKnown {
    std::string_view word;
    std::string_view ref;
};
constexpr WellKnown kWellKnown[] = {
    {"shell", "core.shell"},    {"bash", "core.shell"},     {"sh", "core.shell"},          {"python", "core.python"},
    {"python3", "core.python"}, {"node", "core.nodejs"},    {"nodejs", "core.nodejs"},     {"node.js", "core.nodejs"},
    {"native", "core.native"},  {"builtin", "core.native"}, {"standalone", "core.native"},
};

bool has_name(const Runtime& runtime, std::string_view word) {
    const auto same = [&](const std::string& name) { return to_lower(name) == word; };
    return runtime.ref == word || same(runtime.name) ||
           std::any_of(runtime.aliases.begin(), runtime.aliases.end(), same);
}

} // namespace

ResolvedRuntime resolve_runner_type(std::string_view runner_type, const std::vector<Runtime>& runtimes) {
    const auto word = to_lower(trim(runner_type));
    for (const auto& known : kWellKnown) {
        if (known.word == word) return {std::string(known.ref)};
    }
    for (const auto& runtime : runtimes) {
        if (has_name(runtime, word)) return {runtime.ref};
    }
    if (is_component_ref(word)) return {word};
    return {"core." + word, true};
}

} // namespace attune::logic::packs
