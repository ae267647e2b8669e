#include "app/node/sensor_role.hpp"

#include "adapters/inotify/inotify_watcher.hpp"
#include "app/host_name.hpp"
#include "services/file_watcher/file_sensor.hpp"
#include "services/timer_scheduler/timer_scheduler.hpp"

namespace attune::app {
namespace {

constexpr Duration kProofIsOld = 60s;

services::FileSensor::Options file_options(const Settings& settings) {
    return {.host = host_name(), .is_alone = !settings.is_cluster()};
}

class SensorRole final : public RolePart {
public:
    explicit SensorRole(Infrastructure& shared)
        : shared_(shared), timers_(shared.ports(shared.timer_loop),
                                   services::TimerScheduler::Options{.batch = shared.settings.timers.batch}),
          watcher_(adapters::inotify::make_file_watcher(file_loop_.executor())),
          files_(shared.ports(file_loop_), *watcher_, file_options(shared.settings)) {
        shared.loops.add("files", file_loop_.executor());
        shared.armed_timers = [this] { return timers_.armed(); };
        shared.timers_proved = [this] { return timers_.proved(); };
        shared.parts.emplace_back([this] { return state(); });
        shared.parts.emplace_back([this] { return state_of_files(); });
    }

    void start() override {
        shared_.timer_loop.group().spawn("timer scheduler", [this] { return timers_.run(); });
        file_loop_.group().spawn("file sensor", [this] { return files_.run(); });
        file_loop_.group().spawn("file seats", [this] { return files_.follow(); });
        file_loop_.start("attune-files");
    }
    void stop() override {
        shared_.timer_loop.stop();
        file_loop_.stop();
        file_loop_.run(files_.leave());
        file_loop_.finish();
    }

private:
    api::PartState state() const;
    api::PartState state_of_files() const;

    Infrastructure& shared_;
    services::TimerScheduler timers_;
    Loop file_loop_; ///< of its own: it waits for disks
    std::unique_ptr<FileWatcher> watcher_;
    services::FileSensor files_;
};

/// Whether every armed timer has its deadline here: proved every few seconds, but for times of many changes.
api::PartState SensorRole::state() const {
    const auto proved = timers_.proved();
    if (!proved) return {"timers", api::PartStatus::failed, "the timers are not loaded yet"};
    const auto age = shared_.http_loop.clock().now() - *proved;
    if (age <= kProofIsOld) return {"timers"};
    return {"timers", api::PartStatus::degraded,
            fmt::format("it was last proved {} ago that every armed timer has its deadline",
                        format_duration(std::chrono::floor<std::chrono::seconds>(age)))};
}

/// Only how many: nobody has logged in here.
api::PartState SensorRole::state_of_files() const {
    const auto troubled = files_.state().troubles.size();
    if (troubled == 0) return {"files"};
    return {
        "files", api::PartStatus::degraded,
        fmt::format("the files of {} rules are not watched in full: `attune doctor` and the log say why", troubled)};
}

} // namespace

std::unique_ptr<RolePart> make_sensor_role(Infrastructure& shared) {
    return std::make_unique<SensorRole>(shared);
}

} // namespace attune::app
