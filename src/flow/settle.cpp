#include "flow/settle.hpp"

#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "flow/alerts.hpp"
#include "flow/executions.hpp"
#include "flow/tally.hpp"

#include <array>

namespace attune::flow {
namespace {

struct Settling {
    Session& session;
    std::span<const Ending> endings;
    std::int64_t writer;
    Effects effects = {};
};

/// How many executions of an action ended how, in the database.
Result<void> tally(Settling& at) {
    Tally ended(at.writer);
    for (const auto& one : at.endings) ended.add(one.action_ref, one.status);
    return count_ended(at.session, ended);
}

/// Those who watch executions, and the process's own numbers.
Result<void> tell(Settling& at) {
    for (const auto& one : at.endings) {
        at.effects.ring(Topic::executions, one.id);
        at.effects.count(Metric::executions_finished, enum_name(one.status));
    }
    return {};
}

/// What is left to store of their output, and the secrets of their results.
Result<void> keep_output(Settling& at) {
    std::vector<OutputChunk> chunks;
    std::vector<SealedValue> secrets;
    for (const auto& one : at.endings) {
        chunks.insert(chunks.end(), one.output.begin(), one.output.end());
        secrets.insert(secrets.end(), one.secrets.begin(), one.secrets.end());
    }
    if (!chunks.empty()) CHECK(append_output(at.session, chunks));
    return store_sealed(at.session, secrets);
}

/// They are tried again.
Result<void> retry(Settling& at) {
    std::vector<Execution> retries;
    for (const auto& one : at.endings) {
        if (one.retry != nullptr) retries.push_back(*one.retry);
    }
    if (retries.empty()) return {};
    TRY(auto made, insert_executions(at.session, retries));
    at.effects += std::move(made.effects);
    return {};
}

/// Another run of their rule may wait for them. The execution scheduler finds it: whether it may go is decided under
/// the rule's lock.
Result<void> release_rule(Settling& at) {
    const bool frees = std::ranges::any_of(at.endings, [](const Ending& one) { return one.overlap_rule.has_value(); });
    if (frees) at.effects.ring(Topic::requested);
    return {};
}

/// Somebody is told that something went wrong.
Result<void> alert(Settling& at) {
    std::vector<Event> alerts;
    for (const auto& one : at.endings) {
        if (one.alert) alerts.push_back(*one.alert);
    }
    TRY(auto recorded, record_alerts(at.session, std::move(alerts)));
    at.effects += std::move(recorded);
    return {};
}

struct Consequence {
    std::string_view name;
    Result<void> (*of)(Settling&);
};

/// In this order: rows are locked in it, by everybody.
constexpr std::array kConsequences{
    Consequence{"tally", &tally},          Consequence{"tell", &tell},
    Consequence{"output", &keep_output},   Consequence{"retry", &retry},
    Consequence{"overlap", &release_rule}, Consequence{"alert", &alert},
};

} // namespace

Result<Effects> settle(Session& session, std::span<const Ending> endings, std::int64_t writer) {
    if (endings.empty()) return Effects{};
    for (const auto& one : endings) {
        if (!is_final(one.status)) {
            return Error{Errc::internal,
                         fmt::format("execution {} is {}: it has not ended", one.id.value, enum_name(one.status))};
        }
    }
    Settling at{session, endings, writer};
    for (const auto& consequence : kConsequences) CHECK(consequence.of(at));
    return std::move(at.effects);
}

std::vector<std::string_view> consequences() {
    std::vector<std::string_view> out;
    for (const auto& one : kConsequences) out.push_back(one.name);
    return out;
}

} // namespace attune::flow
