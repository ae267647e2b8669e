#include "app/node/worker_identity.hpp"

#include "app/data_directory.hpp"
#include "app/host_name.hpp"
#include "base/text.hpp"
#include "services/worker/worker_name.hpp"

#include <filesystem>
#include <optional>

namespace attune::app {
namespace {

constexpr int kMostNames = 1000;

Error taken(const std::string& name, std::string_view by) {
    return Error{
        Errc::conflict,
        fmt::format("'{}' is the name of a worker that runs {}; give this one another, or none: then it is the "
                    "first of <host>, <host>-2, … that is free",
                    name, by),
        "worker.name"};
}

Result<std::string> node_id(Infrastructure& shared) {
    return secret_or_generated(shared.settings, {}, "node-id", shared.random);
}

Result<std::string> lock_folder(const Settings& settings) {
    auto folder = settings.data_dir + "/workers";
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        return Error{Errc::unavailable, fmt::format("cannot make the directory {}: {}", folder, failure.message()),
                     "data_dir"};
    }
    return folder;
}

/// Whether the name is at work in a process with another data directory. On a loop of its own: those of the process do
/// not run yet.
Result<bool> is_elsewhere(Infrastructure& shared, const std::string& name, const std::string& node) {
    Loop loop;
    loop.start("worker name");
    std::optional<Result<bool>> answer;
    loop.run([](Infrastructure& in, Clock& clock, std::string of, std::string here,
                std::optional<Result<bool>>& out) -> task<void> {
        out = co_await services::is_worker_elsewhere(*in.db, clock, std::move(of), std::move(here),
                                                     in.settings.worker.lease);
    }(shared, loop.clock(), name, node, answer));
    return *std::move(answer);
}

} // namespace

Result<WorkerIdentity> take_worker_identity(Infrastructure& shared) {
    const auto& wanted = shared.settings.worker.name;
    const auto host = host_name();
    TRY(const auto node, node_id(shared));
    TRY(const auto folder, lock_folder(shared.settings));
    for (int number = 1; number <= kMostNames; ++number) {
        const auto name = !wanted.empty() ? wanted : number == 1 ? host : fmt::format("{}-{}", host, number);
        auto lock = sqlite::FileLock::acquire(fmt::format("{}/{}.lock", folder, name));
        if (!lock && lock.error().code != Errc::conflict) return std::move(lock).error();
        if (!lock && !wanted.empty()) return taken(name, "on this machine with the same data directory");
        if (!lock) continue;
        TRY(const bool elsewhere, is_elsewhere(shared, name, node));
        if (!elsewhere) return WorkerIdentity{name, host, node, *std::move(lock)};
        if (!wanted.empty()) return taken(name, "elsewhere and renews its lease");
    }
    return taken(host, "here, as do its numbered ones");
}

} // namespace attune::app
