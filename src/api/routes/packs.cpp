#include "api/routes/packs.hpp"

#include "api/auth/standings.hpp"
#include "api/routes/announce.hpp"
#include "api/routes/change.hpp"
#include "api/routes/listing.hpp"
#include "api/routes/multipart.hpp"
#include "api/routes/pack_files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "flow/calendars.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {
namespace {

namespace definitions = logic::definitions;

constexpr std::string_view kCorePack = "core";
constexpr Duration kInstallationPause = 20ms; ///< between two looks whether another installation has ended

Pack pack_of_body(CreatePack body, const Caller& caller) {
    Pack pack;
    pack.ref = std::move(body.ref);
    pack.label = std::move(body.label);
    pack.version = std::move(body.version);
    pack.description = std::move(body.description);
    pack.conf_schema = std::move(body.conf_schema).value_or(json::object{});
    pack.config = std::move(body.config).value_or(json::object{});
    pack.meta = std::move(body.meta).value_or(json::object{});
    pack.tags = std::move(body.tags).value_or(std::vector<std::string>{});
    pack.runtime_deps = std::move(body.runtime_deps).value_or(std::vector<std::string>{});
    if (body.dependencies) pack.dependencies = *std::move(body.dependencies);
    pack.is_standard = body.is_standard.value_or(false);
    if (caller.identity) pack.installed_by = caller.identity;
    return pack;
}

void change_pack(Pack& pack, const UpdatePack& body) {
    if (body.label) pack.label = *body.label;
    pack.description = body.description.apply(std::move(pack.description));
    if (body.version) pack.version = *body.version;
    if (body.conf_schema) pack.conf_schema = *body.conf_schema;
    if (body.config) pack.config = *body.config;
    if (body.meta) pack.meta = *body.meta;
    if (body.tags) pack.tags = *body.tags;
    if (body.runtime_deps) pack.runtime_deps = *body.runtime_deps;
    if (body.dependencies) pack.dependencies = *body.dependencies;
    if (body.is_standard) pack.is_standard = *body.is_standard;
}

/// Standard packs are everybody's; a pack made by somebody is his; all are of those who hold packs:read.
bool sees(const Caller& caller, const Pack& pack) {
    return pack.is_standard || (caller.identity && pack.installed_by == caller.identity) ||
           caller.may(Resource::packs, Right::read, target_of(pack));
}

Result<Pack> update_one(Session& session, const std::string& ref, const UpdatePack& body, const Caller& caller,
                        Timestamp now) {
    TRY(auto pack, flow::get_pack(session, ref));
    if (!sees(caller, pack)) return absent("Pack", ref);
    CHECK(caller.require(Resource::packs, Right::configure, target_of(pack)));
    change_pack(pack, body);
    CHECK(definitions::check_pack(pack));
    return flow::update_pack(session, std::move(pack), now);
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

/// The rules meet their triggers and actions, which may be those of other packs. After the installation, in its
/// transaction: the pack's own are known then.
Result<void> check_links(Session& session, const logic::packs::PackDefinition& contents) {
    const auto calendars = flow::calendars_in(session);
    for (const auto& rule : contents.rules) {
        TRY(const auto trigger, flow::find_trigger(session, rule.trigger_ref));
        TRY(const auto action, flow::find_action(session, rule.action_ref));
        if (!trigger || !action) continue; // left out, with a warning
        auto checked = definitions::check_rule_links(rule, *trigger, *action, contents.pack.conf_schema, calendars);
        if (checked) continue;
        checked.error().field = join_path(rule.ref, checked.error().field);
        return checked;
    }
    return {};
}

bool is_true(const FormPart* part) {
    return part != nullptr && (trim(part->content) == "true" || trim(part->content) == "1");
}

bool is_same_directory(const std::string& path, const std::string& packs_dir, const std::string& ref) {
    std::error_code code;
    const bool same = std::filesystem::equivalent(path, std::filesystem::path(packs_dir) / ref, code);
    return same && !code;
}

} // namespace

void PackRoutes::declare(Router& r) {
    r.get("/api/v1/packs", &PackRoutes::list, *this).summary("List the packs that the caller may see").authenticated();
    r.get("/api/v1/packs/{ref}", &PackRoutes::get, *this).summary("Read a pack").authenticated();
    r.post("/api/v1/packs", &PackRoutes::create, *this)
        .summary("Create an empty pack")
        .status(201)
        .needs_some(Resource::packs, Right::create);
    r.put("/api/v1/packs/{ref}", &PackRoutes::update, *this)
        .summary("Change a pack; what is left out stays")
        .needs_some(Resource::packs, Right::configure);
    r.del("/api/v1/packs/{ref}", &PackRoutes::remove, *this)
        .summary("Delete a pack, all its components and its files")
        .needs_some(Resource::packs, Right::delete_);
    r.post("/api/v1/packs/register", &PackRoutes::register_directory, *this)
        .summary("Install a pack from a directory on the server")
        .status(201)
        .needs_some(Resource::packs, Right::install);
    r.post("/api/v1/packs/upload", &PackRoutes::upload, *this)
        .summary("Install a pack from a .tar.gz: multipart/form-data with `pack`, and `force` to replace one")
        .status(201)
        .body_limit(ctx_.options.upload_limit + std::size_t{64} * 1024)
        .needs_some(Resource::packs, Right::install);
}

std::string PackRoutes::fresh_suffix() {
    return hex_encode(ctx_.random.bytes(6));
}

task<Result<Page<PackSummary>>> PackRoutes::list(Query<PageQuery> query, const Caller& caller) {
    CO_TRY(const auto window, query->window());
    std::function<bool(const Pack&)> visible;
    if (!caller.may(Resource::packs, Right::read)) {
        visible = [&caller](const Pack& pack) { return sees(caller, pack); };
    }
    CO_TRY(auto page,
           co_await ctx_.db.read([&](Session& session) { return list_page<Pack>(session, {}, window, visible); }));
    co_return shown_as<PackSummary>(std::move(page));
}

task<Result<Data<PackView>>> PackRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(auto pack, co_await ctx_.db.read([&](Session& session) { return flow::get_pack(session, *ref); }));
    if (!sees(caller, pack)) co_return absent("Pack", *ref);
    co_return Data{PackView::of(pack)};
}

task<Result<Data<PackView>>> PackRoutes::create(Body<CreatePack> body, const Caller& caller) {
    const auto pack = pack_of_body(std::move(*body), caller);
    CO_CHECK(definitions::check_pack_ref(pack.ref));
    CO_CHECK(caller.require(Resource::packs, Right::create, {.pack_ref = pack.ref, .ref = pack.ref}));
    CO_CHECK(definitions::check_pack(pack));
    const auto now = ctx_.clock.now();
    CO_TRY(auto made,
           co_await change_definitions(ctx_, [&](Session& session) { return flow::create_pack(session, pack, now); }));
    co_return Data{PackView::of(made), "Pack created"};
}

task<Result<Data<PackView>>> PackRoutes::update(Path<std::string> ref, Body<UpdatePack> body, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto written, co_await change_definitions(
                             ctx_, [&](Session& session) { return update_one(session, *ref, *body, caller, now); }));
    co_return Data{PackView::of(written)};
}

task<Result<Deleted>> PackRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto messages, co_await change_definitions(ctx_, [&](Session& session) -> Result<std::vector<Announcement>> {
               TRY(const auto pack, flow::get_pack(session, *ref));
               if (!sees(caller, pack)) return absent("Pack", *ref);
               CHECK(caller.require(Resource::packs, Right::delete_, target_of(pack)));
               if (pack.ref == kCorePack)
                   return Error{Errc::conflict, "the core pack holds everybody's rights: it stays"};
               TRY(const auto rules, rules_of_pack(session, pack.ref));
               CHECK(flow::delete_pack(session, pack, now));
               return messages_of_deletion(pack, rules, now);
           }));
    announce(ctx_, std::move(messages));
    const auto removed = co_await ctx_.pool.run(
        [&, suffix = fresh_suffix()] { return remove_pack_files(ctx_.options.packs_dir, *ref, suffix); });
    if (!removed) log::warn("the files of the deleted pack {} stay: {}", *ref, removed.error().text());
    co_return Deleted{fmt::format("Pack '{}' deleted", *ref)};
}

task<Result<Data<InstalledPackView>>> PackRoutes::register_directory(Body<RegisterPack> body, const Caller& caller) {
    CO_CHECK(definitions::check_text("path", body->path, 1, 4096));
    auto loaded = co_await ctx_.pool.run([&] { return ctx_.read_pack_directory(body->path); });
    if (!loaded) co_return std::move(loaded).error();
    Installation wanted{.loaded = *std::move(loaded), .force = body->force.value_or(false), .source_type = "directory"};
    wanted.in_place = is_same_directory(body->path, ctx_.options.packs_dir, wanted.loaded.contents.pack.ref);
    co_return co_await install(std::move(wanted), caller);
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
    co_return co_await install(
        {.loaded = *std::move(loaded), .force = is_true(find_part(parts, "force")), .source_type = "upload"}, caller);
}

task<Result<flow::InstalledPack>> PackRoutes::install_rows(const Installation& wanted, const Caller& caller) {
    const auto now = ctx_.clock.now();
    using Written = std::pair<flow::InstalledPack, std::vector<Announcement>>;
    CO_TRY(auto written, co_await change_definitions(ctx_, [&](Session& session) -> Result<Written> {
               auto contents = wanted.loaded.contents;
               TRY(const auto old, flow::find_pack(session, contents.pack.ref));
               if (old) CHECK(caller.require(Resource::packs, Right::install, target_of(*old)));
               if (old && !wanted.force) {
                   return Error{
                       Errc::conflict,
                       fmt::format("the pack '{}' is installed already (force replaces it)", contents.pack.ref), "ref"};
               }
               contents.pack.is_standard = old && old->is_standard;
               contents.pack.source_type = wanted.source_type;
               contents.pack.storage_path =
                   (std::filesystem::path(ctx_.options.packs_dir) / contents.pack.ref).string();
               TRY(const auto before, rules_of_pack(session, contents.pack.ref));
               TRY(auto installed, flow::install_pack(session, std::move(contents), now));
               CHECK(check_rights_of(session, wanted.loaded.contents, caller));
               CHECK(check_links(session, wanted.loaded.contents));
               TRY(const auto after, rules_of_pack(session, installed.pack.ref));
               auto messages =
                   messages_of_installation(installed.pack, wanted.loaded.contents.actions, before, after, now);
               return Written{std::move(installed), std::move(messages)};
           }));
    announce(ctx_, std::move(written.second));
    co_return std::move(written.first);
}

task<Result<Data<InstalledPackView>>> PackRoutes::install(Installation wanted, const Caller& caller) {
    const auto ref = wanted.loaded.contents.pack.ref;
    while (!installing_.insert(ref).second) co_await ctx_.clock.sleep_for(kInstallationPause);
    struct Done {
        std::set<std::string>& all;
        const std::string& ref;
        ~Done() { all.erase(ref); }
    };
    const Done done{installing_, ref};
    co_return co_await install_alone(wanted, caller);
}

task<Result<Data<InstalledPackView>>> PackRoutes::install_alone(const Installation& wanted, const Caller& caller) {
    const auto& contents = wanted.loaded.contents;
    const auto ref = contents.pack.ref;
    CO_CHECK(co_await ctx_.db.read([&](Session& session) -> Result<bool> {
        CHECK(logic::packs::check_timers(contents, flow::calendars_in(session)));
        return true;
    }));
    CO_CHECK(caller.require(Resource::packs, Right::install, {.pack_ref = ref, .ref = ref}));
    if (!wanted.force) {
        // The same question again in the write; asked here so that no file moves for nothing.
        CO_TRY(const auto old, co_await ctx_.db.read([&](Session& session) { return flow::find_pack(session, ref); }));
        if (old) {
            co_return Error{Errc::conflict, fmt::format("the pack '{}' is installed already (force replaces it)", ref),
                            "ref"};
        }
    }
    std::optional<StagedPack> staged;
    if (!wanted.in_place) {
        auto written = co_await ctx_.pool.run([&, suffix = fresh_suffix()]() -> Result<StagedPack> {
            TRY(auto files, StagedPack::write(ctx_.options.packs_dir, ref, wanted.loaded.files, suffix));
            CHECK(files.swap_in());
            return files;
        });
        if (!written) co_return std::move(written).error();
        staged = *std::move(written);
    }
    auto installed = co_await install_rows(wanted, caller);
    if (staged) {
        CO_CHECK(co_await ctx_.pool.run([&]() -> Result<bool> {
            installed ? staged->keep() : staged->put_back();
            return true;
        }));
    }
    if (!installed) co_return std::move(installed).error();
    InstalledPackView view{.pack = PackView::of(installed->pack), .warnings = contents.warnings};
    for (auto& warning : installed->warnings) view.warnings.push_back(std::move(warning));
    co_return Data{std::move(view), "Pack installed"};
}

} // namespace attune::api
