#include "domain/pack.hpp"

#include <algorithm>

namespace attune {

ATTUNE_ROW(Pack, "pack", id, ref, label, description, version, conf_schema, config, meta, tags, runtime_deps,
           dependencies, is_standard, source_type, storage_path, checksum, installed_by, generation, created, updated);
ATTUNE_ROW(Runtime, "runtime", id, ref, pack, pack_ref, name, description, aliases, distributions, installation,
           execution_config, generation, created, updated);

namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_word(char c) {
    return is_lower(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

} // namespace

bool is_pack_ref(std::string_view text) {
    return text.size() >= 2 && text.size() <= 64 && is_lower(text.front()) && std::ranges::all_of(text, is_word);
}

bool is_component_ref(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || text.size() > 255) return false;
    const auto name = text.substr(dot + 1);
    return is_pack_ref(text.substr(0, dot)) && !name.empty() && std::ranges::all_of(name, is_word);
}

std::string_view pack_of(std::string_view component_ref) {
    return component_ref.substr(0, component_ref.find('.'));
}

} // namespace attune
