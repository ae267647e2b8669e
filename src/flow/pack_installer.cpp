#include "flow/pack_installer.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "flow/calendars.hpp"
#include "flow/touched.hpp"
#include "logic/definitions/definitions.hpp"

#include <map>
#include <set>

namespace attune::flow {
namespace {

constexpr Duration kPause = 50ms;      ///< between two looks whether another process has ended
constexpr Duration kMostWait = 60s;    ///< for others that change the pack
constexpr Duration kPoolPause = 200ms; ///< while the pool is full
constexpr int kPoolTries = 25;

Result<void> check_new(Session& session, const PackToInstall& wanted) {
    const auto& ref = wanted.contents.pack.ref;
    CHECK(logic::packs::check_sources(wanted.contents, calendars_in(session)));
    if (wanted.force) return {};
    TRY(const auto old, find_pack(session, ref));
    if (!old) return {};
    return Error{Errc::conflict, fmt::format("the pack '{}' is installed already (force replaces it)", ref), "ref"};
}

/// The rules meet their triggers and actions, which may be those of other packs. After the installation, in its
/// transaction: the pack's own are known then.
Result<void> check_links(Session& session, const logic::packs::PackDefinition& contents) {
    const auto calendars = calendars_in(session);
    for (const auto& rule : contents.rules) {
        TRY(const auto trigger, find_trigger(session, rule.trigger_ref));
        TRY(const auto action, find_action(session, rule.action_ref));
        if (!trigger || !action) continue; // left out, with a warning
        auto checked =
            logic::definitions::check_rule_links(rule, *trigger, *action, contents.pack.conf_schema, calendars);
        if (checked) continue;
        checked.error().field = join_path(rule.ref, checked.error().field);
        return checked;
    }
    return {};
}

std::string_view outcome(bool settled) {
    return settled ? "complete" : "undone";
}

} // namespace

task<Result<PackInstaller::Installed>> PackInstaller::install(const PackToInstall& wanted, MayInstall may, Actor* actor,
                                                              Tell<Installed> tell) {
    CO_TRY(const auto lock, co_await acquire(wanted.contents.pack.ref));
    auto done = co_await install_locked(wanted, {may, actor, tell}, lock);
    co_await release(lock);
    co_return done;
}

task<Result<PackInstaller::Removed>> PackInstaller::remove(std::string ref, MayRemove may, Actor* actor,
                                                           Tell<Removed> tell) {
    // Asked once before, so that nobody without the right keeps others waiting.
    CO_CHECK(co_await ports_.db.read([&](Session& session) -> Result<bool> {
        TRY(const auto pack, get_pack(session, ref));
        CHECK(may(session, pack));
        return true;
    }));
    CO_TRY(const auto lock, co_await acquire(ref));
    auto done = co_await remove_locked(lock, {may, actor, tell});
    co_await release(lock);
    co_return done;
}

task<void> PackInstaller::recover() {
    std::set<std::string> refs;
    const auto unsettled = co_await ports_.pool.run([&] { return ports_.store.unsettled(); });
    if (unsettled) refs.insert((*unsettled).begin(), (*unsettled).end());
    const auto locks = co_await ports_.db.read([](Session& session) { return list_pack_locks(session); });
    if (locks) {
        for (const auto& lock : *locks) refs.insert(lock.ref);
    }
    for (const auto& ref : refs) {
        const auto lock = co_await acquire(ref);
        if (lock) co_await release(*lock);
        if (!lock) log::warn("what was left of an installation of the pack {} stays: {}", ref, lock.error().text());
    }
}

task<Result<PackLock>> PackInstaller::acquire(std::string ref) {
    PackLock mine{.ref = ref, .holder = hex_encode(ports_.random.bytes(6)), .beat = 0, .settled = true, .taken = {}};
    PackLockWatch watch;
    const auto end = ports_.clock.monotonic() + kMostWait;
    for (;;) {
        CO_TRY(const bool taken, co_await try_take(mine, watch));
        if (taken) break;
        if (ports_.clock.monotonic() >= end)
            co_return Error{Errc::conflict, fmt::format("the pack '{}' is being changed", ref), "ref"};
        co_await ports_.clock.sleep_for(kPause);
    }
    if (auto settled = co_await settle(ref, mine.settled); !settled) {
        co_await release(mine);
        co_return std::move(settled).error();
    }
    co_return mine;
}

task<Result<bool>> PackInstaller::try_take(PackLock& mine, PackLockWatch& watch) {
    mine.taken = ports_.clock.now();
    CO_TRY(const auto seen,
           co_await ports_.db.read([&](Session& session) { return find_pack_lock(session, mine.ref); }));
    if (!seen) co_return co_await ports_.db.write([&](Session& session) { return take_pack_lock(session, mine); });
    if (!watch.is_silent(*seen, ports_.clock.monotonic())) co_return false;
    CO_TRY(const bool taken, co_await ports_.db.write([&](Session& session) {
        return take_over_pack_lock(session, *seen, mine.holder, mine.taken);
    }));
    if (taken) {
        mine.settled = seen->settled;
        log::warn("an installation of the pack {} was interrupted; it is {}", mine.ref, outcome(seen->settled));
    }
    co_return taken;
}

/// What the row says counts, and not what we heard of our own writes: an answer may have been lost.
task<void> PackInstaller::release(const PackLock& lock) {
    const auto row = co_await ports_.db.read([&](Session& session) { return find_pack_lock(session, lock.ref); });
    if (!row) {
        log::warn("the pack {} stays locked until its lease has run out: {}", lock.ref, row.error().text());
        co_return;
    }
    if (!*row || (*row)->holder != lock.holder) co_return; // whoever has taken over ends it
    const auto settled = co_await settle(lock.ref, (*row)->settled);
    if (!settled) {
        log::warn("the files of the pack {}: {}", lock.ref, settled.error().text());
        if (!(*row)->settled) co_return; // the next one tries again
    }
    const auto released = co_await ports_.db.write([&](Session& session) -> Result<bool> {
        CHECK(release_pack_lock(session, lock));
        return true;
    });
    if (!released) log::warn("the pack {} stays locked: {}", lock.ref, released.error().text());
}

task<Result<bool>> PackInstaller::settle(std::string ref, bool keep) {
    for (int tries = 1;; ++tries) {
        const auto done = co_await ports_.pool.run([&] { return ports_.store.settle(ref, keep); });
        if (done) co_return true;
        if (done.error().code != Errc::too_many || tries == kPoolTries) co_return done.error();
        co_await ports_.clock.sleep_for(kPoolPause);
    }
}

task<Result<PackInstaller::Installed>> PackInstaller::install_locked(const PackToInstall& wanted, ToInstall order,
                                                                     const PackLock& lock) {
    CO_CHECK(co_await ports_.db.read([&](Session& session) -> Result<bool> {
        CHECK(check_new(session, wanted));
        return true;
    }));
    const bool in_place = !wanted.directory.empty() && ports_.store.is_place(lock.ref, wanted.directory);
    if (!in_place) {
        const auto staged = co_await ports_.pool.run([&]() -> Result<bool> {
            CHECK(ports_.store.stage(lock.ref, lock.holder, wanted.files));
            return true;
        });
        if (!staged) co_return staged.error();
        CO_CHECK(co_await ports_.db.write([&](Session& session) -> Result<bool> {
            CHECK(hold_pack_lock(session, lock, false));
            return true;
        }));
        const auto swapped = co_await ports_.pool.run([&]() -> Result<bool> {
            CHECK(ports_.store.swap_in(lock.ref, lock.holder));
            return true;
        });
        if (!swapped) co_return swapped.error();
    }
    co_return co_await install_rows(wanted, order, lock);
}

task<Result<PackInstaller::Installed>> PackInstaller::install_rows(const PackToInstall& wanted, ToInstall order,
                                                                   const PackLock& lock) {
    const auto now = ports_.clock.now();
    const auto place = ports_.store.place(lock.ref);
    const auto write = [&](Session& session) -> Result<Installed> {
        CHECK(hold_pack_lock(session, lock, true));
        CHECK(check_new(session, wanted));
        auto contents = wanted.contents;
        TRY(const auto before, find_pack(session, lock.ref));
        contents.pack.is_standard = before && before->is_standard;
        contents.pack.source_type = wanted.source_type;
        contents.pack.storage_path = place;
        Installed out;
        TRY(out.rules_before, rules_of_pack(session, lock.ref));
        TRY(auto installed, install_pack(session, std::move(contents), now));
        CHECK(order.may(session, before));
        CHECK(check_links(session, wanted.contents));
        TRY(out.rules_after, rules_of_pack(session, lock.ref));
        out.pack = std::move(installed.pack);
        out.warnings = wanted.contents.warnings;
        for (auto& warning : installed.warnings) out.warnings.push_back(std::move(warning));
        out.effects = changed_definition<Pack>(before ? &*before : nullptr, &out.pack);
        if (order.tell) out.effects.announce(order.tell(out));
        return out;
    };
    co_return co_await commit(ports_.db, outlets(), order.actor, write, {.lane = Lane::flow, .savepoint = true});
}

task<Result<PackInstaller::Removed>> PackInstaller::remove_locked(const PackLock& lock, ToRemove order) {
    const auto now = ports_.clock.now();
    const auto write = [&](Session& session) -> Result<Removed> {
        CHECK(hold_pack_lock(session, lock, true));
        Removed out;
        TRY(out.pack, get_pack(session, lock.ref));
        CHECK(order.may(session, out.pack));
        TRY(out.rules, rules_of_pack(session, lock.ref));
        CHECK(delete_pack(session, out.pack, now));
        out.effects = changed_definition<Pack>(&out.pack, nullptr);
        if (order.tell) out.effects.announce(order.tell(out));
        return out;
    };
    auto done = co_await commit(ports_.db, outlets(), order.actor, write, {.lane = Lane::flow, .savepoint = true});
    if (!done) co_return done;
    const auto removed = co_await ports_.pool.run([&]() -> Result<bool> {
        CHECK(ports_.store.remove(lock.ref, lock.holder));
        return true;
    });
    if (!removed) log::warn("the files of the deleted pack {} stay: {}", lock.ref, removed.error().text());
    co_return done;
}

Result<void> end_interrupted_installations(Database& db, PackStore& store) {
    TRY(const auto locks, db.write_blocking([](Session& session) { return list_pack_locks(session); }));
    std::map<std::string, bool> settled;
    TRY(const auto refs, store.unsettled());
    for (const auto& ref : refs) settled[ref] = true;
    for (const auto& lock : locks) settled[lock.ref] = lock.settled;
    for (const auto& [ref, keep] : settled) {
        CHECK(store.settle(ref, keep));
        log::warn("an installation of the pack {} was interrupted; it is {}", ref, outcome(keep));
    }
    CHECK(db.write_blocking([&](Session& session) -> Result<bool> {
        for (const auto& lock : locks) CHECK(release_pack_lock(session, lock));
        return true;
    }));
    return {};
}

} // namespace attune::flow
