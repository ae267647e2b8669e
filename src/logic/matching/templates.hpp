#pragma once
#include "logic/matching/event_view.hpp"

#include <memory>
#include <string>
#include <vector>

namespace attune::logic::matching {

/// What the paths of a template lead into; holds references only.
struct RenderContext {
    const EventView& event;
    const json::value* pack_config = nullptr; ///< of the rule's pack; null = none
    Timestamp now;
    RuleId rule_id;
    std::string_view rule_ref;
};

/// The `action_params` of a rule, compiled once. `{{ path }}` stands for event.payload..., event.id, event.trigger (the
/// trigger's ref), event.created, pack.config..., system.timestamp, system.rule.id or system.rule.ref. A string that is
/// one template becomes the value itself (null when there is none); templates inside text become text. Nothing fails.
class ParamTemplate {
public:
    static constexpr std::size_t kMaxNesting = 64;         ///< templates nested deeper stay as written
    static constexpr std::size_t kMaxInserted = 1'000'000; ///< values (or 16 bytes of text) that one render inserts

    /// Anything but an object counts as {}.
    static ParamTemplate compile(const json::value& action_params);

    /// The parameters. `unresolved`, when given, receives each path that led to nothing, once, and each that was left
    /// out because the result would have become too large.
    json::object render(const RenderContext& context, std::vector<std::string>* unresolved = nullptr) const;

    /// Whether there is no template inside, so that every render is the same.
    bool is_constant() const;

    /// The paths that are used, each once.
    std::vector<std::string_view> paths() const;

    struct Node;

private:
    explicit ParamTemplate(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
    std::shared_ptr<const Node> root_;
};

} // namespace attune::logic::matching
