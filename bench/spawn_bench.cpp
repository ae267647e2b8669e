// How many programs a second the runner starts and reaps, beside the least that the system needs for the same: a loop
// of posix_spawn and waitpid. Output goes through pipes in the runner, to /dev/null in the loop.
#include "adapters/subprocess/process_runner.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

namespace attune {
namespace {

/// Memory that the server holds: a fork would copy its page tables.
std::vector<char> make_ballast(std::int64_t megabytes) {
    return std::vector<char>(static_cast<std::size_t>(megabytes) << 20U, 'x');
}

void bare_posix_spawn(benchmark::State& state) {
    auto ballast = make_ballast(state.range(0));
    benchmark::DoNotOptimize(ballast.data());
    char program[] = "/bin/true";
    char* argv[] = {program, nullptr};
    char* envp[] = {nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (auto _ : state) {
        pid_t pid = 0;
        if (::posix_spawn(&pid, program, &actions, nullptr, argv, envp) != 0) return state.SkipWithError("no process");
        ::waitpid(pid, nullptr, 0);
    }
    ::posix_spawn_file_actions_destroy(&actions);
    state.SetItemsProcessed(state.iterations());
}

/// Arguments: megabytes held, programs at once.
void process_runner(benchmark::State& state) {
    auto ballast = make_ballast(state.range(0));
    benchmark::DoNotOptimize(ballast.data());
    asio::io_context loop;
    const auto runner = adapters::subprocess::make_process_runner(loop.get_executor());
    std::int64_t failures = 0;
    const auto run_one = [&]() -> task<void> {
        ProcessSpec spec;
        spec.argv = {"/bin/true"};
        const auto exit = co_await runner->run(std::move(spec), {});
        if (!exit) ++failures;
    };
    for (auto _ : state) {
        for (std::int64_t i = 0; i < state.range(1); ++i) {
            asio::co_spawn(loop, run_one(), [](const std::exception_ptr&) {});
        }
        loop.restart();
        loop.run();
    }
    if (failures > 0) state.SkipWithError("some programs did not run");
    state.SetItemsProcessed(state.iterations() * state.range(1));
}

BENCHMARK(bare_posix_spawn)->Arg(0)->Arg(500)->UseRealTime();
BENCHMARK(process_runner)->Args({0, 1})->Args({0, 16})->Args({500, 1})->Args({500, 16})->UseRealTime();

} // namespace
} // namespace attune

BENCHMARK_MAIN();
