#include "logic/packs/make_pack.hpp"

#include <fmt/core.h>
#include <utility>

namespace attune::logic::packs {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// "1.2", "1.2.3", "1.2.3-rc.1+build".
bool is_version(std::string_view text) {
    const auto core = text.substr(0, text.find_first_of("-+"));
    std::size_t parts = 1;
    bool digit_before = false;
    for (const char c : core) {
        if (is_digit(c)) {
            digit_before = true;
        } else if (c == '.' && digit_before) {
            digit_before = false;
            ++parts;
        } else {
            return false;
        }
    }
    return digit_before && (parts == 2 || parts == 3) && text.size() <= 64;
}

Result<std::string> read_version(const std::optional<json::value>& version) {
    if (!version) return invalid("version", "is required (a text such as \"1.0.0\")");
    if (version->is_number()) return invalid("version", "expected a text: put quotes around it, \"1.0.0\"");
    if (!version->is_string() || !is_version(version->get_string())) {
        return invalid("version", fmt::format("expected a text such as \"1.0.0\", got {}", excerpt(*version)));
    }
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
    if (!is_pack_ref(*file.ref)) {
        return invalid("ref", fmt::format("expected lower-case letters, digits, '_' and '-', beginning with a letter, "
                                          "got '{}'",
                                          *file.ref));
    }
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
    if (file.dependencies) pack.dependencies = *std::move(file.dependencies);
    pack.is_standard = file.is_standard.value_or(false);
    return pack;
}

} // namespace attune::logic::packs
