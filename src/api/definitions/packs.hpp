#pragma once
#include "api/context.hpp"
#include "api/definitions/views.hpp"
#include "api/router.hpp"
#include "flow/pack_installer.hpp"

namespace attune::api {

struct CreatePack {
    std::string ref;
    std::string label;
    std::string version;
    std::optional<std::string> description;
    std::optional<json::object> conf_schema;
    std::optional<json::object> config;
    std::optional<json::object> meta;
    std::optional<std::vector<std::string>> tags;
    std::optional<std::vector<std::string>> runtime_deps;
    std::optional<json::array> dependencies;
    std::optional<bool> is_standard;
};
ATTUNE_STRUCT(CreatePack);

struct UpdatePack {
    std::optional<std::string> label;
    Patch<std::string> description;
    std::optional<std::string> version;
    std::optional<json::object> conf_schema;
    std::optional<json::object> config;
    std::optional<json::object> meta;
    std::optional<std::vector<std::string>> tags;
    std::optional<std::vector<std::string>> runtime_deps;
    std::optional<json::array> dependencies;
    std::optional<bool> is_standard;
};
ATTUNE_STRUCT(UpdatePack);

struct RegisterPack {
    std::string path; ///< of the pack's directory, on the server
    std::optional<bool> skip_tests;
    std::optional<bool> force; ///< also when the pack is installed already
};
ATTUNE_STRUCT(RegisterPack);

struct InstalledPackView {
    PackView pack;
    bool tests_skipped = true;
    std::vector<std::string> warnings;
};
ATTUNE_STRUCT(InstalledPackView);

/// /api/v1/packs.
class PackRoutes {
public:
    explicit PackRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Page<PackSummary>>> list(Query<PageQuery> page, const Caller& caller);
    task<Result<Data<PackView>>> get(Path<std::string> ref, const Caller& caller);
    task<Result<Data<PackView>>> create(Body<CreatePack> body, const Caller& caller);
    task<Result<Data<PackView>>> update(Path<std::string> ref, Body<UpdatePack> body, const Caller& caller);
    task<Result<Deleted>> remove(Path<std::string> ref, const Caller& caller);
    task<Result<Data<InstalledPackView>>> register_directory(Body<RegisterPack> body, const Caller& caller);
    task<Result<Data<InstalledPackView>>> upload(const RawRequest& request, const Caller& caller);

    task<Result<Data<InstalledPackView>>> install(flow::PackToInstall wanted, const Caller& caller);

    flow::PackInstaller installer() const {
        return flow::PackInstaller(
            {ctx_.db, ctx_.bus, ctx_.pool, ctx_.clock, ctx_.random, ctx_.pack_store, ctx_.metrics, ctx_.announcements});
    }

    Context& ctx_;
};

} // namespace attune::api
