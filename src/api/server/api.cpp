#include "api/server/api.hpp"

namespace attune::api {

Api::Api(Context& context, ProcessProbe probe, live::Feed& feed, StandingSource& standings,
         NotificationOptions notifications)
    : process_(probe), auth_(context), packs_(context), runtimes_(context), triggers_(context), webhooks_(context),
      receiver_(context), actions_(context), rules_(context), calendars_(context), keys_(context), schedules_(context),
      timers_(context), hub_(feed, context.clock, context.loop), events_(context), evaluations_(context),
      rule_tests_(context), rule_explanations_(context), enforcements_(context), executions_(context),
      execute_(context), logs_(context), streams_(hub_), workers_(context), audit_(context),
      notifications_({context.clock, context.loop, feed, context.metrics}, context.signer, standings, notifications) {}

void Api::declare(Router& router) {
    process_.declare(router);
    auth_.declare(router);
    packs_.declare(router);
    runtimes_.declare(router);
    triggers_.declare(router);
    webhooks_.declare(router);
    receiver_.declare(router);
    actions_.declare(router);
    rules_.declare(router);
    calendars_.declare(router);
    keys_.declare(router);
    schedules_.declare(router);
    timers_.declare(router);
    events_.declare(router);
    evaluations_.declare(router);
    rule_tests_.declare(router);
    rule_explanations_.declare(router);
    enforcements_.declare(router);
    executions_.declare(router);
    execute_.declare(router);
    logs_.declare(router);
    streams_.declare(router);
    workers_.declare(router);
    audit_.declare(router);
    notifications_.declare(router);
    docs_.emplace(router);
    docs_->declare(router);
}

} // namespace attune::api
