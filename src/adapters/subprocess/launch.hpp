#pragma once
#include "adapters/subprocess/command.hpp"
#include "adapters/subprocess/unique_fd.hpp"

#include <sys/types.h>

namespace attune::adapters::subprocess {

/// The descriptors that become 0, 1, 2 and, when there is one, 3 in the child. All are 4 or above.
struct ChildDescriptors {
    int in = -1;
    int out = -1;
    int err = -1;
    int script = -1; ///< -1 = none
};

struct Launched {
    pid_t pid = -1;
    UniqueFd pidfd;
    /// What failed in the child before the program ran: the child is gone then.
    enum class Stage { none, create, setup, directory, program } failed_stage = Stage::none;
    int failure = 0; ///< its errno
};

/// Makes the child and returns when it runs the program or has failed to. Call on the spawner thread: the child is
/// killed when the calling thread ends.
Launched launch(const Command& command, const ChildDescriptors& descriptors);

} // namespace attune::adapters::subprocess
