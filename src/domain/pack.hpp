#pragma once
#include "base/reflect.hpp"

namespace attune {

/// A bundle of components with one namespace: every component's ref is "<pack>.<name>".
struct Pack {
    PackId id;
    std::string ref;
    std::string label;
    std::optional<std::string> description;
    std::string version;
    json::object conf_schema;
    json::object config;
    json::object meta;
    std::vector<std::string> tags;
    std::vector<std::string> runtime_deps;
    json::value dependencies = json::array{};
    bool is_standard = false;
    std::optional<std::string> source_type;  ///< "directory", "upload" or none for a pack made by the API
    std::optional<std::string> storage_path; ///< where its files are
    std::optional<std::string> checksum;     ///< of its files, as loaded last
    std::optional<IdentityId> installed_by;
    std::int64_t generation = 0; ///< definition generation of its last change
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Pack);

/// How code of one kind is run: an interpreter, or the file itself when it names none.
struct Runtime {
    RuntimeId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::string name;
    std::optional<std::string> description;
    std::vector<std::string> aliases;
    json::object distributions;
    std::optional<json::object> installation;
    json::object execution_config;
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Runtime);

/// The pack that comes with the program.
inline constexpr std::string_view kCorePack = "core";

/// Whether a text can be a pack's ref: `^[a-z][a-z0-9_-]+$`, at most 64 characters.
bool is_pack_ref(std::string_view text);

/// Whether a text can be a component's ref: "<pack>.<name>", lower case, exactly one dot, at most 255 characters.
bool is_component_ref(std::string_view text);

/// The part before the dot.
std::string_view pack_of(std::string_view component_ref);

} // namespace attune
