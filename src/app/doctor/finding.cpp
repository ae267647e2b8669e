#include "app/doctor/finding.hpp"

#include <algorithm>

namespace attune::app {

ATTUNE_FIELDS(Finding, part, mark, text, fix);

Mark Findings::mark() const {
    auto worst = Mark::ok;
    for (const auto& one : all_) worst = std::max(worst, one.mark);
    return worst;
}

std::string render_findings(const Findings& findings) {
    std::string out;
    std::size_t warnings = 0;
    std::size_t errors = 0;
    for (const auto& one : findings.all()) {
        warnings += one.mark == Mark::warning ? 1 : 0;
        errors += one.mark == Mark::error ? 1 : 0;
        out += fmt::format("{:<8} {:<9} {}\n", enum_name(one.mark), one.part, one.text);
        if (one.fix) out += fmt::format("{:<8} {:<9} -> {}\n", "", "", *one.fix);
    }
    if (warnings + errors == 0) return out + "\nNothing to mend.\n";
    return out + fmt::format("\n{} errors, {} warnings.\n", errors, warnings);
}

} // namespace attune::app
