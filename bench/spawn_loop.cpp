// The least that it takes to run a program many times: posix_spawn and waitpid, some at once. Prints one JSON object.
//
//     spawn_loop COUNT AT_ONCE STDIN PROGRAM [ARGUMENT...]
//
// STDIN is the file that each of them reads; what they print goes to /dev/null.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double cpu_seconds(int who) {
    rusage used{};
    ::getrusage(who, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Runs `count` programs, `at_once` of them at a time; whether each could be started and ended with 0.
bool run(long count, long at_once, const posix_spawn_file_actions_t& actions, char** argv) {
    bool good = true;
    const auto reap = [&good] {
        int status = 0;
        if (::wait(&status) < 0 || status != 0) good = false;
    };
    for (long started = 0; started < count; ++started) {
        if (started >= at_once) reap();
        pid_t pid = 0;
        if (::posix_spawn(&pid, argv[0], &actions, nullptr, argv, environ) != 0) return false;
    }
    for (long left = std::min(count, at_once); left > 0; --left) reap();
    return good;
}

} // namespace

int main(int argc, char** argv) {
    const auto count = argc > 4 ? std::atol(argv[1]) : 0;
    const auto at_once = argc > 4 ? std::atol(argv[2]) : 0;
    if (count < 1 || at_once < 1) {
        std::fprintf(stderr, "usage: spawn_loop COUNT AT_ONCE STDIN PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, argv[3], O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    const auto began = std::chrono::steady_clock::now();
    if (!run(count, at_once, actions, argv + 4)) {
        std::fprintf(stderr, "%s did not start, or did not end with 0\n", argv[4]);
        return 1;
    }
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::printf("{\"seconds\": %f, \"per_s\": %f, \"own_cpu_s\": %f, \"children_cpu_s\": %f}\n", took,
                static_cast<double>(count) / took, cpu_seconds(RUSAGE_SELF), cpu_seconds(RUSAGE_CHILDREN));
    return 0;
}
