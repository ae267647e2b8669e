#include "support/scripted_processes.hpp"

namespace attune::test {
namespace {

std::string variable(const ProcessSpec& spec, std::string_view name) {
    for (const auto& [key, value] : spec.environment) {
        if (key == name) return value;
    }
    return {};
}

struct Alive {
    int& count;
    ~Alive() { --count; }
};

} // namespace

task<Result<ProcessExit>> ScriptedProcesses::run(ProcessSpec spec, Watch watch) {
    const auto action = variable(spec, "ATTUNE_ACTION");
    started.push_back({std::stoll("0" + variable(spec, "ATTUNE_EXEC_ID")), clock_.now(), spec.input});
    most_alive = std::max(most_alive, ++alive);
    const Alive guard{alive};
    if (watch.started) watch.started(static_cast<std::int64_t>(started.size()));

    Run run;
    if (const auto script = scripts_.find(action); script != scripts_.end() && !script->second.empty()) {
        run = script->second[std::min(counts_[action]++, script->second.size() - 1)];
    } else {
        run.out = spec.input;
    }
    const auto due = clock_.now() + run.takes;
    while (clock_.now() < due) {
        if (!co_await clock_.wait_until(due, watch.stop) && clock_.now() < due) {
            co_return ProcessExit{-1, 15}; // SIGTERM
        }
    }
    if (watch.output && !run.out.empty()) watch.output(OutputStream::out, run.out);
    if (watch.output && !run.err.empty()) watch.output(OutputStream::err, run.err);
    co_return ProcessExit{run.exit_code, 0};
}

} // namespace attune::test
