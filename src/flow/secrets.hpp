#pragma once
// Secret values of stored rows: sealed beside the row, in the transaction that writes it.
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "logic/schema/secrets.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Whose JSON the secrets were in, and where they came from.
struct SecretsOf {
    SealedIn entity_type = SealedIn::execution;
    std::int64_t entity_id = 0;
    std::string_view column; ///< of the JSON: "config"
    SecretSource source_kind = SecretSource::request;
    std::string_view source_ref;
};

/// Seals what take_secrets() took.
std::vector<SealedValue> seal(const Vault& vault, const SecretsOf& of, std::span<const logic::schema::SecretPart> parts,
                              Timestamp now);

/// Stores sealed values; with the rows that they belong to, in one transaction.
Result<void> store_sealed(Session& session, std::span<const SealedValue> values);

/// What is sealed of a row, in the order of the paths.
Result<std::vector<SealedValue>> sealed_values(Session& session, SealedIn entity_type, std::int64_t entity_id);

/// Of an execution's `config`: a retry shares those of its first attempt.
Result<std::vector<SealedValue>> sealed_parameters(Session& session, const Execution& execution);

/// One of them. Errors: those of Vault::open(), with the path.
Result<json::value> open_sealed(const Vault& vault, const SealedValue& value);

/// Puts the secrets of a column back where the mask stands; the pointers of those that were put back. Errors: those of
/// Vault::open(), with the path.
Result<std::vector<std::string>> unseal(const Vault& vault, std::span<const SealedValue> values,
                                        std::string_view column, json::object& into);

/// The same, but only where the schema says `secret` now: what it does not know stays masked.
Result<void> unseal_declared(const Vault& vault, std::span<const SealedValue> values, std::string_view column,
                             const json::value& param_schema, json::object& into);

/// Deletes what is sealed of a row.
Result<void> forget_sealed(Session& session, SealedIn entity_type, std::int64_t entity_id);

/// Deletes what is sealed of rows in [first, last] that are gone.
Result<void> forget_sealed_of_gone(Session& session, SealedIn entity_type, std::int64_t first, std::int64_t last);

/// What an instance's secrets are sealed with.
enum class KeyState {
    fresh,   ///< nothing is sealed yet: this key is now the one
    same,    ///< by the key that seals
    rotated, ///< by a key that only opens: reseal(), then adopt_key()
};
/// Errors: `conflict`, field "security.encryption_key", when it is a key that is not known.
Result<KeyState> check_key(Session& session);
Result<void> adopt_key(Session& session);
/// While nothing is sealed any key will do: a backup without secrets serves with another one. Only for a database that
/// no other process uses, which may seal with the key of before at this moment.
Result<void> forget_unused_key(Session& session);

/// Seals values anew with the current key, those after `after` in the order of (entity_type, entity_id, json_path), at
/// most `limit`. The last one of them; none when there were no more.
Result<std::optional<SealedValue>> reseal(Session& session, const SealedValue& after, std::int64_t limit);

} // namespace attune::flow
