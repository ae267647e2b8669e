#pragma once
// Keys: values that are owned, and what of them an action is given. The value of an encrypted one is sealed beside the
// row (secrets.hpp), so that a change of the encryption key covers it.
#include "domain/key.hpp"
#include "domain/sealed_value.hpp"
#include "storage/session.hpp"

#include <map>
#include <set>

namespace attune::flow {

/// Reads. `find_` may be absent; `get_` absence is `not_found`.
Result<std::optional<Key>> find_key(Session& session, std::string_view ref);
Result<Key> get_key(Session& session, std::string_view ref);

/// The value, opened when it is sealed.
Result<json::value> reveal_key(Session& session, const Key& key);

/// `key.value` is the clear value; the row comes back as it is stored. `owner`, and what is missing of the owner's id
/// and ref, are filled in. Errors: `invalid` with the field; `not_found` for an owner that does not exist; `conflict`
/// for a ref, or a name with this owner, that exists, and where the owner's keys become too many or too large.
Result<Key> create_key(Session& session, Key key, Timestamp now);

/// What is given is changed; the value stays what it is when it is sealed from now on, or no longer.
struct KeyChange {
    std::optional<std::string> name = {};
    std::optional<json::value> value = {}; ///< in clear
    std::optional<bool> encrypted = {};
};
/// Of the row as it is now. Errors: those of create_key(); `not_found` when it is gone.
Result<Key> update_key(Session& session, const Key& before, const KeyChange& change, Timestamp now);

Result<void> delete_key(Session& session, const Key& key);
/// Before the owner goes, in its transaction, which counts a generation.
Result<void> delete_keys_of(Session& session, KeyOwner type, std::int64_t owner);

/// The keys that an action is given, as they are stored.
struct GivenKeys {
    std::vector<Key> keys; ///< a later one of the same name replaces the earlier
    std::vector<SealedValue> sealed;
};
/// Whether there are keys that actions are given. Changes with the generation only.
Result<bool> gives_keys(Session& session);
/// Of these actions, by their refs: the system's keys, those of its pack, its own.
Result<std::map<std::string, GivenKeys>> keys_for_actions(Session& session, const std::set<std::string>& action_refs);
/// Puts them into an action's parameters, in place of those of the same name. The values of encrypted ones. Errors:
/// those of Vault::open(), with the key's ref.
Result<std::vector<json::value>> give_keys(const Vault* vault, const GivenKeys& given, json::object& parameters);

} // namespace attune::flow
