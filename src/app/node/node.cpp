#include "app/node/node.hpp"

#include "app/data_directory.hpp"
#include "app/node/api_role.hpp"
#include "app/node/executor_role.hpp"
#include "app/node/health_role.hpp"
#include "app/node/notifier_role.hpp"
#include "app/node/sensor_role.hpp"
#include "app/node/worker_role.hpp"
#include "base/log.hpp"

#include <map>

namespace attune::app {
namespace {

/// In the order in which they are made: the worker tells its actions where the API of this process listens.
constexpr Role kMakingOrder[] = {Role::sensor, Role::executor, Role::api, Role::notifier, Role::worker};

class RoleNode final : public Node {
public:
    explicit RoleNode(const Settings& settings) : infrastructure_(settings) {}
    ~RoleNode() override { stop(); }

    Result<void> build(const Roles& roles);
    std::string url() const override { return infrastructure_.own_url; }
    std::string failure() const override { return infrastructure_.failure(); }
    void stop() override;
    void hurry() override {
        for (auto& [role, part] : parts_) part->hurry();
    }

private:
    Result<void> make(Role role);

    Infrastructure infrastructure_;
    std::map<Role, std::unique_ptr<RolePart>> parts_; ///< stopped in this order
    bool running_ = false;
};

Result<void> RoleNode::build(const Roles& roles) {
    CHECK(infrastructure_.open());
    if (handle_secrets(roles)) CHECK(infrastructure_.open_vault());
    for (const auto role : kMakingOrder) {
        if (roles.contains(role)) CHECK(make(role));
    }
    if (!roles.contains(Role::api) && !roles.contains(Role::notifier)) {
        // In the API's place: other roles are checked until they have stopped, too.
        TRY(parts_[Role::api], make_health_role(infrastructure_));
    }
    for (auto& [role, part] : parts_) part->start();
    infrastructure_.start_loops();
    running_ = true;
    return {};
}

Result<void> RoleNode::make(Role role) {
    auto& part = parts_[role];
    switch (role) {
    case Role::sensor: part = make_sensor_role(infrastructure_); return {};
    case Role::executor: part = make_executor_role(infrastructure_); return {};
    case Role::worker: return make_worker_role(infrastructure_, part);
    case Role::api: return make_api_role(infrastructure_, part);
    case Role::notifier: return make_notifier_role(infrastructure_, part);
    }
    return Error{Errc::internal, fmt::format("no process can have the role {}", enum_name(role))};
}

void RoleNode::stop() {
    if (!std::exchange(running_, false)) return;
    infrastructure_.is_stopping = true;
    log::info("stopping: timers, matching, worker (at most {}), API, database",
              format_duration(infrastructure_.settings.worker.shutdown_grace));
    for (auto& [role, part] : parts_) part->stop();
    infrastructure_.stop_loops();
}

} // namespace

Result<std::unique_ptr<Node>> Node::start(const Settings& settings, const Roles& roles) {
    CHECK(check_roles(roles, settings));
    CHECK(prepare_directories(settings));
    auto node = std::make_unique<RoleNode>(settings);
    CHECK(node->build(roles));
    return std::unique_ptr<Node>(std::move(node));
}

} // namespace attune::app
