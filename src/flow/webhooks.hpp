#pragma once
// The webhook of a trigger: whether it is enabled, its key, and what it asks of those who call it. The secrets of its
// configuration are sealed beside the row (secrets.hpp).
#include "domain/trigger.hpp"
#include "flow/effects.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// A webhook as its requests are judged by it.
struct Webhook {
    Trigger trigger;
    json::object config; ///< of the trigger, with its secrets in clear
};
/// By its key; nothing when there is none. Errors: those of Vault::open().
Result<std::optional<Webhook>> find_webhook(Session& session, std::string_view key);

/// How many random bytes a key is made of.
inline constexpr std::size_t kWebhookKeyBytes = 16;
/// "wh_" and their hexadecimal digits.
std::string webhook_key(std::string_view random_bytes);

/// `before`: as it was read in this transaction. `new_key` becomes its key unless it has one. Errors: `conflict` for a
/// trigger whose events another source makes.
Result<Changed<Trigger>> enable_webhook(Session& session, const Trigger& before, const std::string& new_key,
                                        Timestamp now);
/// Its key is gone; its configuration stays.
Result<Changed<Trigger>> disable_webhook(Session& session, const Trigger& before, Timestamp now);
/// Nobody gets in with the old key any more. Errors: `bad_request` when it is not enabled.
Result<Changed<Trigger>> regenerate_webhook(Session& session, const Trigger& before, const std::string& new_key,
                                            Timestamp now);

/// Members that are given replace those that were there, null takes them away; the mask of a secret stands for the one
/// that is stored. Errors: `invalid`, with the member and what was expected.
Result<Changed<Trigger>> configure_webhook(Session& session, const Trigger& before, const json::object& change,
                                           Timestamp now);

} // namespace attune::flow
