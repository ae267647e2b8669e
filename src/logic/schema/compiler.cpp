#include "logic/schema/compiler.hpp"

#include "logic/expression/value.hpp"
#include "logic/schema/reference.hpp"

#include <array>

namespace attune::logic::schema {
namespace {

constexpr std::array<std::string_view, 5> kUnsupported = {"unevaluatedProperties", "unevaluatedItems", "$dynamicRef",
                                                          "$recursiveRef", "$vocabulary"};

constexpr std::pair<std::string_view, TypeBit> kTypes[] = {
    {"null", null_type},     {"boolean", boolean_type}, {"integer", integer_type}, {"number", number_type},
    {"string", string_type}, {"array", array_type},     {"object", object_type}};

const json::value* find(const json::object& keywords, std::string_view keyword) {
    return keywords.if_contains(keyword);
}

Result<TypeBit> type_bit(const json::value& name, const std::string& path) {
    for (const auto& [known, bit] : kTypes) {
        if (name.is_string() && std::string_view(name.get_string()) == known) return bit;
    }
    return invalid(path,
                   fmt::format("expected null|boolean|integer|number|string|array|object, got {}", excerpt(name)));
}

} // namespace

Result<Schema> Compiler::compile() {
    CHECK(read_dialect());
    CHECK(node_for(document_, ""));
    for (std::size_t next = 0; next < places_.size(); ++next) {
        // Copied, because reading adds places.
        const auto [schema, path] = places_[next];
        CHECK(read_node(static_cast<NodeId>(next), *schema, path));
    }
    return std::move(out_);
}

Result<void> Compiler::read_dialect() {
    const auto* given = find_member(document_, "$schema");
    if (given == nullptr) return {};
    if (!given->is_string()) return invalid("$schema", fmt::format("expected a string, got {}", excerpt(*given)));
    const std::string_view name = given->get_string();
    for (const auto* old : {"draft-04", "draft-06", "draft-07"}) {
        if (name.find(old) != std::string_view::npos) dialect_ = Dialect::draft7;
    }
    for (const auto* newer : {"2019-09", "2020-12"}) {
        if (name.find(newer) != std::string_view::npos) dialect_ = Dialect::draft2020;
    }
    return {};
}

Result<NodeId> Compiler::node_for(const json::value& schema, std::string path) {
    if (const auto found = known_.find(&schema); found != known_.end()) return found->second;
    if (places_.size() == Validator::kMaxNodes)
        return Error{Errc::too_large, fmt::format("a schema may have at most {} subschemas", Validator::kMaxNodes),
                     path};
    const auto id = static_cast<NodeId>(places_.size());
    known_.emplace(&schema, id);
    places_.emplace_back(&schema, std::move(path));
    return id;
}

Result<void> Compiler::read_node(NodeId id, const json::value& schema, const std::string& path) {
    Node node;
    if (const auto* fixed = schema.if_bool()) {
        node.fixed = *fixed;
    } else if (const auto* keywords = schema.if_object()) {
        const Place place{keywords, path};
        for (const auto keyword : kUnsupported) {
            if (find(*keywords, keyword) != nullptr) return invalid(join_path(path, keyword), "is not supported");
        }
        CHECK(read_reference(place, node.combined));
        if (!node.combined.reference || dialect_ != Dialect::draft7) {
            CHECK(read_types(place, node));
            CHECK(read_allowed(place, node));
            CHECK(read_number(place, node.number));
            CHECK(read_string(place, node.string));
            CHECK(read_array(place, node.array));
            CHECK(read_object(place, node.object));
            CHECK(read_combination(place, node.combined));
        }
    } else {
        return invalid(path, fmt::format("expected a schema (an object, true or false), got {}", excerpt(schema)));
    }
    ATTUNE_ASSERT(id == out_.nodes.size());
    out_.nodes.push_back(std::move(node));
    return {};
}

Result<void> Compiler::read_types(const Place& place, Node& node) {
    const auto* type = find(*place.keywords, "type");
    if (type == nullptr) return {};
    const auto path = join_path(place.path, "type");
    const auto* several = type->if_array();
    if (several == nullptr) {
        TRY(node.types, type_bit(*type, path));
        return {};
    }
    if (several->empty()) return invalid(path, "expected at least one type");
    for (std::size_t i = 0; i < several->size(); ++i) {
        TRY(const auto bit, type_bit((*several)[i], join_path(path, i)));
        node.types |= bit;
    }
    return {};
}

Result<void> Compiler::read_allowed(const Place& place, Node& node) {
    if (const auto* choices = find(*place.keywords, "enum")) {
        if (!choices->is_array())
            return invalid(join_path(place.path, "enum"), fmt::format("expected a list, got {}", excerpt(*choices)));
        node.allowed = choices->get_array();
    }
    const auto* constant = find(*place.keywords, "const");
    if (constant == nullptr) return {};
    // With both, the constant must be one of the choices, or nothing is allowed.
    const auto in = [&](const json::array& list) {
        for (const auto& item : list) {
            if (expression::equal(item, *constant)) return true;
        }
        return false;
    };
    node.allowed = !node.allowed || in(*node.allowed) ? json::array{*constant} : json::array{};
    return {};
}

Result<void> Compiler::read_number(const Place& place, NumberRules& rules) {
    TRY(rules.minimum, number(place, "minimum"));
    TRY(rules.maximum, number(place, "maximum"));
    TRY(rules.exclusive_minimum, number(place, "exclusiveMinimum"));
    TRY(rules.exclusive_maximum, number(place, "exclusiveMaximum"));
    TRY(rules.multiple_of, number(place, "multipleOf"));
    if (rules.multiple_of && expression::compare_numbers(*rules.multiple_of, json::value(0)) <= 0) {
        return invalid(join_path(place.path, "multipleOf"),
                       fmt::format("expected a number above 0, got {}", excerpt(*rules.multiple_of)));
    }
    return {};
}

Result<void> Compiler::read_string(const Place& place, StringRules& rules) {
    TRY(rules.min_length, limit(place, "minLength"));
    TRY(rules.max_length, limit(place, "maxLength"));
    if (const auto* text = find(*place.keywords, "pattern")) {
        const auto path = join_path(place.path, "pattern");
        if (!text->is_string()) return invalid(path, fmt::format("expected a string, got {}", excerpt(*text)));
        TRY(rules.pattern, pattern(text->get_string(), path));
    }
    if (const auto* name = find(*place.keywords, "format")) {
        if (!name->is_string())
            return invalid(join_path(place.path, "format"), fmt::format("expected a string, got {}", excerpt(*name)));
        rules.format_name = name->get_string();
        rules.format = find_format(rules.format_name);
    }
    return {};
}

Result<void> Compiler::read_array(const Place& place, ArrayRules& rules) {
    TRY(rules.min_items, limit(place, "minItems"));
    TRY(rules.max_items, limit(place, "maxItems"));
    TRY(rules.unique, flag(place, "uniqueItems"));
    TRY(rules.contains, schema(place, "contains"));
    TRY(rules.min_contains, limit(place, "minContains"));
    TRY(rules.max_contains, limit(place, "maxContains"));
    return read_items(place, rules);
}

Result<void> Compiler::read_items(const Place& place, ArrayRules& rules) {
    const auto* items = find(*place.keywords, "items");
    if (items != nullptr && items->is_array()) {
        TRY(rules.first, schemas(place, "items"));
        TRY(rules.others, schema(place, "additionalItems"));
        return {};
    }
    TRY(rules.first, schemas(place, "prefixItems"));
    TRY(rules.others, schema(place, "items"));
    return {};
}

Result<void> Compiler::read_object(const Place& place, ObjectRules& rules) {
    TRY(rules.min_properties, limit(place, "minProperties"));
    TRY(rules.max_properties, limit(place, "maxProperties"));
    TRY(rules.additional, schema(place, "additionalProperties"));
    TRY(rules.names, schema(place, "propertyNames"));
    if (const auto* required = find(*place.keywords, "required")) {
        TRY(rules.required, texts(*required, join_path(place.path, "required")));
    }
    CHECK(read_properties(place, rules));
    for (const auto* keyword : {"dependencies", "dependentRequired", "dependentSchemas"})
        CHECK(read_dependencies(place, keyword, rules));
    return {};
}

Result<void> Compiler::read_properties(const Place& place, ObjectRules& rules) {
    const auto parent = join_path(place.path, "properties");
    TRY(const auto* properties, object(place, "properties"));
    if (properties != nullptr) {
        for (const auto& member : *properties) {
            TRY(const auto id, node_for(member.value(), join_path(parent, std::string_view(member.key()))));
            rules.properties.emplace(member.key(), id);
        }
    }
    TRY(const auto* patterns, object(place, "patternProperties"));
    if (patterns == nullptr) return {};
    for (const auto& member : *patterns) {
        const auto path = join_path(join_path(place.path, "patternProperties"), std::string_view(member.key()));
        TRY(auto compiled, pattern(member.key(), path));
        TRY(const auto id, node_for(member.value(), path));
        rules.patterns.emplace_back(std::move(compiled), id);
    }
    return {};
}

Result<void> Compiler::read_dependencies(const Place& place, std::string_view keyword, ObjectRules& rules) {
    TRY(const auto* dependencies, object(place, keyword));
    if (dependencies == nullptr) return {};
    for (const auto& member : *dependencies) {
        const auto path = join_path(join_path(place.path, keyword), std::string_view(member.key()));
        Dependency dependency{std::string(member.key()), {}, {}};
        if (keyword == "dependentRequired" || (keyword == "dependencies" && member.value().is_array())) {
            TRY(dependency.required, texts(member.value(), path));
        } else {
            TRY(dependency.schema, node_for(member.value(), path));
        }
        rules.dependencies.push_back(std::move(dependency));
    }
    return {};
}

Result<void> Compiler::read_reference(const Place& place, Combination& combined) {
    const auto* reference = find(*place.keywords, "$ref");
    if (reference == nullptr) return {};
    const auto path = join_path(place.path, "$ref");
    if (!reference->is_string()) return invalid(path, fmt::format("expected a string, got {}", excerpt(*reference)));
    auto target = resolve_reference(document_, reference->get_string());
    if (!target) return invalid(path, target.error().message);
    TRY(combined.reference, node_for(**target, std::string(reference->get_string())));
    return {};
}

Result<void> Compiler::read_combination(const Place& place, Combination& combined) {
    TRY(combined.all_of, schemas(place, "allOf"));
    TRY(combined.any_of, schemas(place, "anyOf"));
    TRY(combined.one_of, schemas(place, "oneOf"));
    TRY(combined.none_of, schema(place, "not"));
    TRY(combined.condition, schema(place, "if"));
    TRY(combined.consequence, schema(place, "then"));
    TRY(combined.alternative, schema(place, "else"));
    return {};
}

} // namespace attune::logic::schema
