#include "app/visit_settings.hpp"

#include "app/settings.hpp"

namespace attune::app {
namespace {

void visit(const Structure& structure, const void* section, const std::string& parent, const SettingVisitor& visitor) {
    for (const auto& field : structure.fields) {
        const auto path = join_path(parent, field.name);
        if (field.type->kind == Kind::structure) {
            visit(field.type->structure(), field.of(section), path, visitor);
        } else {
            visitor(path, *field.type, field.of(section));
        }
    }
}

} // namespace

void visit_settings(const Settings& settings, const SettingVisitor& visitor) {
    visit(structure_of<Settings>(), &settings, {}, visitor);
}

} // namespace attune::app
