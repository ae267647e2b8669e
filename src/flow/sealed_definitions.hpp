#pragma once
// Secrets of rules (action_params, trigger_params) and packs (config): taken out before the row is written, put back
// for those who change it.
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/sealed_value.hpp"
#include "flow/secrets.hpp"

namespace attune::flow {

/// The secrets of a definition, out of its row.
struct DefinitionSecrets {
    struct Column {
        std::string_view name;
        std::vector<logic::schema::SecretPart> parts;
    };
    std::vector<Column> columns;
};

/// Puts the stored secrets back where a writer left their mask, so that who reads, edits and writes back destroys none.
/// Errors: `invalid` when the rule now runs another action (or is on another trigger): its secrets were given for the
/// old one.
struct Revealed {
    std::vector<std::string> action_params; ///< pointers of what was put back
    std::vector<std::string> trigger_params;
    std::vector<std::string> config;
};
Result<Revealed> reveal(Session& session, const Rule& before, Rule& after);
Result<Revealed> reveal(Session& session, const Pack& before, Pack& after);

/// Masks what the schemas of its action and its trigger (of the pack: its conf_schema) mark secret, and what was
/// revealed: what was sealed once stays so. Errors: `invalid`, naming the place, where a mask stands for no secret.
Result<DefinitionSecrets> take_secrets(Session& session, Rule& rule, const Revealed& revealed);
Result<DefinitionSecrets> take_secrets(Pack& pack, const Revealed& revealed);

/// Seals and stores them, in place of those that the row had.
Result<void> replace_sealed(Session& session, SealedIn type, std::int64_t id, std::string_view ref,
                            const DefinitionSecrets& secrets, Timestamp now);

} // namespace attune::flow
