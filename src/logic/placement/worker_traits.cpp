#include "logic/placement/worker_traits.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace attune::logic::placement {
namespace {

constexpr std::int64_t kUntoleratedTaint = 100;

std::vector<std::string> texts_of(const json::value* from) {
    auto read = from == nullptr ? std::vector<std::string>{} : from_json<std::vector<std::string>>(*from, "");
    return read ? *std::move(read) : std::vector<std::string>{};
}

const json::value* member_of(const json::object& from, std::string_view name, std::string_view member) {
    const auto* object = from.if_contains(name);
    return object != nullptr && object->is_object() ? object->get_object().if_contains(member) : nullptr;
}

const OfferedRuntime* find_runtime(const WorkerTraits& worker, std::string_view wanted) {
    const auto name = to_lower(wanted);
    const auto found = std::ranges::find_if(worker.runtimes, [&](const OfferedRuntime& one) {
        return one.name == name || std::ranges::find(one.known_as, name) != one.known_as.end();
    });
    return found == worker.runtimes.end() ? nullptr : &*found;
}

std::optional<std::string> lacks_runtime(const WorkerTraits& worker, std::string_view wanted,
                                         const VersionConstraint& version) {
    const auto* runtime = find_runtime(worker, wanted);
    if (runtime == nullptr) return fmt::format("has no runtime {}", wanted);
    if (version.is_any()) return std::nullopt;
    if (std::ranges::any_of(runtime->versions, [&](const auto& one) { return version.allows(one); }))
        return std::nullopt;
    return fmt::format("has the runtime {} in {}, which the version constraint does not allow", wanted,
                       runtime->versions.empty() ? "an unknown version" : "version " + join(runtime->versions, ", "));
}

bool has_label(const Labels& labels, const std::string& key, const std::string& value) {
    const auto found = labels.find(key);
    return found != labels.end() && found->second == value;
}

bool holds(const LabelExpression& expression, const Labels& labels) {
    const auto found = labels.find(expression.key);
    const bool exists = found != labels.end();
    const bool is_in = exists && std::ranges::find(expression.values, found->second) != expression.values.end();
    switch (expression.op) {
    case LabelOperator::in: return is_in;
    case LabelOperator::not_in: return !is_in;
    case LabelOperator::exists: return exists;
    case LabelOperator::does_not_exist: return !exists;
    }
    return false;
}

bool holds(const LabelTerm& term, const Labels& labels) {
    return std::ranges::all_of(term.labels,
                               [&](const auto& one) { return has_label(labels, one.first, one.second); }) &&
           std::ranges::all_of(term.expressions, [&](const auto& one) { return holds(one, labels); });
}

bool tolerates(const Toleration& toleration, const Taint& taint) {
    if (toleration.effect && *toleration.effect != taint.effect) return false;
    if (!toleration.key.empty() && toleration.key != taint.key) return false;
    return toleration.op == TolerationOperator::exists || toleration.value == taint.value;
}

bool is_tolerated(const Taint& taint, const Requirement& requirement) {
    return std::ranges::any_of(requirement.tolerations, [&](const auto& one) { return tolerates(one, taint); });
}

std::optional<std::string> refuses_labels(const Requirement& requirement, const WorkerTraits& worker) {
    for (const auto& [key, value] : requirement.selector) {
        if (!has_label(worker.labels, key, value)) return fmt::format("has no label {}={}", key, value);
    }
    const auto fits = [&](const LabelTerm& term) { return holds(term, worker.labels); };
    const auto& affinity = requirement.affinity;
    if (!affinity.required.empty() && std::ranges::none_of(affinity.required, fits)) {
        return "has labels that fit no term of worker_affinity.required";
    }
    const auto anti = std::ranges::find_if(affinity.anti_affinity, fits);
    if (anti == affinity.anti_affinity.end()) return std::nullopt;
    return fmt::format("has the labels of worker_affinity.anti_affinity[{}]", anti - affinity.anti_affinity.begin());
}

} // namespace

OfferedRuntime offered(std::string_view ref, std::string_view name, const std::vector<std::string>& aliases) {
    OfferedRuntime out;
    out.name = to_lower(name);
    out.known_as.push_back(to_lower(ref));
    for (const auto& alias : aliases) out.known_as.push_back(to_lower(alias));
    return out;
}

WorkerTraits traits_of(const json::object& capabilities) {
    WorkerTraits out;
    for (const auto& name : texts_of(capabilities.if_contains("runtimes"))) {
        OfferedRuntime one;
        one.name = to_lower(name);
        one.known_as = texts_of(member_of(capabilities, "runtime_names", name));
        one.versions = texts_of(member_of(capabilities, "runtime_versions", name));
        out.runtimes.push_back(std::move(one));
    }
    const auto* labels = capabilities.if_contains("labels");
    if (labels != nullptr && labels->is_object()) {
        if (auto read = parse_labels(labels->get_object(), "labels")) out.labels = *std::move(read);
    }
    const auto* taints = capabilities.if_contains("taints");
    if (taints != nullptr && taints->is_array()) {
        if (auto read = parse_taints(taints->get_array(), "taints")) out.taints = *std::move(read);
    }
    return out;
}

json::object capabilities_of(const WorkerTraits& traits) {
    json::array names;
    json::object versions;
    json::object known_as;
    json::array interpreters;
    for (const auto& one : traits.runtimes) {
        names.emplace_back(json::string(one.name));
        versions[one.name] = to_json(one.versions);
        known_as[one.name] = to_json(one.known_as);
        if (one.interpreter.empty()) continue;
        interpreters.push_back(json::object{
            {"name", json::string(one.name)},
            {"path", json::string(one.interpreter)},
            {"version", one.versions.empty() ? json::value() : json::value(json::string(one.versions.front()))}});
    }
    json::array taints;
    for (const auto& taint : traits.taints) {
        json::object one{{"key", json::string(taint.key)}};
        if (!taint.value.empty()) one["value"] = json::string(taint.value);
        one["effect"] = json::string(enum_name(taint.effect));
        taints.push_back(std::move(one));
    }
    return {{"runtimes", std::move(names)},         {"runtime_versions", std::move(versions)},
            {"runtime_names", std::move(known_as)}, {"detected_interpreters", std::move(interpreters)},
            {"labels", to_json(traits.labels)},     {"taints", std::move(taints)}};
}

std::optional<std::string> unmet(const Requirement& requirement, const WorkerTraits& worker) {
    if (auto why = lacks_runtime(worker, requirement.runtime, requirement.version)) return why;
    for (const auto& [name, version] : requirement.runtimes) {
        if (auto why = lacks_runtime(worker, name, version)) return why;
    }
    if (auto why = refuses_labels(requirement, worker)) return why;
    for (const auto& taint : worker.taints) {
        if (taint.effect != TaintEffect::no_schedule || is_tolerated(taint, requirement)) continue;
        return fmt::format("has the taint {}{}{}, which is not tolerated", taint.key, taint.value.empty() ? "" : "=",
                           taint.value);
    }
    return std::nullopt;
}

std::int64_t preference(const Requirement& requirement, const WorkerTraits& worker) {
    std::int64_t out = 0;
    for (const auto& term : requirement.affinity.preferred) {
        if (holds(term, worker.labels)) out += term.weight;
    }
    for (const auto& taint : worker.taints) {
        if (taint.effect == TaintEffect::prefer_no_schedule && !is_tolerated(taint, requirement))
            out -= kUntoleratedTaint;
    }
    return out;
}

} // namespace attune::logic::placement
