#include "flow/webhooks.hpp"

#include "base/text.hpp"
#include "domain/sealed_value.hpp"
#include "flow/definitions.hpp"
#include "flow/sealed_definitions.hpp"
#include "flow/touched.hpp"
#include "logic/definitions/source.hpp"
#include "logic/webhooks/config.hpp"

namespace attune::flow {
namespace {

namespace schema = logic::schema;
namespace webhooks = logic::webhooks;

constexpr std::string_view kColumn = "webhook_config";

const QueryOf<Trigger> kByKey{"trigger.by_webhook_key", "select {columns} from {table} where webhook_key = $1"};

/// Writes it, and says what follows.
Result<Changed<Trigger>> written(Session& session, const Trigger& before, Trigger after, Timestamp now) {
    TRY(auto row, update_trigger(session, std::move(after), now));
    auto effects = changed_definition(&before, &row);
    return Changed<Trigger>{std::move(row), std::move(effects)};
}

/// With what is sealed of it put back.
Result<json::object> in_clear(Session& session, TriggerId trigger, json::object config) {
    if (!schema::has_mask(config)) return config;
    TRY(const auto sealed, sealed_values(session, SealedIn::trigger, trigger.value));
    TRY(const auto* vault, session.vault());
    CHECK(unseal(*vault, sealed, kColumn, config));
    return config;
}

Result<void> check_no_mask(json::object& config) {
    for (const auto place : webhooks::kSecretPlaces) {
        const auto* value = schema::at_pointer(config, place);
        if (value == nullptr || !schema::is_mask(*value)) continue;
        return invalid(replace_all(std::string(place.substr(1)), "/", "."),
                       "is the mask of a secret, not its value: give the value");
    }
    return {};
}

/// Takes the secrets out, and leaves their masks.
DefinitionSecrets take_secrets(json::object& config) {
    std::vector<std::string> places;
    for (const auto place : webhooks::kSecretPlaces) {
        const auto* value = schema::at_pointer(config, place);
        if (value != nullptr && *value != "") places.emplace_back(place);
    }
    return {{{kColumn, schema::take_at(config, places)}}};
}

json::object merged(json::object config, const json::object& change) {
    for (const auto& [name, value] : change) {
        if (value.is_null()) {
            config.erase(name);
        } else {
            config[name] = value;
        }
    }
    return config;
}

} // namespace

Result<std::optional<Webhook>> find_webhook(Session& session, std::string_view key) {
    TRY(auto trigger, session.find<Trigger>(kByKey, key));
    if (!trigger) return std::optional<Webhook>{};
    Webhook out{*std::move(trigger), {}};
    TRY(out.config, in_clear(session, out.trigger.id, out.trigger.webhook_config));
    return std::optional(std::move(out));
}

std::string webhook_key(std::string_view random_bytes) {
    return "wh_" + hex_encode(random_bytes);
}

Result<Changed<Trigger>> enable_webhook(Session& session, const Trigger& before, const std::string& new_key,
                                        Timestamp now) {
    if (const auto* source = logic::definitions::source_of(before); source != nullptr && source->name() != "webhook") {
        return Error{Errc::conflict,
                     fmt::format("the events of the trigger {} are made by the source {}", before.ref, source->name())};
    }
    if (before.webhook_enabled && before.webhook_key) return Changed<Trigger>{before, {}};
    auto after = before;
    after.webhook_enabled = true;
    if (!after.webhook_key) after.webhook_key = new_key;
    return written(session, before, std::move(after), now);
}

Result<Changed<Trigger>> disable_webhook(Session& session, const Trigger& before, Timestamp now) {
    if (!before.webhook_enabled && !before.webhook_key) return Changed<Trigger>{before, {}};
    auto after = before;
    after.webhook_enabled = false;
    after.webhook_key.reset();
    return written(session, before, std::move(after), now);
}

Result<Changed<Trigger>> regenerate_webhook(Session& session, const Trigger& before, const std::string& new_key,
                                            Timestamp now) {
    if (!before.webhook_enabled)
        return Error{Errc::bad_request, fmt::format("the webhook of the trigger {} is not enabled", before.ref)};
    auto after = before;
    after.webhook_key = new_key;
    return written(session, before, std::move(after), now);
}

Result<Changed<Trigger>> configure_webhook(Session& session, const Trigger& before, const json::object& change,
                                           Timestamp now) {
    TRY(auto config, in_clear(session, before.id, merged(before.webhook_config, change)));
    CHECK(check_no_mask(config));
    TRY(const auto parsed, webhooks::parse_config(config));
    auto after = before;
    after.webhook_config = to_json(parsed).as_object();
    const auto secrets = take_secrets(after.webhook_config);
    TRY(auto changed, written(session, before, std::move(after), now));
    const auto& row = changed.value;
    CHECK(replace_sealed(session, SealedIn::trigger, row.id.value, row.ref, secrets, now));
    return changed;
}

} // namespace attune::flow
