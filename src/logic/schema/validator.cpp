#include "logic/schema/validator.hpp"

#include "logic/schema/checker.hpp"
#include "logic/schema/compiler.hpp"

namespace attune::logic::schema {

Result<Validator> Validator::compile(const json::value& schema, Dialect dialect) {
    TRY(auto compiled, Compiler(schema, dialect).compile());
    return Validator{std::make_shared<const Schema>(std::move(compiled))};
}

std::vector<Problem> Validator::validate(const json::value& value, TemplatesAllowed templates) const {
    return Checker(*schema_, templates).run(value);
}

} // namespace attune::logic::schema
