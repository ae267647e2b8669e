#include "domain/sealed_value.hpp"

namespace attune {

ATTUNE_ROW(SealedValue, "execution_secret_value", entity_type, entity_id, json_path, source_kind, source_ref,
           encrypted_value, created);

} // namespace attune
