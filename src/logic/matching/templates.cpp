#include "logic/matching/templates.hpp"

#include "logic/expression/value.hpp"
#include "logic/matching/path.hpp"
#include "logic/matching/template_text.hpp"

#include <algorithm>
#include <optional>

namespace attune::logic::matching {

/// A value of the template, with what has to be filled in.
struct ParamTemplate::Node {
    enum class Kind { constant, path, text, list, object };
    Kind kind = Kind::constant;
    json::value constant;       ///< of `constant`
    std::string path;           ///< of `path`
    std::string key;            ///< in the object around it
    std::vector<Node> children; ///< of `text`, `list` and `object`
};

namespace {

using Node = ParamTemplate::Node;
using Kind = Node::Kind;

Node constant(json::value value) {
    Node node;
    node.constant = std::move(value);
    return node;
}

Node compile_part(const TextPart& part) {
    if (!part.is_path) return constant(json::value(json::string(part.text)));
    Node node;
    node.kind = Kind::path;
    node.path = part.text;
    return node;
}

Node compile_text(const json::value& value) {
    const auto parts = split_templates(value.get_string());
    if (std::none_of(parts.begin(), parts.end(), [](const TextPart& part) { return part.is_path; }))
        return constant(value);
    if (parts.size() == 1) return compile_part(parts.front());
    Node node;
    node.kind = Kind::text;
    for (const auto& part : parts) node.children.push_back(compile_part(part));
    return node;
}

Node compile_node(const json::value& value, std::size_t depth);

/// Folded back into a constant when no child has a template.
Node folded(Node node, const json::value& value) {
    const auto is_constant = [](const Node& child) { return child.kind == Kind::constant; };
    return std::all_of(node.children.begin(), node.children.end(), is_constant) ? constant(value) : std::move(node);
}

Node compile_node(const json::value& value, std::size_t depth) {
    if (depth > ParamTemplate::kMaxNesting) return constant(value);
    if (value.is_string()) return compile_text(value);
    Node node;
    if (const auto* list = value.if_array()) {
        node.kind = Kind::list;
        for (const auto& item : *list) node.children.push_back(compile_node(item, depth + 1));
        return folded(std::move(node), value);
    }
    const auto* object = value.if_object();
    if (object == nullptr) return constant(value);
    node.kind = Kind::object;
    for (const auto& member : *object) {
        node.children.push_back(compile_node(member.value(), depth + 1));
        node.children.back().key = member.key();
    }
    return folded(std::move(node), value);
}

void collect_paths(const Node& node, std::vector<std::string_view>& paths) {
    if (node.kind == Kind::path && std::find(paths.begin(), paths.end(), node.path) == paths.end())
        paths.push_back(node.path);
    for (const auto& child : node.children) collect_paths(child, paths);
}

/// One render.
class Renderer {
public:
    Renderer(const RenderContext& context, std::vector<std::string>* unresolved)
        : context_(context), unresolved_(unresolved) {}

    json::value render(const Node& node) {
        switch (node.kind) {
        case Kind::constant: return node.constant;
        case Kind::path: return resolve(node.path).value_or(nullptr);
        case Kind::text: return render_text(node);
        case Kind::list: return render_list(node);
        case Kind::object: return render_object(node);
        }
        return nullptr;
    }

    json::object render_object(const Node& node) {
        json::object out;
        out.reserve(node.children.size());
        for (const auto& child : node.children) out.emplace(child.key, render(child));
        return out;
    }

private:
    json::value render_list(const Node& node) {
        json::array out;
        out.reserve(node.children.size());
        for (const auto& child : node.children) out.push_back(render(child));
        return out;
    }

    json::value render_text(const Node& node) {
        std::string out;
        for (const auto& child : node.children) {
            const auto value = render(child);
            if (!value.is_null()) out += expression::to_string(value);
        }
        return json::value(json::string(out));
    }

    std::optional<json::value> resolve(const std::string& path) {
        auto found = look_up(path);
        if (!found) note(path);
        return found;
    }

    std::optional<json::value> look_up(std::string_view path) {
        const auto& event = context_.event;
        if (path == "event.id") return json::value(event.id.value);
        if (path == "event.trigger") return json::value(json::string(event.trigger_ref));
        if (path == "event.created") return json::value(json::string(format_timestamp(event.created)));
        if (path == "system.timestamp") return json::value(json::string(format_timestamp(context_.now)));
        if (path == "system.rule.id") return json::value(context_.rule_id.value);
        if (path == "system.rule.ref") return json::value(json::string(context_.rule_ref));
        if (const auto rest = below(path, "event.payload")) return copy_from(event.payload, *rest);
        if (const auto rest = below(path, "event.config")) return copy_from(event.config, *rest);
        if (const auto rest = below(path, "pack.config")) return copy_from(context_.pack_config, *rest);
        return std::nullopt;
    }

    /// What follows `root` in the path: nothing, or more segments.
    static std::optional<std::string_view> below(std::string_view path, std::string_view root) {
        if (!path.starts_with(root)) return std::nullopt;
        path.remove_prefix(root.size());
        if (path.empty()) return path;
        if (path.front() != '.' || path.size() == 1) return std::nullopt;
        return path.substr(1);
    }

    std::optional<json::value> copy_from(const json::value* root, std::string_view path) {
        if (root == nullptr) return std::nullopt;
        const auto* found = path.empty() ? root : walk(*root, path);
        if (found == nullptr) return std::nullopt;
        const auto cost = expression::weight(*found, left_ + 1);
        if (cost > left_) return std::nullopt;
        left_ -= cost;
        return *found;
    }

    void note(const std::string& path) {
        if (unresolved_ == nullptr) return;
        if (std::find(unresolved_->begin(), unresolved_->end(), path) == unresolved_->end())
            unresolved_->push_back(path);
    }

    const RenderContext& context_;
    std::vector<std::string>* unresolved_;
    std::size_t left_ = ParamTemplate::kMaxInserted;
};

} // namespace

ParamTemplate ParamTemplate::compile(const json::value& action_params) {
    auto node = compile_node(action_params.is_object() ? action_params : json::value(json::object()), 0);
    return ParamTemplate{std::make_shared<const Node>(std::move(node))};
}

json::object ParamTemplate::render(const RenderContext& context, std::vector<std::string>* unresolved) const {
    if (is_constant()) return root_->constant.get_object();
    return Renderer(context, unresolved).render_object(*root_);
}

bool ParamTemplate::is_constant() const {
    return root_->kind == Kind::constant;
}

std::vector<std::string_view> ParamTemplate::paths() const {
    std::vector<std::string_view> paths;
    collect_paths(*root_, paths);
    return paths;
}

} // namespace attune::logic::matching
