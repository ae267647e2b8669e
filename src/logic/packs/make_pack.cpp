#include "logic/packs/make_pack.hpp"

#include "logic/definitions/definitions.hpp"
#include "logic/packs/written_as.hpp"

#include <utility>

namespace attune::logic::packs {
namespace {

Result<std::string> read_version(const std::optional<json::value>& version) {
    if (!version || version->is_null()) return invalid("version", "is required (a text such as \"1.0.0\")");
    if (version->is_number()) return invalid("version", "expected a text: put quotes around it, \"1.0.0\"");
    if (!version->is_string()) return invalid("version", "expected a text such as \"1.0.0\", got " + excerpt(*version));
    return std::string(version->get_string());
}

template <class T>
T either(std::optional<T>& first, std::optional<T>& second) {
    if (first) return *std::move(first);
    return second ? *std::move(second) : T{};
}

} // namespace

Result<Pack> make_pack(PackFile file) {
    if (!file.ref) return invalid("ref", "is required (the pack's name)");
    CHECK(definitions::check_pack_ref(*file.ref));
    Pack pack;
    pack.ref = *file.ref;
    pack.label = either(file.name, file.label);
    if (pack.label.empty()) pack.label = pack.ref;
    TRY(pack.version, read_version(file.version));
    pack.description = std::move(file.description);
    pack.conf_schema = either(file.config_schema, file.conf_schema);
    pack.config = file.config.value_or(json::object{});
    pack.meta = either(file.metadata, file.meta);
    pack.tags = either(file.keywords, file.tags);
    pack.runtime_deps = file.runtime_deps.value_or(std::vector<std::string>{});
    if (file.dependencies && !file.dependencies->is_null()) pack.dependencies = *std::move(file.dependencies);
    pack.is_standard = file.is_standard.value_or(false);
    CHECK(as_written(definitions::check_pack(pack), {{"label", "name"}, {"conf_schema", "config_schema"}}));
    return pack;
}

} // namespace attune::logic::packs
