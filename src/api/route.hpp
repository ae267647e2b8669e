#pragma once
#include "api/errors.hpp"
#include "api/extract.hpp"
#include "api/schema_ref.hpp"

#include <functional>
#include <set>

namespace attune::api {

/// Who may call a route.
enum class Access : std::uint8_t {
    undeclared,    ///< a mistake: answered with 403, and listed by Router::undeclared()
    open,          ///< anybody; no token is looked at
    authenticated, ///< any valid token of the admitted types
    needs,         ///< a grant without constraints, or ...
    needs_some,    ///< ... any grant: the handler checks its target with Caller::require
};

/// What a handler returns, for the document.
enum class ResultKind : std::uint8_t { data, page, deleted, bare, raw };

/// One route of the table. The setters are chained where it is declared.
class Route {
public:
    Route& summary(std::string text);
    Route& description(std::string text);
    /// The group in the document; by default the first word after /api/v1.
    Route& tag(std::string name);
    /// Of success; 200 by default.
    Route& status(int code);
    /// Bytes of body; by default as many as the router allows.
    Route& body_limit(std::size_t bytes);
    /// The media type of a Raw result, for the document.
    Route& produces(std::string media_type);

    /// What the audit log calls it ("definition.rule.changed"), and the kind of thing that it is about. Said of every
    /// route but those that read, or change nothing.
    Route& audited(std::string event_type, std::string resource);
    /// It has the method of one that changes something, and does not.
    Route& changes_nothing();
    bool may_change() const;

    /// The caller must hold the right without constraints.
    Route& needs(Resource resource, Right right);
    /// The caller must hold the right on some target; the handler checks the target it touches: Caller::require().
    Route& needs_some(Resource resource, Right right);
    /// Any access or execution token.
    Route& authenticated();
    /// Anybody.
    Route& open();
    /// Accepts this token type too, beside those above (sensors, workers).
    Route& admits(TokenType type);
    /// Any token of this type and of no other.
    Route& only(TokenType type);

    Method method = Method::get;
    std::string pattern;
    std::vector<std::string> segments; ///< of the pattern: "rules", "{ref}"
    struct Declared {
        std::string summary, description, tag, media_type, audit_event, audit_resource;
        int status = 200;
        std::optional<std::size_t> body_limit = {};
        Access access = Access::undeclared;
        Resource resource = Resource::packs;
        Right right = Right::read;
        std::set<TokenType> token_types;
        bool changes_nothing = false;
    } declared;

    /// From the handler's signature.
    struct Signature {
        const Type* path = nullptr;  ///< a struct, or the plain type of the only parameter
        const Type* query = nullptr; ///< a struct
        const Type* body = nullptr;
        ResultKind result = ResultKind::raw;
        const Type* result_item = nullptr;
    } signature;
    /// Reads the handler's parameters, calls it, and renders what it returns with this status. The call outlives it.
    using Invoke = std::function<task<RawResponse>(Call&, int status)>;
    Invoke invoke;

    /// The names in braces, in order; "{path...}" takes all that is left.
    std::vector<std::string> parameter_names() const;
};

bool is_parameter(std::string_view segment);
bool is_tail(std::string_view segment);
/// "ref" of "{ref}", "path" of "{path...}".
std::string parameter_name(std::string_view segment);

} // namespace attune::api
