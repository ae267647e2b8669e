#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace attune {

/// A row's number: positive, below 2^53 (exact in every JSON reader), never reused. The tag keeps kinds apart.
template <class Tag>
struct Id {
    std::int64_t value = 0;
    explicit operator bool() const { return value != 0; }
    friend auto operator<=>(const Id&, const Id&) = default;
};

using PackId = Id<struct PackTag>;
using RuntimeId = Id<struct RuntimeTag>;
using TriggerId = Id<struct TriggerTag>;
using ActionId = Id<struct ActionTag>;
using RuleId = Id<struct RuleTag>;
using EventId = Id<struct EventTag>;
using EnforcementId = Id<struct EnforcementTag>;
using ExecutionId = Id<struct ExecutionTag>;
using TimerId = Id<struct TimerTag>;
using WorkerId = Id<struct WorkerTag>;
using IdentityId = Id<struct IdentityTag>;
using PermissionSetId = Id<struct PermissionSetTag>;
using PlacementId = Id<struct PlacementTag>;

} // namespace attune

template <class Tag>
struct std::hash<attune::Id<Tag>> {
    std::size_t operator()(const attune::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
