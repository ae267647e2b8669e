#include "app/node/sensor_role.hpp"

#include "services/timer_scheduler/timer_scheduler.hpp"

namespace attune::app {
namespace {

class SensorRole final : public RolePart {
public:
    explicit SensorRole(Infrastructure& shared)
        : shared_(shared), timers_(shared.ports(shared.timer_loop),
                                   services::TimerScheduler::Options{.batch = shared.settings.timers.batch}) {
        shared.armed_timers = [this] { return timers_.armed(); };
        shared.timers_proved = [this] { return timers_.proved(); };
    }

    void start() override {
        shared_.timer_loop.group().spawn("timer scheduler", [this] { return timers_.run(); });
    }
    void stop() override { shared_.timer_loop.stop(); }

private:
    Infrastructure& shared_;
    services::TimerScheduler timers_;
};

} // namespace

std::unique_ptr<RolePart> make_sensor_role(Infrastructure& shared) {
    return std::make_unique<SensorRole>(shared);
}

} // namespace attune::app
