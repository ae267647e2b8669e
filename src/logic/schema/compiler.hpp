#pragma once
// Private to logic/schema.
#include "logic/schema/node.hpp"
#include "logic/schema/validator.hpp"

#include <span>
#include <unordered_map>

namespace attune::logic::schema {

/// Reads a schema into nodes. Subschemas wait in a list instead of being read at once, so that neither depth nor
/// circular references matter.
class Compiler {
public:
    Compiler(const json::value& document, Dialect dialect) : document_(document), dialect_(dialect) {}
    Result<Schema> compile();

private:
    /// A place in the schema: the object that holds the keywords, and its path for errors.
    struct Place {
        const json::object* keywords;
        std::string path;
    };

    Result<void> read_dialect();
    Result<void> read_node(NodeId id, const json::value& schema, const std::string& path);
    Result<void> read_types(const Place&, Node&);
    Result<void> read_allowed(const Place&, Node&);
    Result<void> read_number(const Place&, NumberRules&);
    Result<void> read_string(const Place&, StringRules&);
    Result<void> read_array(const Place&, ArrayRules&);
    Result<void> read_items(const Place&, ArrayRules&);
    Result<void> read_object(const Place&, ObjectRules&);
    Result<void> read_properties(const Place&, ObjectRules&);
    Result<void> read_dependencies(const Place&, std::string_view keyword, ObjectRules&);
    Result<void> read_combination(const Place&, Combination&);
    Result<void> read_reference(const Place&, Combination&);

    // One keyword each; absent is no error.
    Result<std::optional<json::value>> number(const Place&, std::string_view keyword);
    Result<Limit> limit(const Place&, std::string_view keyword);
    Result<bool> flag(const Place&, std::string_view keyword);
    Result<std::vector<std::string>> texts(const json::value&, const std::string& path);
    Result<MaybeNode> schema(const Place&, std::string_view keyword);
    Result<std::vector<NodeId>> schemas(const Place&, std::string_view keyword);
    Result<const json::object*> object(const Place&, std::string_view keyword);
    Result<Pattern> pattern(std::string_view text, const std::string& path);

    /// The node of a subschema, which is read later.
    Result<NodeId> node_for(const json::value& schema, std::string path);

    const json::value& document_;
    Dialect dialect_;
    Schema out_;
    std::unordered_map<const json::value*, NodeId> known_;
    std::vector<std::pair<const json::value*, std::string>> places_; ///< by NodeId
};

} // namespace attune::logic::schema
