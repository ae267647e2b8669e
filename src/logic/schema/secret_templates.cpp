// find_leak: which template leads a secret to where it would be seen.
#include "base/text.hpp"
#include "logic/matching/template_text.hpp"
#include "logic/schema/secrets.hpp"

namespace attune::logic::schema {
namespace {

using Segments = std::vector<std::string_view>;

/// What follows `root` in the path, cut at its dots; nothing when the path leads elsewhere.
std::optional<Segments> below(std::string_view path, std::string_view root) {
    if (!path.starts_with(root)) return std::nullopt;
    path.remove_prefix(root.size());
    if (path.empty()) return Segments{};
    if (path.front() != '.') return std::nullopt;
    return split(path.substr(1), '.');
}

class LeakFinder {
public:
    LeakFinder(const json::value& param_schema, const json::value& out_schema, const json::value& conf_schema)
        : params_(param_schema), payload_(out_schema), config_(conf_schema) {}

    std::optional<Problem> look(const json::value& value, const std::string& path) {
        if (const auto* text = value.if_string()) return look_at_text(*text, path);
        if (const auto* object = value.if_object()) {
            for (const auto& member : *object) {
                at_.push_back(member.key());
                auto found = look(member.value(), join_path(path, std::string_view(member.key())));
                at_.pop_back();
                if (found) return found;
            }
        }
        if (const auto* list = value.if_array()) {
            for (std::size_t i = 0; i < list->size(); ++i) {
                const auto index = std::to_string(i);
                at_.push_back(index);
                auto found = look((*list)[i], join_path(path, i));
                at_.pop_back();
                if (found) return found;
            }
        }
        return std::nullopt;
    }

private:
    std::optional<Problem> look_at_text(std::string_view text, const std::string& path) {
        if (secrecy_at(params_, at_) == Secrecy::secret) return std::nullopt;
        for (const auto& part : matching::split_templates(text)) {
            if (!part.is_path || !leads_to_secret(part.text)) continue;
            return Problem{path, fmt::format("the template {} leads to a secret, but this parameter is not marked "
                                             "secret in the action's param_schema",
                                             part.text)};
        }
        return std::nullopt;
    }

    bool leads_to_secret(std::string_view path) const {
        if (const auto rest = below(path, "event.payload")) return secrecy_at(payload_, *rest) != Secrecy::open;
        if (const auto rest = below(path, "pack.config")) return secrecy_at(config_, *rest) != Secrecy::open;
        return false;
    }

    const json::value& params_;
    const json::value& payload_;
    const json::value& config_;
    Segments at_;
};

} // namespace

std::optional<Problem> find_leak(const json::object& action_params, const json::value& param_schema,
                                 const json::value& out_schema, const json::value& conf_schema) {
    if (!declares_secrets(out_schema) && !declares_secrets(conf_schema)) return std::nullopt;
    return LeakFinder(param_schema, out_schema, conf_schema).look(json::value(action_params), "action_params");
}

} // namespace attune::logic::schema
