#include "flow/keys.hpp"

#include "flow/generation.hpp"
#include "flow/secrets.hpp"
#include "logic/definitions/keys.hpp"

#include <algorithm>

namespace attune::flow {
namespace {

namespace definitions = logic::definitions;

constexpr std::string_view kValuePath = "/value";

const QueryOf<Key> kByRef{"key.by_ref", "select {columns} from key where ref = $1"};
const QueryOf<Key> kById{"key.by_id", "select {columns} from key where id = $1"};
const NewOf<Key> kNew{"key.new"};
const UpdateOf<Key> kUpdate{"key.update"};
const Query kDelete{"key.delete", "delete from key where id = $1"};
const Query kOfName{"key.of_name", "select id from key where owner_type = $1 and owner = $2 and name = $3"};
const Query kRoom{"key.room", "select count(*), cast(coalesce(sum(bytes), 0) as bigint) from key"
                              " where owner_type = $1 and owner = $2 and id <> $3"};
const Query kDeleteOf{"key.delete_of", "delete from key where owner_type = $1 and owner = $2"};
const Query kForgetOf{"key.forget_of", "delete from execution_secret_value where entity_type = 'key' and entity_id in"
                                       " (select id from key where owner_type = $1 and owner = $2)"};

const Query kIdentity{"key.identity", "select id, login from identity where id = $1 or login = $2"};
const Query kPack{"key.pack", "select id, ref from pack where id = $1 or ref = $2"};
const Query kAction{"key.action", "select id, ref from action where id = $1 or ref = $2"};

const Query kGiven{"key.given", "select 1 from key where owner_type in ('system', 'pack', 'action') limit 1"};
/// Of the action $1, in the words of the unique key.
constexpr std::string_view kOwnersOfAction =
    "((owner_type = 'system' and owner = 'system')"
    " or (owner_type = 'pack' and owner = (select cast(pack as text) from action where ref = $1))"
    " or (owner_type = 'action' and owner = (select cast(id as text) from action where ref = $1)))";
const QueryOf<Key> kOfAction{"key.of_action", fmt::format("select {{columns}} from key where {}", kOwnersOfAction)};
const QueryOf<SealedValue> kSealedOfAction{
    "key.sealed_of_action", fmt::format("select {{columns}} from execution_secret_value where entity_type = 'key'"
                                        " and entity_id in (select id from key where encrypted and {})",
                                        kOwnersOfAction)};

/// A row that owns: it is named by its id, its ref, or both.
template <class Tag>
Result<void> link(Session& session, const Query& query, std::string_view kind, std::optional<Id<Tag>>& id,
                  std::optional<std::string>& ref, std::string& owner) {
    const auto field = fmt::format("owner_{}{}", kind, ref ? "_ref" : "");
    std::vector<std::pair<std::int64_t, std::string>> found;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        found.emplace_back(row.integer(0), row.text(1));
        return {};
    };
    CHECK(session.each(query, sink, id, ref));
    if (found.empty()) {
        const auto name = ref ? fmt::format("'{}'", *ref) : std::to_string(id->value);
        return Error{Errc::not_found, fmt::format("there is no {} {}", kind, name), field};
    }
    const auto& [own_id, own_ref] = found.front();
    if (found.size() > 1 || (id && id->value != own_id) || (ref && *ref != own_ref))
        return invalid(field, fmt::format("is not the {} of owner_{}", kind, kind));
    id = Id<Tag>{own_id};
    ref = own_ref;
    owner = std::to_string(own_id);
    return {};
}

Result<void> link_owner(Session& session, Key& key) {
    switch (key.owner_type) {
    case KeyOwner::system: key.owner = "system"; return {};
    case KeyOwner::identity: {
        std::optional<std::string> login;
        return link(session, kIdentity, "identity", key.owner_identity, login, key.owner);
    }
    case KeyOwner::pack: return link(session, kPack, "pack", key.owner_pack, key.owner_pack_ref, key.owner);
    case KeyOwner::action: return link(session, kAction, "action", key.owner_action, key.owner_action_ref, key.owner);
    case KeyOwner::sensor: break; // none can exist yet
    }
    const auto field = key.owner_sensor_ref ? "owner_sensor_ref" : "owner_sensor";
    return Error{Errc::not_found, "there is no such sensor", field};
}

/// Beside the other keys of its owner.
Result<void> check_place(Session& session, const Key& key) {
    TRY(const auto namesake, session.scalar<KeyId>(kOfName, key.owner_type, key.owner, key.name));
    if (namesake && *namesake != key.id)
        return Error{Errc::conflict, fmt::format("this owner has a key with the name '{}' already", key.name), "name"};
    definitions::KeyRoom others;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        others = {row.integer(0), row.integer(1)};
        return {};
    };
    CHECK(session.each(kRoom, sink, key.owner_type, key.owner, key.id));
    return definitions::check_room(key, others);
}

/// What is stored in the row.
json::value stored(const Key& key, const json::value& clear) {
    return key.encrypted ? json::value(kMask) : clear;
}

Result<void> seal_value(Session& session, const Key& key, const json::value& clear, Timestamp now) {
    CHECK(forget_sealed(session, SealedIn::key, key.id.value));
    if (!key.encrypted) return {};
    TRY(const auto* vault, session.vault());
    const logic::schema::SecretPart part{"", "", clear};
    return store_sealed(session, seal(*vault, {SealedIn::key, key.id.value, "value", SecretSource::definition, key.ref},
                                      {&part, 1}, now));
}

Error not_found(std::string_view ref) {
    return Error{Errc::not_found, fmt::format("Key '{}' not found", ref)};
}

} // namespace

Result<std::optional<Key>> find_key(Session& session, std::string_view ref) {
    return session.find<Key>(kByRef, ref);
}

Result<Key> get_key(Session& session, std::string_view ref) {
    TRY(auto found, find_key(session, ref));
    if (!found) return not_found(ref);
    return *std::move(found);
}

Result<json::value> reveal_key(Session& session, const Key& key) {
    if (!key.encrypted) return key.value;
    TRY(const auto sealed, sealed_values(session, SealedIn::key, key.id.value));
    const auto at = std::ranges::find(sealed, kValuePath, &SealedValue::json_path);
    if (at == sealed.end()) return Error{Errc::internal, fmt::format("the value of the key {} is not stored", key.ref)};
    TRY(const auto* vault, session.vault());
    return open_sealed(*vault, *at);
}

Result<Key> create_key(Session& session, Key key, Timestamp now) {
    const auto clear = key.value;
    CHECK(definitions::check_key(key, clear));
    CHECK(next_generation(session)); // others who make keys wait for the end of this transaction
    CHECK(link_owner(session, key));
    TRY(const auto namesake, find_key(session, key.ref));
    if (namesake) return Error{Errc::conflict, fmt::format("a key with the ref '{}' exists already", key.ref), "ref"};
    key.bytes = static_cast<std::int64_t>(to_text(clear).size());
    CHECK(check_place(session, key));
    key.value = stored(key, clear);
    key.created = key.updated = now;
    CHECK(session.create(kNew, key));
    CHECK(seal_value(session, key, clear, now));
    return key;
}

Result<Key> update_key(Session& session, const Key& before, const KeyChange& change, Timestamp now) {
    CHECK(lock_definitions(session));
    TRY(auto row, session.find<Key>(kById, before.id));
    if (!row) return not_found(before.ref);
    auto& key = *row;
    auto clear = change.value;
    if (!clear) {
        TRY(clear, reveal_key(session, key));
    }
    key.name = change.name.value_or(key.name);
    key.encrypted = change.encrypted.value_or(key.encrypted);
    key.bytes = static_cast<std::int64_t>(to_text(*clear).size());
    CHECK(definitions::check_key(key, *clear));
    CHECK(check_place(session, key));
    key.value = stored(key, *clear);
    key.updated = now;
    CHECK(session.update(kUpdate, key));
    CHECK(seal_value(session, key, *clear, now));
    return *std::move(row);
}

Result<void> delete_key(Session& session, const Key& key) {
    CHECK(next_generation(session));
    CHECK(forget_sealed(session, SealedIn::key, key.id.value));
    CHECK(session.execute(kDelete, key.id));
    return {};
}

Result<void> delete_keys_of(Session& session, KeyOwner type, std::int64_t owner) {
    const auto id = std::to_string(owner);
    CHECK(session.execute(kForgetOf, type, id));
    CHECK(session.execute(kDeleteOf, type, id));
    return {};
}

Result<bool> gives_keys(Session& session) {
    TRY(const auto some, session.scalar<std::int64_t>(kGiven));
    return some.has_value();
}

Result<std::map<std::string, GivenKeys>> keys_for_actions(Session& session, const std::set<std::string>& action_refs) {
    std::map<std::string, GivenKeys> out;
    for (const auto& ref : action_refs) {
        auto& given = out[ref];
        TRY(given.keys, session.all<Key>(kOfAction, ref));
        std::ranges::sort(given.keys, {}, &Key::owner_type); // system, pack, action
        const bool some_sealed = std::ranges::any_of(given.keys, &Key::encrypted);
        if (some_sealed) {
            TRY(given.sealed, session.all<SealedValue>(kSealedOfAction, ref));
        }
    }
    return out;
}

Result<std::vector<json::value>> give_keys(const Vault* vault, const GivenKeys& given, json::object& parameters) {
    std::vector<json::value> secrets;
    for (const auto& key : given.keys) {
        if (!key.encrypted) {
            parameters[key.name] = key.value;
            continue;
        }
        TRY(const auto* opens, required(vault));
        const auto at = std::ranges::find(given.sealed, key.id.value, &SealedValue::entity_id);
        auto value = at == given.sealed.end() ? Result<json::value>(Error{Errc::internal, "its value is not stored"})
                                              : open_sealed(*opens, *at);
        if (!value) {
            value.error().field = "key " + key.ref;
            return std::move(value).error();
        }
        secrets.push_back(*value);
        parameters[key.name] = *std::move(value);
    }
    return secrets;
}

} // namespace attune::flow
