#include "adapters/subprocess/process_runner.hpp"

#include "adapters/subprocess/test_run.hpp"
#include "base/text.hpp"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace attune::adapters::subprocess {
namespace {

struct Ran {
    Result<ProcessExit> exit = ProcessExit{};
    std::string out;
    std::string err;
    std::int64_t pid = 0;
};

class ProcessRunnerTest : public testing::Test {
protected:
    static ProcessSpec shell(std::string code) {
        return {.argv = {"/bin/sh", "-c", std::move(code)}, .environment = {{"PATH", "/usr/bin:/bin"}}};
    }

    ProcessRunner::Watch watch(Ran& ran) {
        ProcessRunner::Watch out;
        out.started = [&](std::int64_t pid) { ran.pid = pid; };
        out.output = [&](OutputStream stream, std::string_view text) {
            (stream == OutputStream::out ? ran.out : ran.err) += text;
        };
        return out;
    }

    task<void> run_into(Ran& ran, ProcessSpec spec) {
        auto watching = watch(ran);
        ran.exit = co_await runner_->run(std::move(spec), std::move(watching));
    }

    Ran run(ProcessSpec spec) {
        Ran ran;
        run_to_end(loop_, run_into(ran, std::move(spec)));
        return ran;
    }

    std::string error_of(ProcessSpec spec) {
        const auto ran = run(std::move(spec));
        if (ran.exit) return "none";
        const bool expected = ran.pid == 0 && ran.exit.error().code != Errc::internal;
        return (expected ? "" : "UNEXPECTED ") + ran.exit.error().text();
    }

    std::string file(const std::string& name, const std::string& text, mode_t mode) {
        auto path = testing::TempDir() + "attune_subprocess_" + name;
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
        return path;
    }

    asio::io_context loop_;
    std::unique_ptr<ProcessRunner> runner_ = make_process_runner(loop_.get_executor());
};

TEST_F(ProcessRunnerTest, TellsTheExitCode) {
    for (const int code : {0, 1, 3, 255}) {
        const auto ran = run(shell(fmt::format("exit {}", code)));
        ASSERT_TRUE(ran.exit) << ran.exit.error().text();
        EXPECT_EQ(ran.exit->exit_code, code);
        EXPECT_EQ(ran.exit->signal, 0);
        EXPECT_GT(ran.pid, 0);
    }
}

TEST_F(ProcessRunnerTest, TellsTheSignalThatEndedIt) {
    const auto ran = run(shell("kill -9 $$"));

    EXPECT_EQ(ran.exit->exit_code, -1);
    EXPECT_EQ(ran.exit->signal, SIGKILL);
}

TEST_F(ProcessRunnerTest, KeepsTheTwoStreamsApart) {
    const auto ran = run(shell("echo out; echo err >&2"));

    EXPECT_EQ(ran.out, "out\n");
    EXPECT_EQ(ran.err, "err\n");
}

TEST_F(ProcessRunnerTest, LooksUpNamesInTheChildsPath) {
    EXPECT_EQ(run({.argv = {"echo", "hi"}, .environment = {{"PATH", "relative:/nowhere:/bin"}}}).out, "hi\n");
    EXPECT_EQ(run({.argv = {"echo", "hi"}}).out, "hi\n");
    EXPECT_EQ(run({.argv = {"./sh", "-c", "echo hi"}, .working_directory = "/bin"}).out, "hi\n");
}

TEST_F(ProcessRunnerTest, EchoesAMebibyteOfInput) {
    auto spec = shell("cat");
    for (int i = 0; i < 65536; ++i) spec.input += fmt::format("{:015}\n", i);
    const auto input = spec.input;

    const auto ran = run(std::move(spec));

    EXPECT_EQ(ran.exit->exit_code, 0);
    EXPECT_EQ(ran.out.size(), input.size());
    EXPECT_TRUE(ran.out == input);
}

TEST_F(ProcessRunnerTest, EndsTheInputOfAProgramThatHasNone) {
    EXPECT_EQ(run(shell("cat; echo end")).out, "end\n");
}

TEST_F(ProcessRunnerTest, SurvivesAProgramThatDoesNotReadItsInput) {
    auto spec = shell("exec 0<&-; echo done");
    spec.input = std::string(1'000'000, 'x');

    const auto ran = run(std::move(spec));

    EXPECT_EQ(ran.exit->exit_code, 0);
    EXPECT_EQ(ran.out, "done\n");
}

TEST_F(ProcessRunnerTest, TakesFiftyMegabytesOfOutputInPieces) {
    std::size_t total = 0;
    std::size_t largest = 0;
    ProcessRunner::Watch watching;
    watching.output = [&](OutputStream, std::string_view text) {
        total += text.size();
        largest = std::max(largest, text.size());
    };
    Result<ProcessExit> exit = ProcessExit{};
    const auto work = [&]() -> task<void> {
        exit = co_await runner_->run(shell("head -c 50000000 /dev/zero"), watching);
    };

    run_to_end(loop_, work());

    EXPECT_EQ(exit->exit_code, 0);
    EXPECT_EQ(total, 50'000'000U);
    EXPECT_LE(largest, 64U * 1024);
}

TEST_F(ProcessRunnerTest, SaysClearlyWhyAProgramCannotRun) {
    const auto plain = file("plain", "echo hi\n", 0644);
    const auto no_line = file("no_line", "\x01\x02", 0755);
    const auto no_interpreter = file("no_interpreter", "#!/nowhere/sh\n", 0755);
    const struct {
        ProcessSpec spec;
        std::string expected;
    } rows[] = {
        {{.argv = {}}, "argv: names no program"},
        {{.argv = {"/nowhere/tool"}}, "no such program: /nowhere/tool"},
        {{.argv = {"no-such-tool"}, .environment = {{"PATH", "/bin"}}}, "no program no-such-tool in PATH (/bin)"},
        {{.argv = {plain}}, plain + " is not executable"},
        {{.argv = {"/bin"}}, "/bin is not executable"},
        {{.argv = {no_line}}, no_line + " is neither a program nor a script with #!"},
        {{.argv = {no_interpreter}}, "the interpreter that " + no_interpreter + " names does not exist"},
        {{.argv = {"/bin/true"}, .working_directory = "/nowhere"}, "working_directory: no such directory: /nowhere"},
        {{.argv = {"/bin/true"}, .working_directory = plain}, "working_directory: no such directory: " + plain},
        {{.argv = {"/bin/true", std::string("a\0b", 3)}}, "argv: must not hold U+0000"},
        {{.argv = {"/bin/true"}, .environment = {{"A=B", "x"}}}, "environment: 'A=B' is not a variable's name"},
        {{.argv = {"/bin/true", std::string(3'000'000, 'x')}},
         "the arguments and the environment are too large together"},
    };

    for (const auto& row : rows) EXPECT_EQ(error_of(row.spec), row.expected);
    EXPECT_EQ(run({.argv = {"/nowhere/tool"}}).exit.error().code, Errc::not_found);
    EXPECT_EQ(run({.argv = {plain}}).exit.error().code, Errc::invalid);
    EXPECT_EQ(run({.argv = {"/bin/true"}, .working_directory = "/nowhere"}).exit.error().code, Errc::not_found);
}

TEST_F(ProcessRunnerTest, RunsInTheWorkingDirectory) {
    auto spec = shell("pwd");
    spec.working_directory = "/usr";

    EXPECT_EQ(run(std::move(spec)).out, "/usr\n");
}

TEST_F(ProcessRunnerTest, GivesExactlyTheEnvironment) {
    ::setenv("ATTUNE_SERVER_SECRET", "x", 1);

    EXPECT_EQ(run({.argv = {"/usr/bin/env"}, .environment = {{"B", "2"}, {"A", "x=y\nz"}}}).out, "B=2\nA=x=y\nz\n");
}

TEST_F(ProcessRunnerTest, GivesACleanStart) {
    const auto fds = run({.argv = {"/bin/ls", "/proc/self/fd"}});
    EXPECT_EQ(fds.out, "0\n1\n2\n3\n"); // 3 is ls's own

    const auto group = run(shell("cut -d' ' -f5 /proc/$$/stat"));
    EXPECT_EQ(group.out, fmt::format("{}\n", group.pid));

    const auto status = run({.argv = {"/bin/cat", "/proc/self/status"}});
    EXPECT_THAT(status.out, testing::HasSubstr("SigBlk:\t0000000000000000\n"));
#ifndef ATTUNE_SANITIZED // posix_spawn leaves the C library's own two signals ignored
    EXPECT_THAT(status.out, testing::HasSubstr("SigIgn:\t0000000000000000\n"));
#endif
}

TEST_F(ProcessRunnerTest, HandsOverAScriptThatIsOnNoDisk) {
    ProcessSpec spec{.argv = {"/bin/bash", "/dev/fd/3"}, .environment = {{"PATH", "/bin"}}};
    spec.script = "read -r line; echo \"$line from $0\"; (echo x >&3) 2>/dev/null || echo sealed\n";
    spec.input = "hello\n";

    EXPECT_EQ(run(std::move(spec)).out, "hello from /dev/fd/3\nsealed\n");
}

TEST_F(ProcessRunnerTest, RunsSixteenAtOnce) {
    std::vector<Ran> rans(16);
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < rans.size(); ++i) {
        asio::co_spawn(loop_, run_into(rans[i], shell(fmt::format("sleep 0.5; echo {}; exit {}", i, i))),
                       [](const std::exception_ptr&) {});
    }

    loop_.run();

    for (std::size_t i = 0; i < rans.size(); ++i) {
        EXPECT_EQ(rans[i].exit->exit_code, static_cast<int>(i));
        EXPECT_EQ(rans[i].out, fmt::format("{}\n", i));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{5});
}

TEST_F(ProcessRunnerTest, DoesNotWaitForWhatStaysInTheBackground) {
    const auto begun = std::chrono::steady_clock::now();

    const auto ran = run(shell("sleep 30 & echo $!"));

    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{3});
    EXPECT_EQ(ran.exit->exit_code, 0);
    const auto background = static_cast<pid_t>(std::stol(ran.out));
    EXPECT_TRUE(is_running(background));
    ::kill(background, SIGKILL);
}

TEST_F(ProcessRunnerTest, LeaksNoDescriptorAndNoZombie) {
    run(shell("true"));
    const auto before = open_descriptors();

    for (int i = 0; i < 20; ++i) {
        auto spec = shell("cat; echo x >&2");
        spec.input = "y";
        spec.script = "z";
        EXPECT_EQ(run(std::move(spec)).out, "y");
        run({.argv = {"/nowhere/tool"}, .input = "y", .script = "z"});
    }

    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(zombie_children(), 0U);
}

#ifndef ATTUNE_SANITIZED
TEST_F(ProcessRunnerTest, KillsItsProgramsWhenItEnds) {
    Ran ran;
    asio::co_spawn(loop_, run_into(ran, shell("exec sleep 60")), [](const std::exception_ptr&) {});
    while (ran.pid == 0) loop_.run_one();

    runner_.reset();

    EXPECT_TRUE(eventually([&] { return !is_running(static_cast<pid_t>(ran.pid)); }));
}
#endif

} // namespace
} // namespace attune::adapters::subprocess
