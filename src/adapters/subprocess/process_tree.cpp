#include "adapters/subprocess/process_tree.hpp"

#include "adapters/subprocess/children.hpp"

#include <algorithm>
#include <unistd.h>

namespace attune::adapters::subprocess {
namespace {

std::vector<std::pair<std::string, std::string>>
marks_of(const std::vector<std::pair<std::string, std::string>>& environment) {
    std::vector<std::pair<std::string, std::string>> marks;
    std::size_t required = 0;
    for (const auto& variable : environment) {
        const bool is_required = variable.first == "ATTUNE_INSTANCE_ID" || variable.first == "ATTUNE_EXEC_ID";
        if (is_required) ++required;
        if (is_required || variable.first == "ATTUNE_WORKER") marks.push_back(variable);
    }
    // Half a mark could be that of another server on this machine.
    if (required < 2) marks.clear();
    return marks;
}

} // namespace

ProcessTree::ProcessTree(pid_t leader, const std::vector<std::pair<std::string, std::string>>& environment)
    : leader_(leader), marks_(marks_of(environment)) {}

bool ProcessTree::is_marked(pid_t pid) const {
    if (marks_.empty()) return false;
    const auto block = read_environment(pid);
    return block && std::ranges::all_of(marks_, [&](const auto& mark) {
               return find_variable(*block, mark.first) == std::string_view(mark.second);
           });
}

bool ProcessTree::is_known(const ProcessEntry& process) const {
    const auto at = known_.find(process.pid);
    return at != known_.end() && at->second == process.start_time;
}

/// A child may stand before its parent in the table, so until nothing new is found.
void ProcessTree::add_children_of_known(const std::vector<ProcessEntry>& processes) {
    std::map<pid_t, std::vector<const ProcessEntry*>> children;
    std::vector<pid_t> parents;
    for (const auto& process : processes) {
        children[process.parent].push_back(&process);
        if (is_known(process)) parents.push_back(process.pid);
    }
    while (!parents.empty()) {
        const auto parent = parents.back();
        parents.pop_back();
        for (const auto* child : children[parent]) {
            if (is_known(*child)) continue;
            known_[child->pid] = child->start_time;
            parents.push_back(child->pid);
        }
    }
}

void ProcessTree::scan() {
    const auto processes = list_processes();
    const auto leader = std::ranges::find(processes, leader_, &ProcessEntry::pid);
    if (leader != processes.end()) {
        leader_start_ = leader->start_time;
        known_[leader_] = leader_start_;
    }
    const auto self = ::getpid();
    for (const auto& process : processes) {
        if (process.pid == self || process.start_time < leader_start_ || is_known(process)) continue;
        if (process.group == leader_ || is_marked(process.pid)) known_[process.pid] = process.start_time;
    }
    add_children_of_known(processes);

    alive_.clear();
    for (const auto& process : processes) {
        if (!is_known(process)) continue;
        if (process.is_alive()) {
            alive_.push_back(process);
        } else if (process.parent == self && process.pid != leader_) {
            children::reap_adopted(process.pid);
        }
    }
    // What is gone need not be remembered: its number may come back.
    known_.clear();
    for (const auto& process : alive_) known_[process.pid] = process.start_time;
}

std::size_t ProcessTree::alive_in_group() const {
    return static_cast<std::size_t>(std::ranges::count(alive_, leader_, &ProcessEntry::group));
}

void ProcessTree::signal_all(int signal) const {
    for (const auto& process : alive_) signal_process(process, signal);
}

} // namespace attune::adapters::subprocess
