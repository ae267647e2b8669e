#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "api/routes/views.hpp"

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
BOOST_DESCRIBE_STRUCT(CreatePack, (),
                      (ref, label, version, description, conf_schema, config, meta, tags, runtime_deps, dependencies,
                       is_standard))

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
BOOST_DESCRIBE_STRUCT(UpdatePack, (),
                      (label, description, version, conf_schema, config, meta, tags, runtime_deps, dependencies,
                       is_standard))

struct RegisterPack {
    std::string path; ///< of the pack's directory, on the server
    std::optional<bool> skip_tests;
    std::optional<bool> force; ///< also when the pack is installed already
};
BOOST_DESCRIBE_STRUCT(RegisterPack, (), (path, skip_tests, force))

struct InstalledPackView {
    PackView pack;
    bool tests_skipped = true;
    std::vector<std::string> warnings;
};
BOOST_DESCRIBE_STRUCT(InstalledPackView, (), (pack, tests_skipped, warnings))

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

    struct Installation {
        LoadedPack loaded;
        bool force = false;
        bool in_place = false; ///< its files stand where they belong
        std::string source_type;
    };
    task<Result<Data<InstalledPackView>>> install(Installation wanted, const Caller& caller);
    /// The same, while nobody else installs this pack: its files and rows change together.
    task<Result<Data<InstalledPackView>>> install_alone(const Installation& wanted, const Caller& caller);
    /// Stores the rows; the files are in place already.
    task<Result<flow::InstalledPack>> install_rows(const Installation& wanted, const Caller& caller);
    std::string fresh_suffix();

    Context& ctx_;
    std::set<std::string> installing_; ///< refs
};

} // namespace attune::api
