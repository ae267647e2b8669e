#pragma once
#include "api/common/entity.hpp"
#include "domain/pack.hpp"
#include "flow/pack_installer.hpp"

namespace attune::api {

struct RegisterPack {
    std::string path; ///< of the pack's directory, on the server
    std::optional<bool> skip_tests;
    std::optional<bool> force; ///< also when the pack is installed already
};
ATTUNE_STRUCT(RegisterPack);

struct InstalledPackView {
    Pack pack; ///< as the answer about a pack shows it
    bool tests_skipped = true;
    std::vector<std::string> warnings;
};
ATTUNE_STRUCT(InstalledPackView);

/// /api/v1/packs. Standard packs are everybody's; a pack made by somebody is his; all are of those who hold packs:read.
class PackRoutes final : public Entity<Pack> {
public:
    explicit PackRoutes(Context& ctx);
    void declare(Router& r) override;

private:
    Result<Pack> find(Session& session, const std::string& ref) override;
    Result<void> admit(const Pack& wanted, const Caller& caller) const override;
    Result<Pack> make(Session& session, Pack wanted, const Change& change) override;
    Result<Pack> change(Session& session, const Pack& before, Pack after, const Change& change) override;
    /// With its components; its files are delete_one()'s affair.
    Result<void> remove(Session& session, const Pack& row, Timestamp now) override;
    task<Result<void>> delete_one(const Caller& caller, const std::string& ref) override;
    bool sees(const Caller& caller, const Pack& row) const override;
    void keep_visible(ListFilter& filter, const Caller& caller) const override;

    task<Result<Data<InstalledPackView>>> register_directory(Body<RegisterPack> body, const Caller& caller);
    task<Result<Data<InstalledPackView>>> upload(const RawRequest& request, const Caller& caller);

    task<Result<Data<InstalledPackView>>> install(flow::PackToInstall wanted, const Caller& caller);

    flow::PackInstaller installer() const {
        return flow::PackInstaller(
            {ctx_.db, ctx_.bus, ctx_.pool, ctx_.clock, ctx_.random, ctx_.pack_store, ctx_.metrics, ctx_.announcements});
    }
};

} // namespace attune::api
