#include "app/node/executor_role.hpp"

#include "services/execution_scheduler/execution_scheduler.hpp"
#include "services/janitor/janitor.hpp"
#include "services/rule_matcher/rule_matcher.hpp"

namespace attune::app {
namespace {

services::Janitor::Options janitor_options(const RetentionSettings& wanted) {
    services::Janitor::Options out;
    out.events = wanted.events;
    out.enforcements = wanted.enforcements;
    out.executions = wanted.executions;
    out.output = wanted.output;
    out.audit = wanted.audit;
    out.webhook_hits = wanted.webhook_hits;
    out.check_interval = wanted.check_interval;
    out.batch = wanted.batch_size;
    return out;
}

class ExecutorRole final : public RolePart {
public:
    explicit ExecutorRole(Infrastructure& shared)
        : shared_(shared), matcher_(shared.ports(shared.flow_loop),
                                    services::RuleMatcher::Options{.batch = shared.settings.events.batch}),
          scheduler_(shared.ports(shared.flow_loop),
                     services::ExecutionScheduler::Options{.lease = shared.settings.worker.lease,
                                                           .unschedulable_after =
                                                               shared.settings.executor.unschedulable_after}),
          janitor_(shared.ports(shared.flow_loop), janitor_options(shared.settings.retention)) {}

    void start() override {
        auto& group = shared_.flow_loop.group();
        group.spawn("rule matcher", [this] { return matcher_.run(); });
        group.spawn("execution scheduler", [this] { return scheduler_.run(); });
        if (shared_.settings.retention.enabled) group.spawn("janitor", [this] { return janitor_.run(); });
    }
    void stop() override { shared_.flow_loop.stop(); }

private:
    Infrastructure& shared_;
    services::RuleMatcher matcher_;
    services::ExecutionScheduler scheduler_;
    services::Janitor janitor_;
};

} // namespace

std::unique_ptr<RolePart> make_executor_role(Infrastructure& shared) {
    return std::make_unique<ExecutorRole>(shared);
}

} // namespace attune::app
