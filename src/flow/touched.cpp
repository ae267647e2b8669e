#include "flow/touched.hpp"

#include "flow/timer_rows.hpp"

namespace attune::flow {
namespace {

/// All but the members named.
template <class T>
std::optional<json::object> facts(const T* row, std::initializer_list<std::string_view> hidden) {
    if (row == nullptr) return std::nullopt;
    auto out = to_json(*row).as_object();
    for (const auto name : hidden) out.erase(name);
    return out;
}

template <class T>
Touched thing(std::string_view type, const T* before, const T* after, std::string ref,
              std::initializer_list<std::string_view> hidden = {}) {
    const auto& known = after != nullptr ? *after : *before;
    return {std::string(type), known.id.value, std::move(ref), facts(before, hidden), facts(after, hidden)};
}

template <class T>
const T& either(const T* before, const T* after) {
    return after != nullptr ? *after : *before;
}

} // namespace

Touched touched(const Pack* before, const Pack* after) {
    return thing("pack", before, after, either(before, after).ref);
}
Touched touched(const Runtime* before, const Runtime* after) {
    return thing("runtime", before, after, either(before, after).ref);
}
Touched touched(const Trigger* before, const Trigger* after) {
    return thing("trigger", before, after, either(before, after).ref, {"webhook_key"});
}
Touched touched(const Action* before, const Action* after) {
    return thing("action", before, after, either(before, after).ref);
}
Touched touched(const Rule* before, const Rule* after) {
    return thing("rule", before, after, either(before, after).ref);
}
Touched touched(const Calendar* before, const Calendar* after) {
    return thing("calendar", before, after, either(before, after).ref);
}
Touched touched(const Key* before, const Key* after) {
    return thing("key", before, after, either(before, after).ref, {"value", "bytes"});
}
Touched touched(const Identity* before, const Identity* after) {
    return thing("identity", before, after, either(before, after).login, {"password_hash"});
}
Touched touched(const Worker* before, const Worker* after) {
    return thing("worker", before, after, either(before, after).name, {"capabilities", "last_heartbeat"});
}
Touched touched(const Timer* before, const Timer* after) {
    return thing("timer", before, after, name_of(either(before, after)));
}
Touched touched(const Execution* before, const Execution* after) {
    // Parameters, variables and results are the execution's own: who may read it finds them there.
    return thing("execution", before, after, either(before, after).action_ref, {"config", "env_vars", "result"});
}

} // namespace attune::flow
