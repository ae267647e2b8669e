#include "app/node.hpp"

#include "adapters/archive/unpack.hpp"
#include "adapters/blocking_pool/blocking_pool.hpp"
#include "adapters/crypto/crypto.hpp"
#include "adapters/http/http_server.hpp"
#include "adapters/icalendar/read_icalendar.hpp"
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/subprocess/leftovers.hpp"
#include "adapters/subprocess/process_runner.hpp"
#include "adapters/system_random/system_random.hpp"
#include "adapters/yaml/parse_yaml.hpp"
#include "api/auth/bearer.hpp"
#include "api/auth/standings.hpp"
#include "api/bootstrap.hpp"
#include "api/openapi.hpp"
#include "api/routes/definitions_api.hpp"
#include "api/routes/flow_api.hpp"
#include "api/routes/pack_files.hpp"
#include "app/data_directory.hpp"
#include "app/loop.hpp"
#include "app/open_database.hpp"
#include "app/pack_files.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "flow/generation.hpp"
#include "services/execution_scheduler/execution_scheduler.hpp"
#include "services/janitor/janitor.hpp"
#include "services/rule_matcher/rule_matcher.hpp"
#include "services/timer_scheduler/timer_scheduler.hpp"
#include "services/worker/worker.hpp"

#include <atomic>
#include <filesystem>
#include <set>
#include <unistd.h>

extern char** environ;

namespace attune::app {
namespace {

const Query kAdministrators{
    "identity.administrators",
    "select count(*) from permission_assignment a join permission_set p on p.id = a.permset where p.ref = $1"};

std::string host_name() {
    char name[256] = "localhost";
    ::gethostname(name, sizeof name - 1);
    return name;
}

logic::action::Environment server_environment() {
    logic::action::Environment out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return logic::action::base_environment(out);
}

class EmbeddedNode final : public Node {
public:
    explicit EmbeddedNode(const Settings& settings)
        : settings_(settings), bus_(make_memory_bus(4096, !settings.is_cluster())) {}
    ~EmbeddedNode() override { stop(); }

    Result<void> build();
    std::string url() const override {
        return fmt::format("http://{}",
                           http_->addresses().empty() ? settings_.server.host : http_->addresses().front());
    }
    std::string password_file() const override {
        return std::filesystem::exists(password_path()) ? password_path() : "";
    }
    void stop() override;
    void hurry() override {
        asio::post(flow_loop_.executor(), [this] { worker_->hurry(); });
    }

private:
    std::string password_path() const { return settings_.data_dir + "/admin-password"; }
    Result<void> open_database();
    Result<void> end_interrupted_installations() const;
    Result<void> load_core_pack();
    Result<void> make_administrator();
    Result<void> build_security();
    api::Context make_context();
    Result<void> start_api();
    void start_services();
    services::Ports ports(Loop& loop) { return {loop.clock(), *bus_, *db_, random_, *ids_}; }
    services::ActionWorker::Options worker_options();
    services::Janitor::Options janitor_options() const;
    http::HttpServerOptions http_options() const;

    Settings settings_;
    SystemRandom random_;
    std::unique_ptr<Database> db_;
    std::unique_ptr<Bus> bus_;
    std::unique_ptr<flow::IdAllocator> ids_;
    std::string instance_;
    std::unique_ptr<BlockingPool> pool_;
    std::unique_ptr<api::PasswordHasher> hasher_;
    std::unique_ptr<api::TokenSigner> signer_;
    std::unique_ptr<api::Digests> digests_ = crypto::make_digests();
    Loop timer_loop_;
    Loop flow_loop_;
    Loop http_loop_;
    std::unique_ptr<ProcessRunner> processes_;
    std::unique_ptr<services::TimerScheduler> timers_;
    std::unique_ptr<services::RuleMatcher> matcher_;
    std::unique_ptr<services::ExecutionScheduler> scheduler_;
    std::unique_ptr<services::Janitor> janitor_;
    std::unique_ptr<services::ActionWorker> worker_;
    std::unique_ptr<ServiceGroup> worker_group_;
    std::unique_ptr<api::Context> context_;
    std::unique_ptr<api::DatabaseStandings> standings_;
    std::unique_ptr<api::BearerAuthenticator> authenticator_;
    std::unique_ptr<api::Router> router_;
    std::unique_ptr<api::DocsRoutes> docs_;
    std::unique_ptr<api::DefinitionsApi> definitions_api_;
    std::unique_ptr<api::FlowApi> flow_api_;
    std::unique_ptr<http::HttpServer> http_;
    bool running_ = false;
    std::atomic<bool> stopping_ = false;
};

Result<void> EmbeddedNode::build() {
    CHECK(prepare_directories(settings_));
    CHECK(open_database());
    CHECK(build_security());
    CHECK(end_interrupted_installations());
    CHECK(load_core_pack());
    CHECK(make_administrator());
    if (auto done = adapters::subprocess::become_subreaper(); !done) log::warn("{}", done.error().message);
    processes_ = adapters::subprocess::make_process_runner(flow_loop_.executor());
    CHECK(start_api());
    start_services();
    return {};
}

Result<void> EmbeddedNode::open_database() {
    TRY(db_, app::open_database(settings_, http_loop_.clock().now()));
    ids_ = std::make_unique<flow::IdAllocator>(*db_);
    const auto uuid = hex_encode(random_.bytes(16));
    TRY(instance_, db_->write_blocking([&](Session& session) {
        return flow::ensure_instance(session, uuid, http_loop_.clock().now());
    }));
    return {};
}

Result<void> EmbeddedNode::build_security() {
    pool_ = make_blocking_pool(settings_.security.password_hash_threads, 64);
    hasher_ = crypto::make_password_hasher(random_);
    TRY(auto secret, secret_or_generated(settings_, settings_.security.jwt_secret, "jwt-secret", random_));
    TRY(signer_, crypto::make_token_signer(std::move(secret)));
    return {};
}

/// After the database is ours: nobody else installs packs here then.
Result<void> EmbeddedNode::end_interrupted_installations() const {
    TRY(const auto done, api::end_interrupted_installations(settings_.packs_dir));
    for (const auto& what : done) log::warn("an installation of a pack was interrupted: {}", what);
    return {};
}

/// The core pack comes with the program: its files and its rows are brought up to date when they differ.
Result<void> EmbeddedNode::load_core_pack() {
    TRY(auto loaded, load_pack(core_pack()));
    std::string all;
    for (const auto& [name, file] : loaded.files)
        all += fmt::format("{}\n{}\n{}\n", name, file.content.size(), file.content);
    const auto checksum = hex_encode(digests_->sha256(all));
    const auto folder = settings_.packs_dir + "/core";
    TRY(const auto known, db_->write_blocking([](Session& session) { return flow::find_pack(session, "core"); }));
    const bool current = known && known->checksum == checksum;
    if (!current || !std::filesystem::exists(folder)) CHECK(write_directory(folder, loaded.files));
    if (current) return {};
    auto& pack = loaded.contents.pack;
    pack.is_standard = true;
    pack.checksum = checksum;
    pack.source_type = "builtin";
    pack.storage_path = folder;
    TRY(const auto installed, db_->write_blocking([&](Session& session) -> Result<flow::InstalledPack> {
        // Of several servers that start at once, the others wait here and then find nothing left to change.
        CHECK(flow::lock_definitions(session));
        return flow::install_pack(session, loaded.contents, http_loop_.clock().now());
    }));
    for (const auto& warning : installed.warnings) log::warn("core pack: {}", warning);
    return {};
}

/// The first administrator, when there is none. A generated password is on disk before the account exists.
Result<void> EmbeddedNode::make_administrator() {
    TRY(const auto known, db_->write_blocking([](Session& session) {
        return session.scalar<std::int64_t>(kAdministrators, api::kAdminSet);
    }));
    if (known.value_or(0) > 0) return {};
    auto password = settings_.bootstrap.admin_password.reveal();
    const bool generated = password.empty();
    if (generated && settings_.is_cluster()) {
        return invalid("bootstrap.admin_password",
                       "is required at the first start with PostgreSQL, while there is no administrator");
    }
    if (generated) {
        password = base64url_encode(random_.bytes(18));
        CHECK(write_private_file(password_path(), password + "\n"));
    }
    TRY(const auto hash, hasher_->hash(password));
    TRY(const auto made, db_->write_blocking([&](Session& session) {
        return api::create_first_admin(session, settings_.bootstrap.admin_login, hash, http_loop_.clock().now());
    }));
    if (!made) return {};
    log::info("made the administrator '{}'", settings_.bootstrap.admin_login);
    if (!generated) return {};
    log::info("its password is in {}", password_path());
    if (::isatty(STDERR_FILENO) != 0)
        fmt::print(stderr, "\n  Administrator: {}\n  Password:      {}\n\n", settings_.bootstrap.admin_login, password);
    return {};
}

api::Context EmbeddedNode::make_context() {
    api::Context::Options options;
    options.version = ATTUNE_VERSION;
    options.packs_dir = settings_.packs_dir;
    options.admin_password_file = password_path();
    options.admin_login = settings_.bootstrap.admin_login;
    options.allow_self_registration = settings_.security.allow_self_registration;
    options.access_token_ttl = settings_.security.access_token_ttl;
    options.refresh_token_ttl = settings_.security.refresh_token_ttl;
    options.login.per_login = settings_.security.login_attempts;
    options.login.per_address = settings_.security.login_attempts_per_address;
    options.login.window = settings_.security.login_window;
    options.payload_limit = settings_.events.payload_limit_bytes;
    options.upload_limit = settings_.server.upload_limit_bytes;
    return api::Context{http_loop_.clock(),
                        *bus_,
                        *db_,
                        random_,
                        *ids_,
                        *pool_,
                        *signer_,
                        *hasher_,
                        *digests_,
                        http_loop_.executor(),
                        options,
                        [](const std::string& folder) -> Result<api::LoadedPack> {
                            TRY(auto files, read_directory(folder));
                            return load_pack(std::move(files));
                        },
                        [](std::string_view archive) -> Result<api::LoadedPack> {
                            TRY(auto files, adapters::archive::unpack_tar_gz(archive));
                            return load_pack(std::move(files));
                        },
                        [this] { return timers_ ? timers_->armed() : 0; },
                        [this] { return stopping_.load(); },
                        [this] { return timers_ ? timers_->proved() : std::nullopt; },
                        &adapters::icalendar::read_icalendar};
}

http::HttpServerOptions EmbeddedNode::http_options() const {
    http::HttpServerOptions out;
    out.header_bytes = settings_.server.header_limit_bytes;
    out.connections = settings_.server.max_connections;
    out.header_timeout = settings_.server.header_timeout;
    out.idle_timeout = settings_.server.idle_timeout;
    out.body_timeout = settings_.server.body_timeout;
    return out;
}

Result<void> EmbeddedNode::start_api() {
    context_ = std::make_unique<api::Context>(make_context());
    standings_ = std::make_unique<api::DatabaseStandings>(*db_);
    authenticator_ = std::make_unique<api::BearerAuthenticator>(*signer_, *standings_, http_loop_.clock());
    router_ = std::make_unique<api::Router>(*authenticator_);
    router_->body_limit_unless_declared(settings_.server.body_limit_bytes);
    definitions_api_ = std::make_unique<api::DefinitionsApi>(*context_);
    definitions_api_->declare(*router_);
    flow_api_ = std::make_unique<api::FlowApi>(*context_, http_loop_.group());
    flow_api_->declare(*router_);
    docs_ = std::make_unique<api::DocsRoutes>(*router_);
    docs_->declare(*router_);
    http_ = std::make_unique<http::HttpServer>(http_loop_.executor(), *router_, http_options());
    if (auto listening = http_->listen(settings_.server.host, settings_.server.port); !listening) {
        auto error = listening.error();
        error.message += fmt::format(" (settings server.host and server.port; another port: ATTUNE__SERVER__PORT={})",
                                     settings_.server.port + 1);
        return error;
    }
    return {};
}

services::ActionWorker::Options EmbeddedNode::worker_options() {
    services::ActionWorker::Options out;
    out.name = settings_.worker.name.empty() ? host_name() : settings_.worker.name;
    out.host = host_name();
    out.slots = settings_.worker.max_concurrent_tasks;
    out.lease = settings_.worker.lease;
    auto& around = out.surroundings;
    around.base_environment = server_environment();
    around.api_url = settings_.server.public_url.empty() ? url() : settings_.server.public_url;
    around.packs_dir = settings_.packs_dir;
    around.artifacts_dir = settings_.data_dir + "/artifacts";
    around.runtime_envs_dir = settings_.data_dir + "/runtime_envs";
    around.instance_id = instance_;
    around.default_timeout = settings_.worker.default_timeout;
    around.output.log_limit = settings_.worker.output_limit_bytes;
    around.output.inline_bytes =
        std::min(around.output.inline_bytes, static_cast<std::size_t>(settings_.worker.output_limit_bytes));
    around.yaml = [](std::string_view text) { return adapters::yaml::parse_yaml(text, "stdout"); };
    around.file_exists = [](const std::string& path) {
        std::error_code ignored;
        return std::filesystem::exists(path, ignored);
    };
    around.make_token = [this](const Execution& execution, Duration timeout) {
        const auto now = std::chrono::floor<std::chrono::seconds>(flow_loop_.clock().now()).time_since_epoch().count();
        api::Claims claims;
        claims.sub = std::to_string(execution.executor.value_or(IdentityId{1}).value);
        claims.login = fmt::format("execution:{}", execution.id.value);
        claims.iat = now;
        claims.exp = now + timeout / 1s + 60;
        claims.token_type.emplace(api::TokenType::execution);
        claims.scope.emplace("execution");
        claims.metadata.emplace(
            json::object{{"execution_id", execution.id.value},
                         {"action_ref", execution.action_ref},
                         {"permission_set_refs", to_json(execution.permission_set_refs)},
                         {"standard_access_action_refs", json::array{json::string(execution.action_ref)}},
                         {"standard_access_pack_refs", json::array{json::string(pack_of(execution.action_ref))}}});
        return signer_->sign(claims);
    };
    out.end_leftovers = [instance = instance_, name = out.name](const std::vector<ExecutionId>& recovered) {
        const std::set<ExecutionId> gone(recovered.begin(), recovered.end());
        const auto ended = adapters::subprocess::end_leftovers(
            instance, name, [&](std::int64_t id) { return gone.contains(ExecutionId{id}); });
        if (!ended) log::error("processes of an earlier life cannot be ended: {}", ended.error().text());
        if (ended && *ended > 0) log::warn("ended {} processes of an earlier life", *ended);
    };
    return out;
}

services::Janitor::Options EmbeddedNode::janitor_options() const {
    services::Janitor::Options out;
    const auto& wanted = settings_.retention;
    out.events = wanted.events;
    out.enforcements = wanted.enforcements;
    out.executions = wanted.executions;
    out.output = wanted.output;
    out.check_interval = wanted.check_interval;
    out.batch = wanted.batch_size;
    return out;
}

void EmbeddedNode::start_services() {
    timers_ = std::make_unique<services::TimerScheduler>(
        ports(timer_loop_), services::TimerScheduler::Options{.batch = settings_.timers.batch});
    matcher_ = std::make_unique<services::RuleMatcher>(ports(flow_loop_),
                                                       services::RuleMatcher::Options{.batch = settings_.events.batch});
    scheduler_ = std::make_unique<services::ExecutionScheduler>(
        ports(flow_loop_), services::ExecutionScheduler::Options{.lease = settings_.worker.lease});
    janitor_ = std::make_unique<services::Janitor>(ports(flow_loop_), janitor_options());
    worker_group_ = std::make_unique<ServiceGroup>(flow_loop_.executor(), flow_loop_.clock());
    worker_ = std::make_unique<services::ActionWorker>(ports(flow_loop_), *processes_, *worker_group_,
                                                       flow_loop_.executor(), worker_options());
    timer_loop_.group().spawn("timer scheduler", [this] { return timers_->run(); });
    flow_loop_.group().spawn("rule matcher", [this] { return matcher_->run(); });
    flow_loop_.group().spawn("execution scheduler", [this] { return scheduler_->run(); });
    if (settings_.retention.enabled) flow_loop_.group().spawn("janitor", [this] { return janitor_->run(); });
    worker_group_->spawn("worker", [this] { return worker_->run(); });
    timer_loop_.start();
    flow_loop_.start();
    http_loop_.start();
    running_ = true;
}

void EmbeddedNode::stop() {
    if (!std::exchange(running_, false)) return;
    stopping_ = true;
    log::info("stopping: timers, matching, worker (at most {}), API, database",
              format_duration(settings_.worker.shutdown_grace));
    timer_loop_.stop();
    flow_loop_.stop();
    flow_loop_.run(worker_->drain(settings_.worker.shutdown_grace));
    flow_loop_.stop(*worker_group_);
    http_loop_.run([](http::HttpServer& server) -> task<void> {
        server.request_stop();
        co_await server.join();
    }(*http_));
    http_loop_.stop();
    http_loop_.run(ids_->give_back());
    timer_loop_.finish();
    flow_loop_.finish();
    http_loop_.finish();
}

} // namespace

Result<std::unique_ptr<Node>> Node::start(const Settings& settings) {
    auto node = std::make_unique<EmbeddedNode>(settings);
    CHECK(node->build());
    return std::unique_ptr<Node>(std::move(node));
}

} // namespace attune::app
