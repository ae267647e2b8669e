#include "app/load_settings.hpp"

#include "adapters/rabbit_bus/rabbit_address.hpp"
#include "adapters/yaml/parse_yaml.hpp"
#include "app/setting_docs.hpp"
#include "app/visit_settings.hpp"
#include "base/text.hpp"
#include "logic/access/addresses.hpp"
#include "logic/placement/requirement.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <unistd.h>

namespace attune::app {
namespace {

constexpr std::string_view kPrefix = "ATTUNE__";
constexpr std::size_t kShortSecret = 32;
constexpr std::size_t kLongestName = 128; // the name of a lock file

/// The JSON Schema's type of each setting, by path.
std::map<std::string, std::string> setting_types() {
    std::map<std::string, std::string> out;
    visit_settings(Settings{}, [&](const std::string& path, const Type& kind, const void*) {
        const auto schema = schema_of(kind);
        const auto* type = schema.if_contains("type");
        out[path] = type == nullptr ? "string" : std::string(type->get_string());
    });
    return out;
}

/// The text of a variable as the JSON that the setting's type is read from. What does not fit stays a text, and is
/// refused with the others.
json::value value_of(std::string_view text, const std::string& type) {
    text = type == "string" ? text : trim(text);
    if (type == "boolean") {
        const auto word = to_lower(text);
        if (word == "true" || word == "1" || word == "yes" || word == "on") return json::value(true);
        if (word == "false" || word == "0" || word == "no" || word == "off") return json::value(false);
    }
    if (type == "object" || type == "array") {
        if (auto read = parse_json(text); read && (read->is_object() || read->is_array())) return *std::move(read);
    }
    if (type == "integer") {
        if (auto number = parse_json(text); number && number->is_number()) return *std::move(number);
    }
    return json::value(json::string(text));
}

Error unknown_variable(const std::string& name, const std::map<std::string, std::string>& paths) {
    std::vector<std::string_view> known;
    for (const auto& [variable, path] : paths) known.push_back(variable);
    const auto meant = closest(name, known);
    return invalid(name, meant.empty() ? "is no setting (attune config show --docs lists them all)"
                                       : fmt::format("is no setting; did you mean {}?", meant));
}

/// Puts the variables over the file's values. Returns the variable's name by the path that it set.
Result<std::map<std::string, std::string>> overlay(json::object& document, const Environment& env) {
    const auto types = setting_types();
    std::map<std::string, std::string> paths;
    for (const auto& [path, type] : types) paths[variable_name(path)] = path;
    std::map<std::string, std::string> origins;
    for (const auto& [name, text] : env) {
        if (!name.starts_with(kPrefix)) continue;
        const auto found = paths.find(name);
        if (found == paths.end()) return unknown_variable(name, paths);
        const auto& path = found->second;
        const auto dot = path.find('.');
        auto* section = &document;
        if (dot != std::string::npos) {
            auto& member = document[path.substr(0, dot)];
            if (member.is_null()) member = json::object{};
            if (!member.is_object()) return invalid(path.substr(0, dot), "expected a mapping, got " + excerpt(member));
            section = &member.get_object();
        }
        (*section)[dot == std::string::npos ? path : path.substr(dot + 1)] = value_of(text, types.at(path));
        origins[path] = name;
    }
    return origins;
}

/// `section:` with nothing after it is the section's defaults.
void drop_empty_sections(json::object& document) {
    json::object kept;
    for (auto& [key, member] : document) {
        if (!member.is_null()) kept[key] = std::move(member);
    }
    document = std::move(kept);
}

std::string value_or_empty(const Environment& env, const std::string& name) {
    const auto found = env.find(name);
    return found == env.end() ? std::string{} : found->second;
}

Result<std::string> default_data_dir(const Environment& env) {
    if (const auto data = value_or_empty(env, "XDG_DATA_HOME"); data.starts_with('/')) return data + "/attune";
    if (geteuid() == 0) return std::string("/var/lib/attune");
    if (const auto home = value_or_empty(env, "HOME"); home.starts_with('/')) return home + "/.local/share/attune";
    return invalid("data_dir", "is required: neither XDG_DATA_HOME nor HOME is set");
}

/// What is missing on one machine does not come from another.
void fill_patience(Settings& settings) {
    auto& after = settings.executor.unschedulable_after;
    if (after < Duration::zero()) after = settings.is_cluster() ? Duration(5min) : Duration(10s);
}

Result<void> fill_folders(Settings& settings, const Environment& env) {
    if (settings.data_dir.empty()) {
        TRY(settings.data_dir, default_data_dir(env));
    }
    std::error_code failure;
    settings.data_dir = std::filesystem::absolute(settings.data_dir, failure).lexically_normal().string();
    if (settings.packs_dir.empty()) settings.packs_dir = settings.data_dir + "/packs";
    settings.packs_dir = std::filesystem::absolute(settings.packs_dir, failure).lexically_normal().string();
    if (settings.database.url.empty())
        settings.database.url = ConnectionUrl("sqlite:" + settings.data_dir + "/attune.db");
    return {};
}

/// The scheme only: the rest may hold a password.
std::string scheme_of(const std::string& url) {
    const auto colon = url.find(':');
    return colon == std::string::npos ? "no scheme" : "'" + url.substr(0, colon) + ":'";
}

Result<void> check_message_queue(const std::string& url) {
    if (url.empty()) return {};
    if (auto parsed = rabbit::parse_address(url); !parsed) return invalid("message_queue.url", parsed.error().message);
    return {};
}

Result<void> check_profile(const Settings& settings) {
    if (!settings.is_cluster() && settings.database_file().empty()) {
        return invalid("database.url", fmt::format("expected sqlite:<file> or postgresql://<user>@<host>/<database>, "
                                                   "got {}",
                                                   scheme_of(settings.database.url.reveal())));
    }
    return check_message_queue(settings.message_queue.url.reveal());
}

/// What a worker says of itself at registration and measures itself cannot be set.
constexpr std::string_view kOwnCapabilities[] = {
    "runtimes", "runtime_versions",          "runtime_names", "detected_interpreters", "labels",
    "taints",   "max_concurrent_executions", "worker_version"};

Result<void> check_worker(const WorkerSettings& worker) {
    if (worker.name.size() > kLongestName) {
        return invalid("worker.name", fmt::format("expected at most {} bytes", kLongestName));
    }
    if (worker.name.find('/') != std::string::npos || worker.name.starts_with('.')) {
        return invalid("worker.name", "expected a name without '/' that does not begin with a dot");
    }
    CHECK(logic::placement::parse_labels(worker.labels, "worker.labels"));
    CHECK(logic::placement::parse_taints(worker.taints, "worker.taints"));
    for (const auto name : kOwnCapabilities) {
        if (worker.capabilities.contains(name)) {
            return invalid(fmt::format("worker.capabilities.{}", name), "is said by the worker itself");
        }
    }
    return {};
}

Result<void> check_proxies(const std::vector<std::string>& proxies) {
    auto parsed = logic::access::AddressList::parse(proxies, "server.trusted_proxies");
    if (parsed) return {};
    return invalid("server.trusted_proxies", std::move(parsed.error().message));
}

Result<void> check_values(const Settings& settings) {
    CHECK(check_bounds(settings));
    CHECK(check_profile(settings));
    CHECK(check_worker(settings.worker));
    CHECK(check_proxies(settings.server.trusted_proxies));
    if (settings.server.host.empty()) return invalid("server.host", "expected an address such as 127.0.0.1");
    if (settings.health.host.empty()) return invalid("health.host", "expected an address such as 127.0.0.1");
    if (const auto n = settings.bootstrap.admin_login.size(); n < 3 || n > 255) {
        return invalid("bootstrap.admin_login", "expected 3 to 255 characters");
    }
    if (const auto n = settings.bootstrap.admin_password.reveal().size(); n != 0 && (n < 8 || n > 128)) {
        return invalid("bootstrap.admin_password", "expected 8 to 128 characters");
    }
    return {};
}

std::vector<std::string> find_warnings(const Settings& settings) {
    std::vector<std::string> out;
    const auto warn_of_short = [&](const Secret& secret, std::string_view name) {
        if (secret.empty() || secret.reveal().size() >= kShortSecret) return;
        out.push_back(
            fmt::format("{}: is shorter than {} characters; longer ones are harder to guess", name, kShortSecret));
    };
    warn_of_short(settings.security.jwt_secret, "security.jwt_secret");
    warn_of_short(settings.security.encryption_key, "security.encryption_key");
    if (settings.is_cluster() && settings.message_queue.url.empty()) {
        out.emplace_back("message_queue.url: is empty: processes that share the database find each other's work by "
                         "looking every second");
    }
    return out;
}

/// Names the variable, when one set the value at fault; else the file.
Error name_origin(Error error, const std::map<std::string, std::string>& origins, std::string_view file) {
    const auto found = origins.find(error.field);
    if (found != origins.end()) {
        error.field = fmt::format("{} ({})", error.field, found->second);
    } else if (!file.empty()) {
        error.field = fmt::format("{} (in {})", error.field, file);
    }
    return error;
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{Errc::not_found, fmt::format("the settings file '{}' cannot be read", path)};
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) return Error{Errc::not_found, fmt::format("the settings file '{}' cannot be read", path)};
    return text;
}

} // namespace

std::string Settings::database_file() const {
    for (const std::string_view scheme : {"sqlite://", "sqlite:"}) {
        if (database.url.reveal().starts_with(scheme)) return database.url.reveal().substr(scheme.size());
    }
    return {};
}

bool Settings::is_cluster() const {
    const auto& url = database.url.reveal();
    return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

Result<LoadedSettings> load_settings_text(std::string_view yaml, std::string_view name, const Environment& env) {
    TRY(auto parsed, adapters::yaml::parse_yaml(yaml, name));
    if (parsed.is_null()) parsed = json::object{};
    if (!parsed.is_object()) return invalid(std::string(name), "expected a mapping of settings");
    auto& document = parsed.get_object();
    drop_empty_sections(document);
    TRY(const auto origins, overlay(document, env));
    auto settings = from_json<Settings>(
        parsed, "", {.unknown = DecodeOptions::Unknown::refuse, .missing = DecodeOptions::Missing::defaults});
    if (!settings) return name_origin(std::move(settings).error(), origins, name);
    CHECK(fill_folders(*settings, env));
    fill_patience(*settings);
    if (auto checked = check_values(*settings); !checked) return name_origin(std::move(checked).error(), origins, name);
    auto warnings = find_warnings(*settings);
    return LoadedSettings{*std::move(settings), std::move(warnings)};
}

Result<LoadedSettings> load_settings(const std::string& config_file, const Environment& env) {
    const auto path = config_file.empty() ? value_or_empty(env, "ATTUNE_CONFIG") : config_file;
    if (path.empty()) return load_settings_text("", "", env);
    TRY(const auto text, read_file(path));
    return load_settings_text(text, path, env);
}

} // namespace attune::app
