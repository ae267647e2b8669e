#include "api/definitions/packs.hpp"

#include "api/auth/standings.hpp"
#include "api/common/change.hpp"
#include "api/common/listing.hpp"
#include "api/common/multipart.hpp"
#include "api/definitions/announce.hpp"
#include "base/text.hpp"
#include "domain/pack.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

ATTUNE_FIELDS(CreatePack, ref, label, version, description, conf_schema, config, meta, tags, runtime_deps, dependencies,
              is_standard);
ATTUNE_FIELDS(UpdatePack, label, description, version, conf_schema, config, meta, tags, runtime_deps, dependencies,
              is_standard);
ATTUNE_FIELDS(RegisterPack, path, skip_tests, force);
ATTUNE_FIELDS(InstalledPackView, pack, tests_skipped, warnings);

namespace {

namespace definitions = logic::definitions;

constexpr std::string_view kCorePack = "core";

Pack pack_of_body(const CreatePack& body, const Caller& caller) {
    auto pack = row_of<Pack>(body);
    pack.installed_by = caller.acting();
    return pack;
}

/// Standard packs are everybody's; a pack made by somebody is his; all are of those who hold packs:read.
bool sees(const Caller& caller, const Pack& pack) {
    return pack.is_standard || (caller.identity && pack.installed_by == caller.identity) ||
           caller.may(Resource::packs, Right::read, target_of(pack));
}

Result<flow::Changed<Pack>> update_one(Session& session, const std::string& ref, const UpdatePack& body,
                                       const Caller& caller, Timestamp now) {
    TRY(const auto before, flow::get_pack(session, ref));
    auto pack = before;
    if (!sees(caller, pack)) return absent("Pack", ref);
    CHECK(caller.require(Resource::packs, Right::configure, target_of(pack)));
    assign_given(pack, body);
    CHECK(definitions::check_pack(pack));
    return replaced(before, flow::update_pack(session, std::move(pack), now));
}

/// A pack hands on no rights that its installer does not hold, unless he manages rights anyway. After the installation,
/// in its transaction: the pack's own sets are known then.
Result<void> check_rights_of(Session& session, const logic::packs::PackDefinition& contents, const Caller& caller) {
    if (caller.may(Resource::permissions, Right::manage)) return {};
    for (const auto& set : contents.permission_sets) {
        // By its new grants: whoever holds the set already must not widen it.
        if (covers(caller.grants, logic::access::grants_of(set))) continue;
        return Error{Errc::forbidden, "this permission set allows more than you may do", set.ref};
    }
    for (const auto& action : contents.actions) {
        CHECK(check_delegation(session, caller, action.default_execution_permission_set_refs, action.ref));
    }
    for (const auto& rule : contents.rules) {
        if (rule.permission_set_refs) CHECK(check_delegation(session, caller, *rule.permission_set_refs, rule.ref));
    }
    return {};
}

bool is_true(const FormPart* part) {
    return part != nullptr && (trim(part->content) == "true" || trim(part->content) == "1");
}

} // namespace

void PackRoutes::declare(Router& r) {
    r.get("/api/v1/packs", &PackRoutes::list, *this).summary("List the packs that the caller may see").authenticated();
    r.get("/api/v1/packs/{ref}", &PackRoutes::get, *this).summary("Read a pack").authenticated();
    r.post("/api/v1/packs", &PackRoutes::create, *this)
        .summary("Create an empty pack")
        .status(201)
        .audited("pack.created", "pack")
        .needs_some(Resource::packs, Right::create);
    r.put("/api/v1/packs/{ref}", &PackRoutes::update, *this)
        .summary("Change a pack; what is left out stays")
        .audited("pack.updated", "pack")
        .needs_some(Resource::packs, Right::configure);
    r.del("/api/v1/packs/{ref}", &PackRoutes::remove, *this)
        .summary("Delete a pack, all its components and its files")
        .audited("pack.deleted", "pack")
        .needs_some(Resource::packs, Right::delete_);
    r.post("/api/v1/packs/register", &PackRoutes::register_directory, *this)
        .summary("Install a pack from a directory on the server")
        .status(201)
        .audited("pack.registered", "pack")
        .needs_some(Resource::packs, Right::install);
    r.post("/api/v1/packs/upload", &PackRoutes::upload, *this)
        .summary("Install a pack from a .tar.gz: multipart/form-data with `pack`, and `force` to replace one")
        .status(201)
        .body_limit(ctx_.options.upload_limit + std::size_t{64} * 1024)
        .audited("pack.uploaded", "pack")
        .needs_some(Resource::packs, Right::install);
}

task<Result<Page<PackSummary>>> PackRoutes::list(Query<PageQuery> query, const Caller& caller) {
    CO_TRY(const auto window, query->window());
    ListFilter filter;
    const auto allowed = allowed_condition(filter, caller, Resource::packs, Right::read, {.pack_ref = "ref"});
    // As sees() says of one.
    filter.add(fmt::format("({} or is_standard = true or installed_by = {})", allowed, filter.bind(caller.acting())));
    CO_TRY(auto page,
           co_await ctx_.db.read([&](Session& session) { return list_page<Pack>(session, filter, window); }));
    co_return shown_as<PackSummary>(std::move(page));
}

task<Result<Data<PackView>>> PackRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(auto pack, co_await ctx_.db.read([&](Session& session) { return flow::get_pack(session, *ref); }));
    if (!sees(caller, pack)) co_return absent("Pack", *ref);
    co_return Data{PackView::of(pack)};
}

task<Result<Data<PackView>>> PackRoutes::create(Body<CreatePack> body, const Caller& caller) {
    const auto pack = pack_of_body(*body, caller);
    CO_CHECK(definitions::check_pack_ref(pack.ref));
    CO_CHECK(caller.require(Resource::packs, Right::create, {.pack_ref = pack.ref, .ref = pack.ref}));
    CO_CHECK(definitions::check_pack(pack));
    const auto now = ctx_.clock.now();
    CO_TRY(auto made, co_await commit(ctx_, caller, [&](Session& session) {
               return created(flow::create_pack(session, pack, now));
           }));
    co_return Data{PackView::of(made.value), "Pack created"};
}

task<Result<Data<PackView>>> PackRoutes::update(Path<std::string> ref, Body<UpdatePack> body, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto written, co_await commit(ctx_, caller, [&](Session& session) {
               return update_one(session, *ref, *body, caller, now);
           }));
    co_return Data{PackView::of(written.value)};
}

task<Result<Deleted>> PackRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    const auto may = [&caller](Session&, const Pack& pack) -> Result<void> {
        if (!sees(caller, pack)) return absent("Pack", pack.ref);
        CHECK(caller.require(Resource::packs, Right::delete_, target_of(pack)));
        if (pack.ref != kCorePack) return {};
        return Error{Errc::conflict, "the core pack holds everybody's rights: it stays"};
    };
    const auto tell = [now](const flow::PackInstaller::Removed& done) {
        return messages_of_deletion(done.pack, done.rules, now);
    };
    auto packs = installer();
    CO_CHECK(co_await packs.remove(*ref, may, actor_of(caller), tell));
    recorded(caller);
    co_return Deleted{fmt::format("Pack '{}' deleted", *ref)};
}

task<Result<Data<InstalledPackView>>> PackRoutes::register_directory(Body<RegisterPack> body, const Caller& caller) {
    CO_CHECK(definitions::check_text("path", body->path, 1, 4096));
    auto loaded = co_await ctx_.pool.run([&] { return ctx_.read_pack_directory(body->path); });
    if (!loaded) co_return std::move(loaded).error();
    co_return co_await install({.contents = std::move(loaded->contents),
                                .files = std::move(loaded->files),
                                .source_type = "directory",
                                .directory = body->path,
                                .force = body->force.value_or(false)},
                               caller);
}

task<Result<Data<InstalledPackView>>> PackRoutes::upload(const RawRequest& request, const Caller& caller) {
    CO_TRY(const auto parts, parse_multipart(request.headers.get("content-type"), request.body));
    const auto* archive = find_part(parts, "pack");
    if (archive == nullptr || archive->content.empty())
        co_return invalid("pack", "expected a .tar.gz file in this part");
    const auto most = ctx_.options.upload_limit;
    if (archive->content.size() > most) {
        co_return Error{Errc::too_large, fmt::format("expected at most {} bytes", most), "pack"};
    }
    auto loaded = co_await ctx_.pool.run([&] { return ctx_.read_pack_archive(archive->content); });
    if (!loaded) co_return std::move(loaded).error();
    co_return co_await install({.contents = std::move(loaded->contents),
                                .files = std::move(loaded->files),
                                .source_type = "upload",
                                .directory = {},
                                .force = is_true(find_part(parts, "force"))},
                               caller);
}

task<Result<Data<InstalledPackView>>> PackRoutes::install(flow::PackToInstall wanted, const Caller& caller) {
    const auto& ref = wanted.contents.pack.ref;
    CO_CHECK(caller.require(Resource::packs, Right::install, {.pack_ref = ref, .ref = ref}));
    const auto may = [&](Session& session, const std::optional<Pack>& before) -> Result<void> {
        if (before) CHECK(caller.require(Resource::packs, Right::install, target_of(*before)));
        return check_rights_of(session, wanted.contents, caller);
    };
    const auto tell = [&wanted, now = ctx_.clock.now()](const flow::PackInstaller::Installed& done) {
        return messages_of_installation(done.pack, wanted.contents.actions, done.rules_before, done.rules_after, now);
    };
    auto packs = installer();
    CO_TRY(auto done, co_await packs.install(wanted, may, actor_of(caller), tell));
    recorded(caller);
    co_return Data{InstalledPackView{.pack = PackView::of(done.pack), .warnings = std::move(done.warnings)},
                   "Pack installed"};
}

} // namespace attune::api
