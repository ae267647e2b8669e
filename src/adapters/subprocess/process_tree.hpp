#pragma once
#include "adapters/subprocess/proc_table.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace attune::adapters::subprocess {

/// A program and everything it started, in whatever group or session: found by parenthood while the parents live, by
/// its process group, by having been seen before, and by the variables that mark an execution. The leader must not have
/// been reaped. Used on the spawner thread.
class ProcessTree {
public:
    /// `environment` is the leader's: ATTUNE_INSTANCE_ID and ATTUNE_EXEC_ID in it (and ATTUNE_WORKER, when there is
    /// one) mark what belongs to it.
    ProcessTree(pid_t leader, const std::vector<std::pair<std::string, std::string>>& environment);

    /// Looks for members again; those found once are remembered, those that ended as orphans of ours are reaped.
    void scan();

    /// Those alive at the last scan, the leader among them.
    const std::vector<ProcessEntry>& alive() const { return alive_; }
    /// How many of them are still in the leader's process group.
    std::size_t alive_in_group() const;

    void signal_all(int signal) const;

private:
    bool is_marked(pid_t pid) const;
    bool is_known(const ProcessEntry& process) const;
    void add_children_of_known(const std::vector<ProcessEntry>& processes);

    pid_t leader_;
    std::uint64_t leader_start_ = 0;
    std::vector<std::pair<std::string, std::string>> marks_;
    std::map<pid_t, std::uint64_t> known_; ///< pid to start time
    std::vector<ProcessEntry> alive_;
};

} // namespace attune::adapters::subprocess
