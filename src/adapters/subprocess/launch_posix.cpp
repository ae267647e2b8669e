// The same by posix_spawn, for builds with sanitizers, whose run-time does not know of a child in the same memory. It
// lacks the parent-death signal alone.
#include "adapters/subprocess/launch.hpp"

#ifdef ATTUNE_SANITIZED
#include <cerrno>
#include <csignal>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace attune::adapters::subprocess {
namespace {

using Stage = Launched::Stage;

/// posix_spawn tells no stage, so the directory is looked at first.
int directory_failure(const char* directory) {
    struct stat status{};
    if (directory == nullptr) return 0;
    if (::stat(directory, &status) != 0) return errno;
    return S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
}

void fill(posix_spawn_file_actions_t& actions, const Command& command, const ChildDescriptors& from) {
    ::posix_spawn_file_actions_adddup2(&actions, from.in, 0);
    ::posix_spawn_file_actions_adddup2(&actions, from.out, 1);
    ::posix_spawn_file_actions_adddup2(&actions, from.err, 2);
    if (from.script >= 0) ::posix_spawn_file_actions_adddup2(&actions, from.script, 3);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, from.script >= 0 ? 4 : 3);
    if (command.working_directory != nullptr) {
        ::posix_spawn_file_actions_addchdir_np(&actions, command.working_directory);
    }
}

void fill(posix_spawnattr_t& attributes) {
    sigset_t set;
    ::sigemptyset(&set);
    ::posix_spawnattr_setsigmask(&attributes, &set);
    ::sigfillset(&set);
    ::posix_spawnattr_setsigdefault(&attributes, &set);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

} // namespace

Launched launch(const Command& command, const ChildDescriptors& descriptors) {
    Launched launched;
    launched.failure = directory_failure(command.working_directory);
    if (launched.failure != 0) {
        launched.failed_stage = Stage::directory;
        return launched;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    fill(actions, command, descriptors);
    fill(attributes);
    launched.failure = ::posix_spawn(&launched.pid, command.program.c_str(), &actions, &attributes, command.argv.data(),
                                     command.envp.data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (launched.failure != 0) {
        launched.failed_stage = Stage::program;
        return launched;
    }
    launched.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, launched.pid, 0)));
    return launched;
}

} // namespace attune::adapters::subprocess
#endif
