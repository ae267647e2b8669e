#include "app/roles.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <vector>

namespace attune::app {
namespace {

/// What each process of a cluster would make up for itself has to be given: all need the same.
Result<void> check_shared_secret(const Secret& secret, const std::string& path) {
    if (!secret.empty()) return {};
    return invalid(path, "is required with PostgreSQL: all processes that share the database need the same, so none is "
                         "generated (openssl rand -base64 32 makes one)");
}

/// Whether a role signs tokens, or checks them.
bool needs_tokens(Role role) {
    switch (role) {
    case Role::worker:
    case Role::notifier:
    case Role::api: return true;
    case Role::sensor:
    case Role::executor: return false;
    }
    return true;
}

/// Whether a role opens secrets, or seals them.
bool opens_secrets(Role role) {
    switch (role) {
    case Role::executor:
    case Role::worker:
    case Role::api: return true;
    case Role::notifier:
    case Role::sensor: return false;
    }
    return true;
}

} // namespace

Roles every_role() {
    return {Role::sensor, Role::executor, Role::worker, Role::api};
}

Result<Roles> parse_roles(std::string_view text) {
    if (trim(text).empty()) return every_role();
    Roles out;
    for (const auto part : split(text, ',')) {
        const auto role = parse_enum<Role>(trim(part));
        if (!role) {
            return invalid("roles", fmt::format("expected some of {}, with commas between them; got '{}'",
                                                enum_choices<Role>(), trim(part)));
        }
        out.insert(*role);
    }
    return out;
}

bool handle_secrets(const Roles& roles) {
    return std::ranges::any_of(roles, opens_secrets);
}

std::string show_roles(const Roles& roles) {
    std::vector<std::string> names;
    for (const auto role : roles) names.emplace_back(enum_name(role));
    return join(names, ", ");
}

Result<void> check_roles(const Roles& roles, const Settings& settings) {
    if (!settings.is_cluster()) {
        auto needed = roles;
        needed.erase(Role::notifier);
        if (needed == every_role()) return {};
        return invalid(
            "database.url",
            fmt::format("expected postgresql://<user>@<host>/<database> for a process that has only the role "
                        "{}: an SQLite file is used by one process, which has every role (attune serve)",
                        show_roles(roles)));
    }
    if (std::ranges::any_of(roles, needs_tokens)) {
        CHECK(check_shared_secret(settings.security.jwt_secret, "security.jwt_secret"));
    }
    if (handle_secrets(roles)) CHECK(check_shared_secret(settings.security.encryption_key, "security.encryption_key"));
    return {};
}

} // namespace attune::app
