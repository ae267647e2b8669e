#pragma once
#include "logic/placement/requirement.hpp"

namespace attune::logic::placement {

/// A kind of program that a worker is able to run.
struct OfferedRuntime {
    std::string name;                  ///< lower case
    std::vector<std::string> known_as; ///< its ref and aliases, lower case
    std::vector<std::string> versions; ///< empty = not known
    std::string interpreter;           ///< its path; empty = none needed
};

/// A runtime of these names, of unknown version.
OfferedRuntime offered(std::string_view ref, std::string_view name, const std::vector<std::string>& aliases);

/// What a worker offers.
struct WorkerTraits {
    std::vector<OfferedRuntime> runtimes;
    Labels labels;
    std::vector<Taint> taints;
};

/// Of the capabilities that a worker registered: {runtimes, runtime_versions, runtime_names, labels, taints, …}. What
/// cannot be read is left out.
WorkerTraits traits_of(const json::object& capabilities);

/// The members of a worker's capabilities that say this (contract 1.4), `detected_interpreters` among them.
json::object capabilities_of(const WorkerTraits& traits);

/// Why the worker may not run what requires this, in words that go on after its name ("has no label gpu=true"); nothing
/// when it may.
std::optional<std::string> unmet(const Requirement& requirement, const WorkerTraits& worker);

/// How much it would rather run on this worker than on another: the weights of the preferred terms that hold, less 100
/// for each taint of `prefer_no_schedule` that it does not tolerate.
std::int64_t preference(const Requirement& requirement, const WorkerTraits& worker);

} // namespace attune::logic::placement
