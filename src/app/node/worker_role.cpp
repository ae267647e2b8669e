#include "app/node/worker_role.hpp"

#include "adapters/crypto/crypto.hpp"
#include "adapters/subprocess/leftovers.hpp"
#include "adapters/subprocess/process_runner.hpp"
#include "adapters/yaml/parse_yaml.hpp"
#include "api/auth/execution_claims.hpp"
#include "app/node/core_pack.hpp"
#include "app/node/runtime_detector.hpp"
#include "app/node/worker_identity.hpp"
#include "app/pack_files.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "domain/execution.hpp"
#include "domain/pack.hpp"
#include "services/worker/worker.hpp"

#include <filesystem>
#include <set>

extern char** environ;

namespace attune::app {
namespace {

logic::action::Environment own_environment() {
    logic::action::Environment out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

logic::action::Environment server_environment() {
    return logic::action::base_environment(own_environment());
}

class WorkerRole final : public RolePart {
public:
    WorkerRole(Infrastructure& shared, const TokenSigner& signer, WorkerIdentity identity)
        : shared_(shared), signer_(signer), identity_(std::move(identity)),
          processes_(adapters::subprocess::make_process_runner(shared.flow_loop.executor())),
          detector_(*processes_, server_environment(), runtime_envs_dir()),
          group_(shared.flow_loop.executor(), shared.flow_loop.clock()),
          worker_(shared.ports(shared.flow_loop), *processes_, group_, shared.flow_loop.executor(), options()) {
        shared.parts.emplace_back([this]() -> api::PartState {
            auto trouble = worker_.trouble();
            if (!trouble) return {"worker"};
            return {"worker", api::PartStatus::failed, std::move(trouble)};
        });
    }

    void start() override {
        group_.spawn("worker", [this] { return worker_.run(); });
    }
    void stop() override {
        shared_.flow_loop.run(worker_.drain(shared_.settings.worker.shutdown_grace));
        shared_.flow_loop.stop(group_);
    }
    void hurry() override {
        asio::post(shared_.flow_loop.executor(), [this] { worker_.hurry(); });
    }

private:
    services::ActionWorker::Options options();
    services::ActionSurroundings surroundings();
    std::string runtime_envs_dir() const { return shared_.settings.data_dir + "/runtime_envs"; }

    Infrastructure& shared_;
    const TokenSigner& signer_;
    WorkerIdentity identity_;
    std::unique_ptr<ProcessRunner> processes_;
    RuntimeDetector detector_;
    ServiceGroup group_;
    services::ActionWorker worker_;
};

services::ActionWorker::Options WorkerRole::options() {
    const auto& wanted = shared_.settings.worker;
    services::ActionWorker::Options out;
    out.name = identity_.name;
    out.host = identity_.host;
    out.node = identity_.node;
    out.version = std::string(kVersion);
    // Checked when they were loaded.
    out.labels = logic::placement::parse_labels(wanted.labels, "worker.labels").value();
    out.taints = logic::placement::parse_taints(wanted.taints, "worker.taints").value();
    out.more_capabilities = wanted.capabilities;
    out.detect_runtimes = [this](std::vector<Runtime> known) { return detector_.detect(std::move(known)); };
    out.on_replaced = [this] {
        shared_.end_process(fmt::format("another process has taken over the name of worker {}", identity_.name));
    };
    out.slots = wanted.max_concurrent_tasks;
    out.lease = wanted.lease;
    out.surroundings = surroundings();
    out.end_leftovers = [instance = shared_.instance, name = out.name](const std::vector<ExecutionId>& recovered) {
        const std::set<ExecutionId> gone(recovered.begin(), recovered.end());
        const auto ended = adapters::subprocess::end_leftovers(
            instance, name, [&](std::int64_t id) { return gone.contains(ExecutionId{id}); });
        if (!ended) log::error("processes of an earlier life cannot be ended: {}", ended.error().text());
        if (ended && *ended > 0) log::warn("ended {} processes of an earlier life", *ended);
    };
    return out;
}

services::ActionSurroundings WorkerRole::surroundings() {
    const auto& settings = shared_.settings;
    services::ActionSurroundings out;
    out.base_environment = server_environment();
    out.api_url = shared_.api_url;
    out.packs_dir = settings.packs_dir;
    out.artifacts_dir = settings.data_dir + "/artifacts";
    out.runtime_envs_dir = runtime_envs_dir();
    out.instance_id = shared_.instance;
    out.default_timeout = settings.worker.default_timeout;
    out.output.log_limit = settings.worker.output_limit_bytes;
    out.output.inline_bytes =
        std::min(out.output.inline_bytes, static_cast<std::size_t>(settings.worker.output_limit_bytes));
    out.yaml = [](std::string_view text) { return adapters::yaml::parse_yaml(text, "stdout"); };
    out.file_exists = [](const std::string& path) {
        std::error_code ignored;
        return std::filesystem::exists(path, ignored);
    };
    out.build_environment = logic::action::build_environment(own_environment());
    out.environment_timeout = settings.worker.environment_timeout;
    out.read_file = [](const std::string& path) {
        auto text = read_file(path);
        return text ? std::optional(*std::move(text)) : std::nullopt;
    };
    out.digest = [digests = std::shared_ptr<Digests>(crypto::make_digests())](std::string_view text) {
        return hex_encode(digests->sha256(text));
    };
    out.make_token = [this](const Execution& execution, Duration timeout) {
        return signer_.sign(api::execution_claims(execution, shared_.flow_loop.clock().now(), timeout));
    };
    return out;
}

} // namespace

Result<void> make_worker_role(Infrastructure& shared, std::unique_ptr<RolePart>& made) {
    TRY(const auto* signer, shared.signer());
    CHECK(write_core_pack(shared));
    if (auto done = adapters::subprocess::become_subreaper(); !done) log::warn("{}", done.error().message);
    TRY(auto identity, take_worker_identity(shared));
    made = std::make_unique<WorkerRole>(shared, *signer, std::move(identity));
    return {};
}

} // namespace attune::app
