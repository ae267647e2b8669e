#include "app/settings.hpp"

namespace attune::app {

ATTUNE_FIELDS(ServerSettings, host, port, public_url, trusted_proxies, max_connections, header_limit_bytes,
              body_limit_bytes, upload_limit_bytes, header_timeout, body_timeout, idle_timeout);
ATTUNE_FIELDS(HealthSettings, host, port);
ATTUNE_FIELDS(NotifierSettings, host, port, max_clients, max_subscriptions, queue_limit);
ATTUNE_FIELDS(MetricsSettings, enabled, login);
ATTUNE_FIELDS(DatabaseSettings, url, max_connections, statement_timeout);
ATTUNE_FIELDS(MessageQueueSettings, url);
ATTUNE_FIELDS(SecuritySettings, jwt_secret, encryption_key, previous_encryption_keys, allow_self_registration,
              access_token_ttl, refresh_token_ttl, login_attempts, login_attempts_per_address, login_window,
              password_hash_threads);
ATTUNE_FIELDS(BootstrapSettings, admin_login, admin_password);
ATTUNE_FIELDS(WorkerSettings, name, labels, taints, capabilities, max_concurrent_tasks, lease, shutdown_grace,
              environment_timeout, default_timeout, output_limit_bytes);
ATTUNE_FIELDS(ExecutorSettings, unschedulable_after);
ATTUNE_FIELDS(TimerSettings, batch);
ATTUNE_FIELDS(EventSettings, payload_limit_bytes, batch);
ATTUNE_FIELDS(RetentionSettings, enabled, events, enforcements, executions, output, audit, webhook_hits, check_interval,
              batch_size);
ATTUNE_FIELDS(LogSettings, level, format);
ATTUNE_FIELDS(Settings, data_dir, packs_dir, server, health, notifier, metrics, database, message_queue, security,
              bootstrap, worker, executor, timers, events, retention, log);

} // namespace attune::app
