#pragma once
#include "api/context.hpp"
#include "api/definitions/views.hpp"
#include "api/router.hpp"

namespace attune::api {

struct CreateRuntime {
    std::string ref;
    std::string name;
    std::optional<std::string> pack_ref;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> aliases;
    std::optional<json::object> distributions;
    std::optional<json::object> installation;
    std::optional<json::object> execution_config;
};
ATTUNE_STRUCT(CreateRuntime);

struct UpdateRuntime {
    std::optional<std::string> name;
    Patch<std::string> description;
    std::optional<std::vector<std::string>> aliases;
    std::optional<json::object> distributions;
    Patch<json::object> installation;
    std::optional<json::object> execution_config;
};
ATTUNE_STRUCT(UpdateRuntime);

/// /api/v1/runtimes, and the list of a pack's runtimes.
class RuntimeRoutes {
public:
    explicit RuntimeRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Page<RuntimeView>>> list(Query<PageQuery> page, const Caller& caller);
    task<Result<Page<RuntimeView>>> of_pack(Path<std::string> ref, Query<PageQuery> page, const Caller& caller);
    task<Result<Data<RuntimeView>>> get(Path<std::string> ref, const Caller& caller);
    task<Result<Data<RuntimeView>>> create(Body<CreateRuntime> body, const Caller& caller);
    task<Result<Data<RuntimeView>>> update(Path<std::string> ref, Body<UpdateRuntime> body, const Caller& caller);
    task<Result<Deleted>> remove(Path<std::string> ref, const Caller& caller);

    Context& ctx_;
};

} // namespace attune::api
