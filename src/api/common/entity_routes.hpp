#pragma once
#include "api/common/listing.hpp"
#include "api/context.hpp"
#include "api/router.hpp"

#include <memory>

namespace attune::api {

/// The standard routes of one kind of thing: a list with pages and filters, read, create, change and delete, each with
/// its grant, 404, envelope, schema and line in the audit log. What is special about a kind is a method of Entity
/// below; here nothing depends on its type, so that a new kind costs the compiler next to nothing.
class EntityRoutes {
public:
    struct Description {
        std::string_view noun;       ///< "Key": what messages and summaries call one
        std::string_view collection; ///< "keys": below /api/v1
        Resource resource;
        TargetColumns columns = {};
        const Structure* row = {};
        const Type* query = {}; ///< of a list: paging, and filters by columns of the same names
        const Type* item = {};  ///< of a list
        const Type* view = {};
        const Type* create = {};
        const Type* update = {};
        Result<PageWindow> (*window)(const void* query) = {};
    };

    virtual ~EntityRoutes() = default;
    void declare(Router& r);

protected:
    /// A value whose type the description tells.
    using Erased = std::shared_ptr<void>;
    struct Change {
        const Caller& caller;
        const void* body;
        Timestamp now;
    };

    EntityRoutes(Context& ctx, Description description) : ctx_(ctx), of_(description) {}
    Error not_found(const std::string& ref) const { return absent(of_.noun, ref); }
    const Description& description() const { return of_; }

private:
    virtual Erased make(const Type& type) const = 0;
    virtual Result<Page<json::value>> rows(Session& session, const ListFilter& filter, const PageWindow& window) = 0;
    virtual Result<Erased> read(Session& session, const Caller& caller, const std::string& ref) = 0;
    virtual Result<flow::Changed<Erased>> insert(Session& session, const Change& change) = 0;
    virtual Result<flow::Changed<Erased>> replace(Session& session, const std::string& ref, const Change& change) = 0;
    virtual Result<flow::Changed<Erased>> erase(Session& session, const std::string& ref, const Change& change) = 0;

    using Handler = task<Result<RawResponse>> (EntityRoutes::*)(const Call&);
    Route& add(Router& r, Method method, std::string_view suffix, Handler handler, std::string summary);
    ListFilter filter_of(const void* query) const;
    RawResponse shown(int status, const Erased& view, std::string message = {}) const;

    task<Result<RawResponse>> list(const Call& call);
    task<Result<RawResponse>> get(const Call& call);
    task<Result<RawResponse>> post(const Call& call);
    task<Result<RawResponse>> put(const Call& call);
    task<Result<RawResponse>> del(const Call& call);

    Context& ctx_;
    Description of_;
};

} // namespace attune::api
