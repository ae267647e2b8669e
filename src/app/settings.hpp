#pragma once
#include "app/connection_url.hpp"
#include "app/secret.hpp"
#include "base/reflect.hpp"

#include <cstdint>
#include <string>

/// Every setting of the server with its default. setting_docs.cpp says what each one means and within which bounds it
/// may lie; docs/reference/settings.md is made of both.
namespace attune::app {

struct ServerSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string public_url;
    std::vector<std::string> trusted_proxies;
    std::uint32_t max_connections = 1024;
    std::uint64_t header_limit_bytes = 64 * 1024;
    std::uint64_t body_limit_bytes = 4 * 1024 * 1024;
    std::uint64_t upload_limit_bytes = 100 * 1024 * 1024;
    Duration header_timeout = 10s;
    Duration body_timeout = 60s;
    Duration idle_timeout = 60s;
};
ATTUNE_STRUCT(ServerSettings);

struct HealthSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};
ATTUNE_STRUCT(HealthSettings);

struct NotifierSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8081;
    std::uint32_t max_clients = 500;
    std::uint32_t max_subscriptions = 100;
    std::uint32_t queue_limit = 1000;
};
ATTUNE_STRUCT(NotifierSettings);

/// When reading the metrics needs a login: `remote` is when the address can be reached from other machines.
enum class MetricsLogin { remote, always, never };
ATTUNE_ENUM(MetricsLogin, remote, always, never)

struct MetricsSettings {
    bool enabled = true;
    MetricsLogin login = MetricsLogin::remote;
};
ATTUNE_STRUCT(MetricsSettings);

struct DatabaseSettings {
    ConnectionUrl url;
    std::uint32_t max_connections = 8;
    Duration statement_timeout = 30s;
};
ATTUNE_STRUCT(DatabaseSettings);

struct MessageQueueSettings {
    ConnectionUrl url;
};
ATTUNE_STRUCT(MessageQueueSettings);

struct SecuritySettings {
    Secret jwt_secret;
    Secret encryption_key;
    Secret previous_encryption_keys;
    bool allow_self_registration = false;
    Duration access_token_ttl = 1h;
    Duration refresh_token_ttl = 7 * 24h;
    std::uint32_t login_attempts = 10;
    std::uint32_t login_attempts_per_address = 100;
    Duration login_window = 5min;
    std::uint32_t password_hash_threads = 2;
};
ATTUNE_STRUCT(SecuritySettings);

struct BootstrapSettings {
    std::string admin_login = "admin";
    Secret admin_password;
};
ATTUNE_STRUCT(BootstrapSettings);

struct WorkerSettings {
    std::string name;
    json::object labels;
    json::array taints;
    json::object capabilities;
    std::uint32_t max_concurrent_tasks = 10;
    Duration lease = 10s;
    Duration shutdown_grace = 30s;
    Duration environment_timeout = 15min;
    Duration default_timeout = 300s;
    std::uint64_t output_limit_bytes = 10 * 1024 * 1024;
};
ATTUNE_STRUCT(WorkerSettings);

struct ExecutorSettings {
    Duration unschedulable_after{-1}; ///< filled at the load: workers that may come are waited for in a cluster only
};
ATTUNE_STRUCT(ExecutorSettings);

struct TimerSettings {
    std::uint32_t batch = 5000;
};
ATTUNE_STRUCT(TimerSettings);

struct EventSettings {
    std::uint64_t payload_limit_bytes = 1024 * 1024;
    std::uint32_t batch = 200;
};
ATTUNE_STRUCT(EventSettings);

struct RetentionSettings {
    bool enabled = true;
    Duration events = 30 * 24h;
    Duration enforcements = 30 * 24h;
    Duration executions = 30 * 24h;
    Duration output = 7 * 24h;
    Duration audit = 90 * 24h;
    Duration webhook_hits = 30 * 24h;
    Duration check_interval = 1h;
    std::uint32_t batch_size = 200;
};
ATTUNE_STRUCT(RetentionSettings);

enum class LogLevel { trace, debug, info, warn, error, off };
ATTUNE_ENUM(LogLevel, trace, debug, info, warn, error, off)
enum class LogFormat { text, json };
ATTUNE_ENUM(LogFormat, text, json)

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
};
ATTUNE_STRUCT(LogSettings);

struct Settings {
    std::string data_dir;  ///< absolute once loaded
    std::string packs_dir; ///< absolute once loaded
    ServerSettings server;
    HealthSettings health;
    NotifierSettings notifier;
    MetricsSettings metrics;
    DatabaseSettings database;
    MessageQueueSettings message_queue;
    SecuritySettings security;
    BootstrapSettings bootstrap;
    WorkerSettings worker;
    ExecutorSettings executor;
    TimerSettings timers;
    EventSettings events;
    RetentionSettings retention;
    LogSettings log;

    /// The file that database.url names; empty when it names a PostgreSQL database. Only for a loaded one.
    std::string database_file() const;
    /// Whether database.url names a PostgreSQL database, which other processes share.
    bool is_cluster() const;
};
ATTUNE_STRUCT(Settings);

} // namespace attune::app
