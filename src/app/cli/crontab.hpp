#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::app::cli {

/// One job of a crontab, and the settings in force on its line.
struct CrontabJob {
    int line = 0; ///< from 1
    std::string expression;
    std::string command;                   ///< `%` undone: what the shell gets
    std::optional<std::string> stdin_text; ///< what follows the first `%`
    std::string user;                      ///< of a system crontab's sixth field; else empty
    std::map<std::string, std::string> variables;
};

/// A line, or what it asks for, that has no counterpart here.
struct NotCarried {
    int line = 0;
    std::string text; ///< the line
    std::string reason;
};

struct Crontab {
    std::vector<CrontabJob> jobs;
    std::vector<NotCarried> not_carried;
};

/// Reads a crontab (crontab(5)); `system`: /etc/crontab and /etc/cron.d, whose lines name a user. Lines that cannot be
/// read are in `not_carried` with the reason. Expressions are checked in the vixie dialect.
Crontab parse_crontab(std::string_view text, bool system);

} // namespace attune::app::cli
