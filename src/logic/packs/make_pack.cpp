#include "logic/packs/make_pack.hpp"

#include "logic/definitions/definitions.hpp"
#include "logic/entities/entities.hpp"
#include "logic/packs/written_as.hpp"

namespace attune::logic::packs {
namespace {

/// It is easily written so that YAML takes it for a number.
Result<std::string> read_version(const json::value& file) {
    const auto* version = find_member(file, "version");
    if (version == nullptr || version->is_null()) return invalid("version", "is required (a text such as \"1.0.0\")");
    if (version->is_number()) return invalid("version", "expected a text: put quotes around it, \"1.0.0\"");
    if (!version->is_string()) return invalid("version", "expected a text such as \"1.0.0\", got " + excerpt(*version));
    return std::string(version->get_string());
}

} // namespace

Result<Pack> make_pack(const json::value& file) {
    Pack pack;
    CHECK(decode_json(entities::pack().file(), file, {}, {}, &pack));
    if (pack.ref.empty()) return invalid("ref", "is required (the pack's name)");
    CHECK(definitions::check_pack_ref(pack.ref));
    if (pack.label.empty()) pack.label = pack.ref;
    TRY(pack.version, read_version(file));
    CHECK(as_written(definitions::check_pack(pack), entities::pack()));
    return pack;
}

} // namespace attune::logic::packs
