#pragma once
#include "runtime/clock.hpp"
#include "runtime/process.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace attune::test {

/// Programs that only pretend: what each run of an action does is scripted. Unscripted actions succeed at once and
/// print their stdin.
class ScriptedProcesses final : public ProcessRunner {
public:
    struct Run {
        int exit_code = 0;
        Duration takes{0};
        std::string out{};
        std::string err{};
    };
    explicit ScriptedProcesses(Clock& clock) : clock_(clock) {}

    /// The runs of an action, in order; the last one is repeated.
    void script(const std::string& action_ref, std::vector<Run> runs) { scripts_[action_ref] = std::move(runs); }

    task<Result<ProcessExit>> run(ProcessSpec spec, Watch watch) override;

    struct Started {
        std::int64_t execution = 0;
        Timestamp at;
        std::string input;
    };
    std::vector<Started> started; ///< every process ever started
    int alive = 0;                ///< at present
    int most_alive = 0;

private:
    Clock& clock_;
    std::map<std::string, std::vector<Run>> scripts_;
    std::map<std::string, std::size_t> counts_;
};

} // namespace attune::test
