#pragma once
#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/execution.hpp"
#include "domain/identity.hpp"
#include "domain/key.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "domain/worker.hpp"
#include "flow/effects.hpp"

/// What the audit log is told of a thing that was changed: null before it was made, null after it was deleted. Members
/// that are secret, or nobody's business, are left out here; the masks of rows stay.
namespace attune::flow {

Touched touched(const Pack* before, const Pack* after);
Touched touched(const Runtime* before, const Runtime* after);
Touched touched(const Trigger* before, const Trigger* after);
Touched touched(const Action* before, const Action* after);
Touched touched(const Rule* before, const Rule* after);
Touched touched(const Calendar* before, const Calendar* after);
Touched touched(const Key* before, const Key* after);
Touched touched(const Identity* before, const Identity* after);
Touched touched(const Worker* before, const Worker* after);
Touched touched(const Timer* before, const Timer* after);
Touched touched(const Execution* before, const Execution* after);

/// A definition was changed: who matches, fires or runs by it is rung, and it is told of.
template <class T>
Effects changed_definition(const T* before, const T* after) {
    Effects out;
    out.ring(Topic::definitions);
    out.ring(Topic::timers);
    out.touch(touched(before, after));
    return out;
}

} // namespace attune::flow
