#pragma once
#include "app/cli/crontab.hpp"
#include "base/json.hpp"

namespace attune::app::cli {

struct CrontabImport {
    std::string pack = "crontab"; ///< that the rules belong to
    std::string timezone = "UTC"; ///< of jobs without CRON_TZ
    std::string user;             ///< whom jobs run as; those of others are not carried over
    std::string home;             ///< where they start without HOME; empty = the worker's folder
};

struct RulePlan {
    int line = 0;
    std::string description; ///< the schedule as a sentence
    json::object rule;       ///< as POST /api/v1/rules takes it
};

/// A rule for each job that can be carried over; the others go to `not_carried`. A rule's ref is made of its command,
/// so that importing a crontab again changes what it made and adds only what is new.
std::vector<RulePlan> rules_of(const Crontab& crontab, const CrontabImport& import,
                               std::vector<NotCarried>& not_carried);

} // namespace attune::app::cli
