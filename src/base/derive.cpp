#include "base/derive.hpp"

namespace attune {
namespace {

void keep(void*) {}

void* itself(void* it) {
    return it;
}
const void* content_itself(const void* it) {
    return it;
}

template <class T>
const void* unless_empty(const void* it) {
    return static_cast<const T*>(it)->empty() ? nullptr : it;
}

void clear_json(void* it) {
    *static_cast<json::value*>(it) = json::object{};
}

void null_json(void* it) {
    *static_cast<json::value*>(it) = nullptr;
}

using ContentOf = const void* (*)(const void*);

/// Of a member that is no optional by its type.
ContentOf content_of(const Type& type) {
    if (type.kind == Kind::object) return unless_empty<json::object>;
    if (type.kind == Kind::array) return unless_empty<json::array>;
    if (type.kind == Kind::text) return unless_empty<std::string>;
    if (type.kind != Kind::list) return content_itself;
    ATTUNE_ASSERT(type.element->kind == Kind::text);
    return unless_empty<std::vector<std::string>>;
}

Kind kind_of(Form form) {
    if (form == Form::omit_empty) return Kind::omittable;
    return form == Form::patch ? Kind::patch : Kind::optional;
}

OptionalOps ops_of(const Type& type, Form form) {
    OptionalOps out{content_itself, itself, keep};
    if (type.is_optional()) out = *type.optional;
    if (form == Form::optional) out.reset = keep;
    if (form == Form::omit_empty && !type.is_optional()) out.content = content_of(type);
    const bool is_any_json = type.kind == Kind::json;
    ATTUNE_ASSERT(is_any_json || form != Form::value);
    ATTUNE_ASSERT(is_any_json || type.is_optional() || form != Form::patch);
    if (is_any_json && form == Form::patch) out.reset = clear_json;
    if (form == Form::value) out.reset = null_json;
    return out;
}

} // namespace

bool takes_null(const Type& type) {
    return type.is_optional() && type.optional->reset != keep;
}

const Type& DerivedStructure::in_form(const Type& type, Form form) {
    if (form == Form::plain) return type;
    const auto& ops = ops_.emplace_back(ops_of(type, form));
    return types_.emplace_back(
        Type{.kind = kind_of(form), .element = type.is_optional() ? type.element : &type, .optional = &ops});
}

void DerivedStructure::add(std::string_view member, Form form, std::string_view name, std::string_view text) {
    const auto* field = of_.find(member);
    ATTUNE_ASSERT(field != nullptr);
    fields_.push_back({name.empty() ? field->name : name, field->offset, &in_form(*field->type, form), text});
    structure_ = {name_, {}, fields_};
}

} // namespace attune
