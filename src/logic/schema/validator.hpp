#pragma once
#include "base/json.hpp"
#include "logic/schema/problem.hpp"

#include <memory>
#include <vector>

namespace attune::logic::schema {

struct Schema;

/// The edition of JSON Schema, when the schema's own `$schema` does not say. They differ in one thing that we do: in
/// draft 7 the neighbours of a `$ref` are ignored.
enum class Dialect { draft7, draft2020 };

enum class TemplatesAllowed {
    no,
    yes, ///< a string with a `{{ }}` inside stands for a value that is not known yet, and fits everywhere
};

/// A JSON Schema, compiled once: all assertions of draft 7, and those of 2020-12 but `unevaluated*` and `$dynamicRef`
/// (which are refused). `format` is checked for the formats of format.hpp; others are ignored, as are unknown keywords.
/// `$ref` reaches within the schema only (pointers and anchors). Patterns are RE2's. Immutable, safe from several
/// threads.
class Validator {
public:
    static constexpr std::size_t kMaxNodes = 10'000;    ///< subschemas
    static constexpr std::size_t kMaxProblems = 100;    ///< reported at once
    static constexpr std::size_t kMaxSteps = 1'000'000; ///< subschemas met while one value is checked
    static constexpr std::size_t kMaxDepth = 256;       ///< of schemas inside schemas, references included

    /// Errors: `invalid`, with the path in the schema (`properties.age.minimum`) and what was expected there.
    static Result<Validator> compile(const json::value& schema, Dialect dialect = Dialect::draft2020);

    /// What is wrong with the value; empty = it is valid. A value that takes more than the bounds is a problem too.
    std::vector<Problem> validate(const json::value& value, TemplatesAllowed templates = TemplatesAllowed::no) const;

private:
    explicit Validator(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}
    std::shared_ptr<const Schema> schema_;
};

} // namespace attune::logic::schema
