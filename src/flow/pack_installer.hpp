#pragma once
// Installing and deleting packs: their files and their rows change together, under the pack's lock (flow/pack_lock).
#include "base/file_entry.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "flow/commit.hpp"
#include "flow/definitions.hpp"
#include "flow/pack_lock.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/bus.hpp"
#include "runtime/clock.hpp"
#include "runtime/pack_store.hpp"
#include "runtime/random.hpp"
#include "storage/database.hpp"

#include <functional>

namespace attune::flow {

/// A pack that was read, and where it came from.
struct PackToInstall {
    logic::packs::PackDefinition contents;
    FileTree files;
    std::string source_type; ///< "directory", "upload"
    std::string directory;   ///< where it was read; when that is the pack's own place, its files stay as they are
    bool force = false;      ///< also when the pack is installed already
};

/// Whether whoever asks may do it. Called in the transaction that changes the rows, with the pack as it was.
using MayInstall = std::function<Result<void>(Session&, const std::optional<Pack>& before)>;
using MayRemove = std::function<Result<void>(Session&, const Pack& pack)>;

class PackInstaller {
public:
    /// All of it outlives the installer; the clock is that of the loop that calls.
    struct Ports {
        Database& db;
        Bus& bus;
        BlockingPool& pool;
        Clock& clock;
        Random& random;
        PackStore& store;
        Metrics& metrics = Metrics::unread();
        Announcements* announcements = nullptr; ///< none: nobody outside is told
    };
    struct Installed {
        Pack pack;
        std::vector<std::string> warnings;
        std::vector<Rule> rules_before;
        std::vector<Rule> rules_after;
        Effects effects;
    };
    struct Removed {
        Pack pack;
        std::vector<Rule> rules;
        Effects effects;
    };
    /// What programs outside are told of it. Called in the transaction that changes the rows.
    template <class Done>
    using Tell = std::function<std::vector<Announcement>(const Done&)>;

    explicit PackInstaller(Ports ports) : ports_(ports) {}

    /// `may` is asked when the pack's rows are written, so that it sees what the pack brings. Errors: `conflict` when
    /// the pack is installed and `force` is not set, while others change it for a minute, or when it took so long that
    /// another process has taken over; `invalid` with the component's ref before the field. After an error, files and
    /// rows are as they were. `actor`, for the audit log: null is the program itself.
    task<Result<Installed>> install(const PackToInstall& wanted, MayInstall may, Actor* actor = nullptr,
                                    Tell<Installed> tell = {});

    /// Deletes a pack with its components and its files. Errors: `not_found`; `conflict` as above.
    task<Result<Removed>> remove(std::string ref, MayRemove may, Actor* actor = nullptr, Tell<Removed> tell = {});

    /// Ends what stopped processes left of installations and removals, once their leases have run out.
    task<void> recover();

private:
    task<Result<PackLock>> acquire(std::string ref);
    task<Result<bool>> try_take(PackLock& mine, PackLockWatch& watch);
    task<void> release(const PackLock& lock);
    task<Result<bool>> settle(std::string ref, bool keep);
    /// What is done under the lock: who may, who asked, and who is told.
    template <class May, class Done>
    struct Order {
        const May& may;
        Actor* actor = nullptr;
        const Tell<Done>& tell;
    };
    using ToInstall = Order<MayInstall, Installed>;
    using ToRemove = Order<MayRemove, Removed>;
    task<Result<Installed>> install_locked(const PackToInstall& wanted, ToInstall order, const PackLock& lock);
    task<Result<Installed>> install_rows(const PackToInstall& wanted, ToInstall order, const PackLock& lock);
    task<Result<Removed>> remove_locked(const PackLock& lock, ToRemove order);
    Outlets outlets() const { return {ports_.bus, ports_.metrics, ports_.announcements}; }

    Ports ports_;
};

/// The same as PackInstaller::recover(), at the start of a process that has the database for itself: nobody has to be
/// waited for. Errors: `unavailable`.
Result<void> end_interrupted_installations(Database& db, PackStore& store);

} // namespace attune::flow
