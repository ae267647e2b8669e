#include "adapters/subprocess/spawn.hpp"

#include "adapters/subprocess/children.hpp"
#include "adapters/subprocess/launch.hpp"
#include "adapters/subprocess/system_error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace attune::adapters::subprocess {
namespace {

/// Moves a descriptor out of the way of those that the child gets.
Result<UniqueFd> above_standard(int fd) {
    UniqueFd owned(fd);
    if (!owned) return system_error(Errc::unavailable, "no descriptor for a process");
    if (owned.get() > 3) return owned;
    UniqueFd moved(::fcntl(owned.get(), F_DUPFD_CLOEXEC, 4));
    if (!moved) return system_error(Errc::unavailable, "no descriptor for a process");
    return moved;
}

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error(Errc::unavailable, "no pipe for a process");
    UniqueFd second(ends[1]);
    Pipe pipe;
    TRY(pipe.read, above_standard(ends[0]));
    TRY(pipe.write, above_standard(second.release()));
    return pipe;
}

void make_non_blocking(const UniqueFd& fd) {
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

/// The script in memory that nobody can change any more, at its beginning.
Result<UniqueFd> make_script(const std::string& text) {
    TRY(auto file, above_standard(::memfd_create("script", MFD_CLOEXEC | MFD_ALLOW_SEALING)));
    for (std::string_view rest = text; !rest.empty();) {
        const auto written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_error(Errc::unavailable, "no memory for a script");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(file.get(), 0, SEEK_SET);
    ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    return file;
}

struct AllDescriptors {
    Pipe in; ///< or /dev/null in `read`
    Pipe out;
    Pipe err;
    UniqueFd script;
};

Result<AllDescriptors> make_descriptors(const ProcessSpec& spec) {
    AllDescriptors all;
    if (spec.input.empty()) {
        TRY(all.in.read, above_standard(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    } else {
        TRY(all.in, make_pipe());
        make_non_blocking(all.in.write);
    }
    TRY(all.out, make_pipe());
    TRY(all.err, make_pipe());
    make_non_blocking(all.out.read);
    make_non_blocking(all.err.read);
    if (!spec.script.empty()) {
        TRY(all.script, make_script(spec.script));
    }
    return all;
}

bool exists(const ProcessSpec& spec, const std::string& program) {
    const bool is_relative = !program.starts_with('/') && !spec.working_directory.empty();
    struct stat status{};
    return ::stat((is_relative ? spec.working_directory + '/' + program : program).c_str(), &status) == 0;
}

Error program_error(const ProcessSpec& spec, const std::string& program, int failure) {
    switch (failure) {
    case ENOENT:
    case ENOTDIR:
        if (exists(spec, program)) {
            return Error{Errc::not_found, fmt::format("the interpreter that {} names does not exist", program)};
        }
        return Error{Errc::not_found, fmt::format("no such program: {}", program)};
    case EACCES:
    case EPERM:
    case EISDIR: return Error{Errc::invalid, fmt::format("{} is not executable", program)};
    case ENOEXEC: return Error{Errc::invalid, fmt::format("{} is neither a program nor a script with #!", program)};
    case E2BIG: return Error{Errc::too_large, "the arguments and the environment are too large together"};
    default: return system_error(Errc::unavailable, fmt::format("cannot run {}", program), failure);
    }
}

Error launch_error(const ProcessSpec& spec, const std::string& program, const Launched& launched) {
    using Stage = Launched::Stage;
    const auto& directory = spec.working_directory;
    switch (launched.failed_stage) {
    case Stage::none: break;
    case Stage::create:
    case Stage::setup: return system_error(Errc::unavailable, "cannot make a process", launched.failure);
    case Stage::directory:
        if (launched.failure == ENOENT || launched.failure == ENOTDIR) {
            return Error{Errc::not_found, fmt::format("no such directory: {}", directory), "working_directory"};
        }
        return Error{Errc::invalid, fmt::format("cannot enter {}", directory), "working_directory"};
    case Stage::program: return program_error(spec, program, launched.failure);
    }
    return Error{Errc::internal, "a launch failed at no stage"};
}

} // namespace

Result<Spawned> spawn(const ProcessSpec& spec, std::string_view fallback_path) {
    TRY(const auto command, prepare_command(spec, fallback_path));
    TRY(auto all, make_descriptors(spec));
    const ChildDescriptors descriptors{all.in.read.get(), all.out.write.get(), all.err.write.get(), all.script.get()};
    auto launched = children::add_leader([&] {
        auto made = launch(command, descriptors);
        const bool runs = made.failed_stage == Launched::Stage::none;
        return std::pair{runs ? made.pid : -1, std::move(made)};
    });
    if (launched.failed_stage != Launched::Stage::none) return launch_error(spec, command.program, launched);
    return Spawned{launched.pid, std::move(launched.pidfd), std::move(all.in.write), std::move(all.out.read),
                   std::move(all.err.read)};
}

} // namespace attune::adapters::subprocess
