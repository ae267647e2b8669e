#pragma once
#include "base/reflect.hpp"

#include <string>
#include <vector>

namespace attune::app {

enum class Mark { ok, warning, error };
ATTUNE_ENUM(Mark, ok, warning, error)

/// One thing that was looked at: how it is, and what to do when it is not well. Never holds a secret.
struct Finding {
    std::string part; ///< "database"
    Mark mark = Mark::ok;
    std::string text;
    std::optional<std::string> fix = {};
};
ATTUNE_STRUCT(Finding);

/// What was found, in the order in which it was looked at.
class Findings {
public:
    void ok(std::string part, std::string text) { all_.push_back({std::move(part), Mark::ok, std::move(text)}); }
    void warn(std::string part, std::string text, std::string fix) {
        all_.push_back({std::move(part), Mark::warning, std::move(text), std::move(fix)});
    }
    void fail(std::string part, std::string text, std::string fix) {
        all_.push_back({std::move(part), Mark::error, std::move(text), std::move(fix)});
    }
    const std::vector<Finding>& all() const { return all_; }
    /// The worst of them.
    Mark mark() const;

private:
    std::vector<Finding> all_;
};

/// A line for each, the fix below it; at the end how many are not well.
std::string render_findings(const Findings& findings);

} // namespace attune::app
