#pragma once
#include "base/log.hpp"
#include "base/result.hpp"

#include <string>

namespace attune::services {

/// What a service says while a step of it fails again and again: one line when that begins or its reason changes, and
/// one when it works again. A full disk is not a line a second.
class Outage {
public:
    /// `step` begins the lines: "timers".
    explicit Outage(std::string step) : step_(std::move(step)) {}

    void begins(const Error& error) {
        if (error.text() != reason_) log::warn("{}: {} (trying again)", step_, error.text());
        reason_ = error.text();
    }
    void ends() {
        if (!reason_.empty()) log::info("{}: works again", step_);
        reason_.clear();
    }
    template <class T>
    void note(const Result<T>& outcome) {
        outcome ? ends() : begins(outcome.error());
    }

private:
    std::string step_;
    std::string reason_; ///< of the last failure; empty while it works
};

} // namespace attune::services
