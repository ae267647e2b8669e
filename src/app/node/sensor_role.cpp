#include "app/node/sensor_role.hpp"

#include "services/timer_scheduler/timer_scheduler.hpp"

namespace attune::app {
namespace {

constexpr Duration kProofIsOld = 60s;

class SensorRole final : public RolePart {
public:
    explicit SensorRole(Infrastructure& shared)
        : shared_(shared), timers_(shared.ports(shared.timer_loop),
                                   services::TimerScheduler::Options{.batch = shared.settings.timers.batch}) {
        shared.armed_timers = [this] { return timers_.armed(); };
        shared.timers_proved = [this] { return timers_.proved(); };
        shared.parts.emplace_back([this] { return state(); });
    }

    void start() override {
        shared_.timer_loop.group().spawn("timer scheduler", [this] { return timers_.run(); });
    }
    void stop() override { shared_.timer_loop.stop(); }

private:
    api::PartState state() const;

    Infrastructure& shared_;
    services::TimerScheduler timers_;
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

} // namespace

std::unique_ptr<RolePart> make_sensor_role(Infrastructure& shared) {
    return std::make_unique<SensorRole>(shared);
}

} // namespace attune::app
