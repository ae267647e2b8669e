#include "app/setting_docs.hpp"

#include "app/settings.hpp"
#include "app/visit_settings.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>

namespace attune::app {
namespace {

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;
constexpr std::int64_t kGiB = 1024 * kMiB;
constexpr Duration kLongestAge = 100 * 366 * 24h;

constexpr SettingDoc kDocs[] = {
    {"data_dir",
     "Folder of the database, its lock and the server's own secrets; made when missing (mode 0700).",
     {},
     "$XDG_DATA_HOME/attune; without that variable /var/lib/attune for root, ~/.local/share/attune for others"},
    {"packs_dir", "Folder of the packs, one folder each.", {}, "<data_dir>/packs"},
    {"server.host", "Address to listen on. Only this machine can reach the default."},
    {"server.port", "Port to listen on; 0 takes any free one and logs it.", {0, 65535}},
    {"server.public_url",
     "How others reach the API, when that is not the address above; actions are told.",
     {},
     "http://<host>:<port>"},
    {"server.trusted_proxies",
     "Addresses and ranges (10.0.0.0/8) of the proxies in front of the API. What they say in X-Forwarded-For or "
     "X-Real-IP is believed: the client's address, for the allowed addresses and rate limits of webhooks, the limits "
     "of "
     "logins and the audit log. Of others it is ignored."},
    {"server.max_connections", "Connections open at once; more are refused with 503.", {1, 100'000}},
    {"server.header_limit_bytes", "Longest head of a request; longer ones get 431.", {1 * kKiB, 1 * kMiB}},
    {"server.body_limit_bytes", "Longest body of a request; longer ones get 413.", {1 * kKiB, 1 * kGiB}},
    {"server.upload_limit_bytes", "Longest pack archive; longer ones get 413.", {1 * kKiB, 1 * kGiB}},
    {"server.header_timeout",
     "A request's head must be there within this time, or the connection is closed.",
     {100ms, 1h}},
    {"server.body_timeout",
     "A request's body must be there within this time, or the connection is closed.",
     {100ms, 24h}},
    {"server.idle_timeout", "A connection without a request is closed after this time.", {100ms, 24h}},
    {"health.host", "Address on which a process with neither the api nor the notifier role answers /health. Only this "
                    "machine can reach the default."},
    {"health.port",
     "Port for that; 0 takes any free one and logs it, so that processes of one machine do not collide.",
     {0, 65535}},
    {"notifier.host", "Address on which the role notifier listens. Only this machine can reach the default."},
    {"notifier.port", "Port for that; 0 takes any free one and logs it.", {0, 65535}},
    {"notifier.max_clients",
     "WebSockets open at once, on this port or the api's; more are refused with 503.",
     {1, 100'000}},
    {"notifier.max_subscriptions", "Filters of one WebSocket; more are refused with an error frame.", {1, 10'000}},
    {"notifier.queue_limit",
     "Messages that wait for one WebSocket; a client that is slower is disconnected with code 1008.",
     {10, 100'000}},
    {"metrics.enabled", "Whether GET /metrics shows the numbers of the process (Prometheus)."},
    {"metrics.login",
     "When reading them needs a token with the grant metrics:read: `remote` when server.host is no loopback address, "
     "always (set it behind a proxy of this machine), or never. A process with neither the api nor the notifier role "
     "knows no tokens: it shows them on health.host when none is needed, else not at all."},
    {"database.url",
     "sqlite:<file>, or postgresql://<user>@<host>/<database> with libpq's parameters (sslmode, sslrootcert, …). The "
     "scheme chooses the profile: embedded or cluster.",
     {},
     "sqlite:<data_dir>/attune.db"},
    {"database.max_connections",
     "Connections of this process to PostgreSQL, one thread each: two that write, the rest read.",
     {3, 1000}},
    {"database.statement_timeout",
     "Longest run of one statement in PostgreSQL, and longest wait for a lock; 0 is no limit.",
     {0s, 1h}},
    {"message_queue.url",
     "RabbitMQ: amqp://<user>:<password>@<host>:<port>/<vhost>, or amqps://… with cacertfile, certfile, keyfile, "
     "verify; "
     "also heartbeat (seconds) and connection_timeout (milliseconds). Processes that share a database wake each other "
     "through it, and other programs hear of changes. Without it, they look for work every second."},
    {"security.jwt_secret",
     "Signs the tokens (HS256). Other programs that mint tokens need the same text.",
     {},
     "generated at first start, kept in <data_dir>; required with PostgreSQL"},
    {"security.encryption_key",
     "Seals secrets in the database (AES-256-GCM). Keep a copy: without it they are lost. Another key than the "
     "database's is refused at the start.",
     {},
     "generated at first start, kept in <data_dir>/encryption-key; required with PostgreSQL"},
    {"security.previous_encryption_keys",
     "Keys used before, with commas between them: with them a new encryption_key is accepted, and everything is sealed "
     "anew at the start."},
    {"security.allow_self_registration", "Whether anybody may make an identity for themselves (without any right)."},
    {"security.access_token_ttl", "How long an access token is valid.", {1s, 30 * 24h}},
    {"security.refresh_token_ttl", "How long a refresh token is valid.", {1s, 366 * 24h}},
    {"security.login_attempts", "Failed logins of one name within login_window; more get 429.", {1, 1'000'000}},
    {"security.login_attempts_per_address",
     "Failed logins from one address within login_window; more get 429.",
     {1, 1'000'000}},
    {"security.login_window", "The time over which failed logins are counted.", {1s, 24h}},
    {"security.password_hash_threads", "Threads that check passwords; further logins wait.", {1, 64}},
    {"bootstrap.admin_login", "Login of the first administrator, made when there is no identity yet."},
    {"bootstrap.admin_password",
     "The first administrator's password.",
     {},
     "generated, and shown once at first start; required then with PostgreSQL"},
    {"worker.name", "Name of this worker.", {}, "the host's name, with -2, -3, … when that is taken here"},
    {"worker.labels", "What actions may select this worker by, a mapping: {zone: eu, gpu: true}. At most 64."},
    {"worker.taints",
     "Keep off whatever does not tolerate them: a list of {key, value, effect}, the effect no_schedule (default) or "
     "prefer_no_schedule. At most 64."},
    {"worker.capabilities", "Further facts that GET /workers/{id} shows of this worker: a mapping."},
    {"worker.max_concurrent_tasks", "Actions run at once; further ones wait.", {1, 10'000}},
    {"worker.lease", "Silence after which a worker counts as lost and its executions are recovered.", {1s, 1h}},
    {"worker.shutdown_grace", "How long running actions may go on after a stop was asked for.", {0s, 24h}},
    {"worker.environment_timeout", "How long it may take to make the environment of a pack (its packages).", {1s, 24h}},
    {"worker.default_timeout", "Longest run of an action that names no timeout; it ends as failed.", {1s, 7 * 24h}},
    {"worker.output_limit_bytes",
     "Most that is kept of each of stdout and stderr; the rest is counted, not kept.",
     {1 * kKiB, 1 * kGiB}},
    {"executor.unschedulable_after",
     "An execution fails when for this time no live worker was able to run it; 0s lets it wait. Behind other work it "
     "waits as long as that takes.",
     {0s, 366 * 24h},
     "`10s`; `5m` with PostgreSQL, where more workers may come"},
    {"timers.batch", "Firings recorded in one transaction; further ones go into the next.", {1, 10'000}},
    {"events.payload_limit_bytes",
     "Longest payload of an event; longer ones are refused with 413.",
     {1 * kKiB, 64 * kMiB}},
    {"events.batch", "Events decided in one transaction; further ones go into the next.", {1, 10'000}},
    {"retention.enabled", "Whether finished history is deleted when it is old."},
    {"retention.events", "Age at which decided events are deleted; 0s keeps them.", {0s, kLongestAge}},
    {"retention.enforcements", "Age at which enforcements are deleted; 0s keeps them.", {0s, kLongestAge}},
    {"retention.executions",
     "Age, since its end, at which an execution is deleted with its output; 0s keeps them.",
     {0s, kLongestAge}},
    {"retention.output",
     "Age, since its end, at which the stored output of an execution is deleted; its result stays. 0s keeps it as long "
     "as the execution.",
     {0s, kLongestAge}},
    {"retention.audit", "Age at which entries of the audit log are deleted; 0s keeps them.", {0s, kLongestAge}},
    {"retention.webhook_hits",
     "Age at which entries of the logs of webhooks are deleted; 0s keeps them (each trigger's newest 10000).",
     {0s, kLongestAge}},
    {"retention.check_interval", "How often old history is looked for.", {1s, 24h}},
    {"retention.batch_size",
     "Rows deleted in one small transaction at most; it ends after 5 ms or 1 MiB in any case.",
     {1, 100'000}},
    {"log.level", "The least severe lines that are written (to stderr)."},
    {"log.format", "Lines for people, or one JSON object a line."},
};

/// Durations in microseconds; nothing for what is no number.
std::optional<std::int64_t> as_number(const Type& type, const void* value) {
    if (type.kind == Kind::duration) return static_cast<const Duration*>(value)->count();
    if (type.kind == Kind::integer) return load_integer(type, value);
    return std::nullopt;
}

std::string show_number(const Type& type, std::int64_t value) {
    return type.kind == Kind::duration ? format_duration(Duration(value)) : std::to_string(value);
}

std::string type_text(const Type& type) {
    if (&type == &type_of<Secret>) return "secret";
    if (type.kind == Kind::duration) return "duration";
    if (type.kind == Kind::boolean) return "true or false";
    if (type.kind == Kind::enumeration) return join({type.names.begin(), type.names.end()}, "/");
    if (type.kind == Kind::integer) return "number";
    if (type.kind == Kind::object) return "mapping";
    return type.kind == Kind::array || type.kind == Kind::list ? "list" : "text";
}

/// Keeps Markdown from taking <data_dir> for HTML.
std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') out += '\\';
        out += c;
    }
    return out;
}

std::string default_text(const SettingDoc& doc, const Type& type, const void* value) {
    if (!doc.shown_default.empty()) return escape(doc.shown_default);
    const auto shown = encode_json(type, value);
    const auto text = shown.is_string() ? std::string(shown.get_string()) : to_text(shown);
    return text.empty() ? "none" : fmt::format("`{}`", text);
}

} // namespace

std::span<const SettingDoc> setting_docs() {
    return kDocs;
}

const SettingDoc* find_setting_doc(std::string_view path) {
    const auto* found = std::ranges::find(kDocs, path, &SettingDoc::path);
    return found == std::end(kDocs) ? nullptr : found;
}

std::string variable_name(std::string_view path) {
    std::string out = "ATTUNE";
    for (const auto part : split(path, '.')) out += "__" + to_upper(part);
    return out;
}

Result<void> check_bounds(const Settings& settings) {
    std::optional<Error> failure;
    visit_settings(settings, [&](const std::string& path, const Type& type, const void* value) {
        const auto number = as_number(type, value);
        const auto* doc = find_setting_doc(path);
        if (failure || !number || doc == nullptr || doc->bounds.contain(*number)) return;
        failure = invalid(path, fmt::format("expected {} to {}, got {}", show_number(type, doc->bounds.low),
                                            show_number(type, doc->bounds.high), show_number(type, *number)));
    });
    if (failure) return *std::move(failure);
    return {};
}

std::string settings_reference() {
    std::string out =
        "# Settings\n\n"
        "Made by `attune config show --docs`; do not edit by hand.\n\n"
        "A YAML file named by `--config` or `ATTUNE_CONFIG`, and over it the environment: the variable of\n"
        "`server.port` is `ATTUNE__SERVER__PORT`. Unknown names and wrong values are refused at start.\n"
        "A mapping or a list in a variable is JSON. Durations are written `500ms`, `10s`, `5m`, `2h`, `7d`. Secrets "
        "are never shown.\n\n"
        "| setting | type | default | meaning |\n|---|---|---|---|\n";
    visit_settings(Settings{}, [&](const std::string& path, const Type& type, const void* value) {
        const auto* doc = find_setting_doc(path);
        if (doc == nullptr) return;
        auto kind = type_text(type);
        if (as_number(type, value)) {
            kind += fmt::format(", {} to {}", show_number(type, doc->bounds.low), show_number(type, doc->bounds.high));
        }
        out += fmt::format("| `{}` | {} | {} | {} |\n", path, kind, default_text(*doc, type, value), escape(doc->text));
    });
    return out;
}

} // namespace attune::app
