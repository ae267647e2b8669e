#pragma once
#include "api/common/listing.hpp"
#include "api/context.hpp"
#include "api/router.hpp"
#include "logic/entities/entity.hpp"

#include <memory>

namespace attune::api {

/// The standard routes of one kind of thing: a list with pages and filters, the lists of what it belongs to, read,
/// create, change, enable, disable and delete, each with its grant, 404, envelope, schema and line in the audit log.
/// What is special about a kind is a method of Entity; here nothing depends on its type, so that a new kind costs the
/// compiler next to nothing.
class EntityRoutes {
public:
    /// The list below another kind of thing: /api/v1/packs/{ref}/rules.
    struct ListBelow {
        std::string_view collection; ///< "packs"
        std::string_view column;     ///< "pack_ref"
        std::string_view summary;
        Result<void> (*find)(Session& session, const std::string& ref); ///< Errors: `not_found`
    };
    struct Description {
        const logic::entities::Entity& entity;
        Resource resource;
        TargetColumns columns = {};
        Right change = Right::update;
        bool read_by_all = false; ///< by everybody who is logged in, as far as sees() says
        /// In the audit log; empty: "definition.<noun>.changed"
        std::string_view created = {};
        std::string_view changed = {};
        std::string_view deleted = {};
        std::vector<ListBelow> below = {};
        const Structure* row = {};
        const Type* query = {}; ///< of a list: paging, and filters by columns of the same names
        Result<PageWindow> (*window)(const void* query) = {};
    };

    virtual ~EntityRoutes() = default;
    virtual void declare(Router& r);

protected:
    /// A value whose type the description tells: the form of the entity, or a query.
    using Erased = std::shared_ptr<void>;
    /// A change that somebody asked for.
    struct Change {
        const Caller& caller;
        const logic::entities::Given& given;
        const void* prepared = nullptr; ///< a form with what a body gave, completed by prepare()
        Timestamp now;
        bool repeated = false; ///< to be told of although nothing may have changed
    };

    /// Writes what a body gave into a form.
    using Writer = std::function<Result<void>(void* form)>;

    EntityRoutes(Context& ctx, Description description) : ctx_(ctx), of_(std::move(description)) {}
    const Description& description() const { return of_; }
    const logic::entities::Entity& entity() const { return of_.entity; }
    /// Of a component whose pack is this, or the one that its ref says.
    static Result<void> check_ref(const std::string& ref, const std::optional<std::string>& pack_ref);
    Error not_found(const std::string& ref) const { return absent(entity().head().noun, ref); }

    /// Deletes; for a kind that is deleted by more than a transaction.
    virtual task<Result<void>> delete_one(const Caller& caller, const std::string& ref);
    /// Leaves what the caller may see in a list.
    virtual void keep_visible(ListFilter& filter, const Caller& caller) const;
    /// Leaves what the query asks for: `column = value` for each parameter that has the name of a column.
    virtual void narrow(ListFilter& filter, const void* query, const Caller& caller) const;

    Context& ctx_;

private:
    virtual Erased make_form() const = 0;
    virtual Erased make_query() const = 0;
    /// Completes what a body gave with what needs no database, off the loop.
    virtual task<Result<void>> prepare(void* form) = 0;
    virtual Result<void> admit(const void* form, const Caller& caller) const = 0;
    virtual Result<Page<json::value>> rows(Session& session, const ListFilter& filter, const PageWindow& window) = 0;
    virtual Result<Erased> read(Session& session, const Caller& caller, const std::string& ref) = 0;
    virtual Result<flow::Changed<Erased>> insert(Session& session, const Erased& form, const Change& change) = 0;
    virtual Result<flow::Changed<Erased>> replace(Session& session, const std::string& ref, const Writer& write,
                                                  const Change& change) = 0;
    virtual Result<flow::Changed<Erased>> erase(Session& session, const std::string& ref, const Change& change) = 0;

    using Handler = std::function<task<Result<RawResponse>>(const Call&)>;
    Route& add(Router& r, Method method, const std::string& path, Handler handler, std::string summary);
    void declare_lists(Router& r);
    void declare_list(Router& r, const std::string& path, std::string summary, const ListBelow* below,
                      std::string_view condition);
    void declare_writes(Router& r);
    void declare_switch(Router& r, std::string_view word, bool enabled, std::string summary);
    void readable(Route& route) const;
    std::string audited_as(std::string_view name) const;
    RawResponse shown(int status, const Erased& form, std::string message = {}) const;

    task<Result<RawResponse>> list(const Call& call, const ListBelow* below, std::string_view condition);
    task<Result<RawResponse>> get(const Call& call);
    task<Result<RawResponse>> post(const Call& call);
    task<Result<RawResponse>> put(const Call& call);
    task<Result<RawResponse>> enable(const Call& call, bool enabled);
    task<Result<RawResponse>> write(const Call& call, const json::value& document, const Change& change);
    task<Result<RawResponse>> del(const Call& call);

    Description of_;
};

} // namespace attune::api
