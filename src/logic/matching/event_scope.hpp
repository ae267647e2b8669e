#pragma once
#include "logic/expression/expression.hpp"
#include "logic/expression/scope.hpp"
#include "logic/matching/event_view.hpp"

namespace attune::logic::matching {

/// What expressions over an event can name: `event` with id, trigger, trigger_ref, payload and created.
class EventScope {
public:
    explicit EventScope(const EventView& event);
    EventScope(const EventScope&) = delete;
    EventScope& operator=(const EventScope&) = delete;

    const expression::Scope& scope() const { return scope_; }

private:
    json::value id_;
    json::value trigger_;
    json::value trigger_ref_;
    json::value created_;
    expression::Scope scope_;
};

/// An expression as conditions have it: the outer {{ }} may be left out. Errors: `invalid`, with `path`.
Result<expression::Expression> parse_event_expression(const json::value& text, const std::string& path);

} // namespace attune::logic::matching
