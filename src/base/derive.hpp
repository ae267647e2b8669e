#pragma once
// Structures made of the members of another while the program runs: what is shown of an object, and what may be given
// to it. They read and write the same object, so that no struct of the same members is needed, and nothing is copied.
#include "base/type.hpp"

#include <deque>

namespace attune {

/// How a member of a derived structure looks.
enum class Form : std::uint8_t {
    plain,      ///< as the struct has it
    omit_empty, ///< left out of the JSON when it is empty
    optional,   ///< may be missing, or null: then the object keeps what it has
    patch,      ///< as `optional`; null makes it empty (Patch)
    value,      ///< any JSON that may be missing; null is a value
};

/// Whether null, for a member of this type, changes the object.
bool takes_null(const Type& type);

/// Filled at start, constant afterwards.
class DerivedStructure {
public:
    /// `name`: of its schema; the structure `of` outlives it.
    DerivedStructure(std::string name, const Structure& of) : name_(std::move(name)), of_(of) {}
    DerivedStructure(const DerivedStructure&) = delete;
    DerivedStructure& operator=(const DerivedStructure&) = delete;

    /// A member of the struct, which has it; `name`: in the JSON, when it is another. The texts outlive it.
    void add(std::string_view member, Form form, std::string_view name = {}, std::string_view text = {});

    const Structure& structure() const { return structure_; }
    const Type& type() const { return type_; }

private:
    const Type& in_form(const Type& type, Form form);

    std::string name_;
    const Structure& of_;
    std::vector<Field> fields_;
    std::deque<Type> types_;
    std::deque<OptionalOps> ops_;
    Structure structure_{};
    Type type_{.kind = Kind::structure, .derived = &structure_};
};

} // namespace attune
