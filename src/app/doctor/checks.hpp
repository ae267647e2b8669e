#pragma once
#include "app/doctor/finding.hpp"
#include "app/environment.hpp"
#include "app/settings.hpp"
#include "base/timestamp.hpp"
#include "storage/session.hpp"

/// What `attune doctor` looks at, a function for each part. None of them changes anything.
namespace attune::app::doctor {

/// The modes of the files that hold secrets. `file`: of the settings; empty when there is none.
void look_at_files(Findings& out, const Settings& settings, const std::string& file);

/// Room on the disk of the data folder.
void look_at_disk(Findings& out, const Settings& settings);

/// Whether a server answers where the settings say; and its version.
void look_at_server(Findings& out, const Settings& settings);
/// Whether a notifier answers where the settings say, when anything does.
void look_at_notifier(Findings& out, const Settings& settings);

/// Whether the database can be reached, its version, schema, rights and clock; and when it is as this program needs it,
/// all that is told by what it holds.
void look_at_database(Findings& out, const Settings& settings, Timestamp now);

/// In the transaction of a database whose schema is current.
Result<void> look_at_workers(Findings& out, Session& session, const Settings& settings, Timestamp now);
Result<void> look_at_timers(Findings& out, Session& session);
Result<void> look_at_file_watches(Findings& out, Session& session);
/// Their files on this machine, and the interpreters of their actions.
Result<void> look_at_packs(Findings& out, Session& session);

/// Whether the broker can be reached and logged in to; nothing without message_queue.url.
void look_at_broker(Findings& out, const Settings& settings);

} // namespace attune::app::doctor
