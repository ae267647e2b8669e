#include "api/definitions/packs.hpp"

#include "api/auth/standings.hpp"
#include "api/common/multipart.hpp"
#include "api/definitions/announce.hpp"
#include "base/text.hpp"
#include "logic/definitions/definitions.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {

ATTUNE_FIELDS(RegisterPack, path, skip_tests, force);

ATTUNE_STRUCT(InstalledPackView);
const Structure& attune_structure(const InstalledPackView*) {
    using Self = InstalledPackView;
    ATTUNE_OFFSETS_(static const Field fields[] = {{"pack", offsetof(Self, pack), &logic::entities::pack().view()},
                                                   ATTUNE_FIELD_(tests_skipped) ATTUNE_FIELD_(warnings)};)
    static const Structure structure{"InstalledPackView", "", fields};
    return structure;
}

namespace {

namespace definitions = logic::definitions;

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

PackRoutes::PackRoutes(Context& ctx)
    : Entity(ctx, {.entity = logic::entities::pack(),
                   .resource = Resource::packs,
                   .columns = {.pack_ref = "ref"},
                   .change = Right::configure,
                   .read_by_all = true,
                   .created = "pack.created",
                   .changed = "pack.updated",
                   .deleted = "pack.deleted"}) {}

void PackRoutes::declare(Router& r) {
    EntityRoutes::declare(r);
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

Result<Pack> PackRoutes::find(Session& session, const std::string& ref) {
    return flow::get_pack(session, ref);
}

bool PackRoutes::sees(const Caller& caller, const Pack& row) const {
    return row.is_standard || (caller.identity && row.installed_by == caller.identity) || Entity::sees(caller, row);
}

/// As sees() says of one.
void PackRoutes::keep_visible(ListFilter& filter, const Caller& caller) const {
    const auto allowed = allowed_condition(filter, caller, Resource::packs, Right::read, description().columns);
    filter.add(fmt::format("({} or is_standard = true or installed_by = {})", allowed, filter.bind(caller.acting())));
}

Result<void> PackRoutes::admit(const Pack& wanted, const Caller& caller) const {
    CHECK(definitions::check_pack_ref(wanted.ref));
    CHECK(caller.require(Resource::packs, Right::create, {.pack_ref = wanted.ref, .ref = wanted.ref}));
    return definitions::check_pack(wanted);
}

Result<Pack> PackRoutes::make(Session& session, Pack wanted, const Change& change) {
    wanted.installed_by = change.caller.acting();
    return flow::create_pack(session, std::move(wanted), change.now);
}

Result<Pack> PackRoutes::change(Session& session, const Pack&, Pack after, const Change& change) {
    CHECK(definitions::check_pack(after));
    return flow::update_pack(session, std::move(after), change.now);
}

Result<void> PackRoutes::remove(Session& session, const Pack& row, Timestamp now) {
    return flow::delete_pack(session, row, now);
}

task<Result<void>> PackRoutes::delete_one(const Caller& caller, const std::string& ref) {
    const auto now = ctx_.clock.now();
    const auto may = [this, &caller](Session&, const Pack& pack) -> Result<void> {
        if (!sees(caller, pack)) return not_found(pack.ref);
        CHECK(caller.require(Resource::packs, Right::delete_, target_of(pack)));
        if (pack.ref != kCorePack) return {};
        return Error{Errc::conflict, "the core pack holds everybody's rights: it stays"};
    };
    const auto tell = [now](const flow::PackInstaller::Removed& done) {
        return messages_of_deletion(done.pack, done.rules, now);
    };
    auto packs = installer();
    CO_CHECK(co_await packs.remove(ref, may, actor_of(caller), tell));
    co_return Result<void>{};
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
    co_return Data{InstalledPackView{.pack = std::move(done.pack), .warnings = std::move(done.warnings)},
                   "Pack installed"};
}

} // namespace attune::api
