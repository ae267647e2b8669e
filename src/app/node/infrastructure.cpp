#include "app/node/infrastructure.hpp"

#include "app/data_directory.hpp"
#include "app/open_database.hpp"
#include "app/open_vault.hpp"
#include "app/process_measures.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "flow/generation.hpp"

#include <csignal>
#include <unistd.h>

namespace attune::app {
namespace {

std::string configured_url(const ServerSettings& server) {
    return server.public_url.empty() ? fmt::format("http://{}:{}", server.host, server.port) : server.public_url;
}

} // namespace

Infrastructure::Infrastructure(const Settings& given)
    : settings(given), loops(http_loop.clock()), api_url(configured_url(given.server)) {
    loops.add("timers", timer_loop.executor());
    loops.add("flow", flow_loop.executor());
    loops.add("http", http_loop.executor());
    measure_process(metrics, http_loop.clock().now());
}

api::ProcessProbe Infrastructure::probe() {
    return {.db = *db,
            .bus = *bus,
            .clock = http_loop.clock(),
            .group = http_loop.group(),
            .loops = loops,
            .metrics = metrics,
            .version = std::string(kVersion),
            .armed_timers = armed_timers,
            .is_stopping = [this] { return is_stopping.load(); },
            .timers_proved = timers_proved,
            .message_queue = message_queue,
            .parts =
                [this] {
                    std::vector<api::PartState> out;
                    for (const auto& ask : parts) out.push_back(ask());
                    return out;
                }};
}

Result<void> Infrastructure::open() {
    TRY(db, open_database(settings, http_loop.clock().now(), metrics));
    ids = std::make_unique<flow::IdAllocator>(*db);
    const auto uuid = hex_encode(random.bytes(16));
    TRY(instance, db->write_blocking(
                      [&](Session& session) { return flow::ensure_instance(session, uuid, http_loop.clock().now()); }));
    TRY(auto opened, open_bus(settings, random));
    bus = std::move(opened.bus);
    feed.emplace(live::FeedPorts{http_loop.clock(), *bus, *db, http_loop.executor(), http_loop.group()});
    announcements = opened.announcements;
    message_queue = std::move(opened.message_queue);
    return {};
}

void Infrastructure::start_loops() {
    timer_loop.start("attune-timers");
    flow_loop.start("attune-flow");
    http_loop.start("attune-http");
}

void Infrastructure::stop_loops() {
    http_loop.stop();
    http_loop.run(ids->give_back());
    timer_loop.finish();
    flow_loop.finish();
    http_loop.finish();
}

Result<TokenSigner*> Infrastructure::signer() {
    if (!signer_) {
        TRY(auto secret, secret_or_generated(settings, settings.security.jwt_secret, "jwt-secret", random));
        TRY(signer_, crypto::make_token_signer(std::move(secret)));
    }
    return signer_.get();
}

Result<void> Infrastructure::open_vault() {
    TRY(vault, app::open_vault(settings, *db, random));
    return {};
}

void Infrastructure::end_process(std::string why) {
    {
        const std::lock_guard lock(failure_mutex_);
        if (!failure_.empty()) return;
        failure_ = std::move(why);
    }
    ::kill(::getpid(), SIGTERM);
}

std::string Infrastructure::failure() const {
    const std::lock_guard lock(failure_mutex_);
    return failure_;
}

} // namespace attune::app
