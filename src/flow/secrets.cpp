#include "flow/secrets.hpp"

#include "domain/execution.hpp"

namespace attune::flow {
namespace {

const InsertOf<SealedValue> kInsert{"execution_secret_value.insert"};
const QueryOf<SealedValue> kOfRow{
    "execution_secret_value.of_row",
    "select {columns} from execution_secret_value where entity_type = $1 and entity_id = $2 order by json_path"};
const Query kForget{"execution_secret_value.forget",
                    "delete from execution_secret_value where entity_type = $1 and entity_id = $2"};

Query forget_gone(std::string_view table) {
    return {fmt::format("execution_secret_value.forget_gone_{}", table),
            fmt::format("delete from execution_secret_value where entity_type = '{0}' and entity_id >= $1"
                        " and entity_id <= $2 and not exists (select 1 from {0} t where t.id = entity_id)",
                        table)};
}
const Query kGoneEvents = forget_gone("event");
const Query kGoneEnforcements = forget_gone("enforcement");
const Query kGoneExecutions = forget_gone("execution");

const Query kKeyHash{"instance.encryption_key_hash", "select encryption_key_hash from instance where id = 1"};
const Query kFirstKey{"instance.first_encryption_key",
                      "update instance set encryption_key_hash = $1 where id = 1 and encryption_key_hash is null"};
const Query kAdoptKey{"instance.adopt_encryption_key", "update instance set encryption_key_hash = $1 where id = 1"};
const Query kForgetUnusedKey{"instance.forget_unused_encryption_key",
                             "update instance set encryption_key_hash = null where id = 1"
                             " and not exists (select 1 from execution_secret_value)"};
const QueryOf<SealedValue> kAfter{"execution_secret_value.after",
                                  "select {columns} from execution_secret_value"
                                  " where (entity_type, entity_id, json_path) > ($1, $2, $3)"
                                  " order by entity_type, entity_id, json_path limit $4"};
const Query kReplace{"execution_secret_value.replace", "update execution_secret_value set encrypted_value = $4"
                                                       " where entity_type = $1 and entity_id = $2 and json_path = $3"};

/// What a sealed value is bound to.
std::string place_of(SealedIn type, std::int64_t id, std::string_view json_path) {
    return fmt::format("{}/{}{}", enum_name(type), id, json_path);
}
std::string place_of(const SealedValue& value) {
    return place_of(value.entity_type, value.entity_id, value.json_path);
}

} // namespace

std::vector<SealedValue> seal(const Vault& vault, const SecretsOf& of, std::span<const logic::schema::SecretPart> parts,
                              Timestamp now) {
    std::vector<SealedValue> out;
    for (const auto& part : parts) {
        SealedValue one{of.entity_type,
                        of.entity_id,
                        fmt::format("/{}{}", of.column, part.pointer),
                        of.source_kind,
                        std::string(of.source_ref),
                        std::string(),
                        now};
        one.encrypted_value = vault.seal(to_text(part.value), place_of(one));
        out.push_back(std::move(one));
    }
    return out;
}

Result<void> store_sealed(Session& session, std::span<const SealedValue> values) {
    if (!values.empty()) CHECK(session.insert_many<SealedValue>(kInsert, values));
    return {};
}

Result<std::vector<SealedValue>> sealed_values(Session& session, SealedIn entity_type, std::int64_t entity_id) {
    return session.all<SealedValue>(kOfRow, entity_type, entity_id);
}

Result<std::vector<SealedValue>> sealed_parameters(Session& session, const Execution& execution) {
    return sealed_values(session, SealedIn::execution, execution.original_execution.value_or(execution.id).value);
}

Result<json::value> open_sealed(const Vault& vault, const SealedValue& value) {
    auto text = vault.open(value.encrypted_value, place_of(value));
    if (text) return parse_json(*text, {.depth = 256});
    text.error().field = value.json_path.substr(1);
    return std::move(text).error();
}

Result<std::vector<std::string>> unseal(const Vault& vault, std::span<const SealedValue> values,
                                        std::string_view column, json::object& into) {
    std::vector<std::string> done;
    const auto prefix = fmt::format("/{}/", column);
    for (const auto& value : values) {
        if (!value.json_path.starts_with(prefix)) continue;
        const auto pointer = value.json_path.substr(prefix.size() - 1);
        auto* at = logic::schema::at_pointer(into, pointer);
        if (at == nullptr || !logic::schema::is_mask(*at)) continue;
        TRY(*at, open_sealed(vault, value));
        done.push_back(pointer);
    }
    return done;
}

Result<void> unseal_declared(const Vault& vault, std::span<const SealedValue> values, std::string_view column,
                             const json::value& param_schema, json::object& into) {
    const auto masked = into;
    CHECK(unseal(vault, values, column, into));
    auto probe = into;
    const auto declared = logic::schema::take_secrets(param_schema, probe);
    into = masked;
    for (const auto& part : declared.parts) *logic::schema::at_pointer(into, part.pointer) = part.value;
    return {};
}

Result<void> forget_sealed(Session& session, SealedIn entity_type, std::int64_t entity_id) {
    CHECK(session.execute(kForget, entity_type, entity_id));
    return {};
}

Result<void> forget_sealed_of_gone(Session& session, SealedIn entity_type, std::int64_t first, std::int64_t last) {
    switch (entity_type) {
    case SealedIn::event: CHECK(session.execute(kGoneEvents, first, last)); break;
    case SealedIn::enforcement: CHECK(session.execute(kGoneEnforcements, first, last)); break;
    case SealedIn::execution: CHECK(session.execute(kGoneExecutions, first, last)); break;
    case SealedIn::rule:
    case SealedIn::pack:
    case SealedIn::key:
    case SealedIn::trigger: break; // deleted one by one
    }
    return {};
}

Result<KeyState> check_key(Session& session) {
    TRY(const auto* vault, session.vault());
    TRY(const auto first, session.execute(kFirstKey, vault->fingerprint()));
    if (first > 0) return KeyState::fresh;
    TRY(const auto stored, session.scalar<std::string>(kKeyHash));
    if (stored == vault->fingerprint()) return KeyState::same;
    if (stored && vault->knows(*stored)) return KeyState::rotated;
    return Error{Errc::conflict,
                 fmt::format("is not the key that the secrets of this database are sealed with (fingerprint {:.12}…, "
                             "the database's {:.12}…). Give the right one; to change it, name the old one in "
                             "security.previous_encryption_keys",
                             vault->fingerprint(), stored.value_or("?")),
                 "security.encryption_key"};
}

Result<void> adopt_key(Session& session) {
    TRY(const auto* vault, session.vault());
    CHECK(session.execute(kAdoptKey, vault->fingerprint()));
    return {};
}

Result<void> forget_unused_key(Session& session) {
    CHECK(session.execute(kForgetUnusedKey));
    return {};
}

Result<std::optional<SealedValue>> reseal(Session& session, const SealedValue& after, std::int64_t limit) {
    TRY(const auto* vault, session.vault());
    const auto after_type = after.json_path.empty() ? std::string_view() : enum_name(after.entity_type);
    TRY(auto values, session.all<SealedValue>(kAfter, after_type, after.entity_id, after.json_path, limit));
    if (values.empty()) return std::optional<SealedValue>{};
    for (auto& value : values) {
        const auto place = place_of(value);
        auto text = vault->open(value.encrypted_value, place);
        if (!text) {
            text.error().field = place;
            return std::move(text).error();
        }
        value.encrypted_value = vault->seal(*text, place);
    }
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& out) {
        out.push_back(to_sql(values[i].entity_type));
        out.push_back(to_sql(values[i].entity_id));
        out.push_back(to_sql(values[i].json_path));
        out.push_back(to_sql(values[i].encrypted_value));
    };
    CHECK(session.run_many(kReplace, values.size(), row));
    return std::optional{std::move(values.back())};
}

} // namespace attune::flow
