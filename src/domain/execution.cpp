#include "domain/execution.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

struct Edge {
    ExecutionStatus from;
    ExecutionStatus to;
};

using enum ExecutionStatus;
constexpr std::array kEdges{
    Edge{requested, scheduling}, Edge{requested, scheduled},  Edge{requested, cancelled}, Edge{requested, failed},
    Edge{scheduling, scheduled}, Edge{scheduling, requested}, Edge{scheduling, running},  Edge{scheduling, failed},
    Edge{scheduling, cancelled}, Edge{scheduled, running},    Edge{scheduled, cancelled}, Edge{scheduled, failed},
    Edge{scheduled, completed}, // core.null goes from its claim to the end in one write
    Edge{running, completed},    Edge{running, failed},       Edge{running, canceling},   Edge{running, cancelled},
    Edge{running, timeout},      Edge{running, abandoned},    Edge{canceling, cancelled}, Edge{canceling, abandoned},
};

} // namespace

bool may_become(ExecutionStatus from, ExecutionStatus to) {
    return std::ranges::any_of(kEdges, [&](const Edge& edge) { return edge.from == from && edge.to == to; });
}

} // namespace attune
