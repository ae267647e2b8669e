#include "logic/definitions/webhook_source.hpp"

#include "logic/definitions/fields.hpp"
#include "logic/webhooks/config.hpp"

namespace attune::logic::definitions {
namespace {

class WebhookSource final : public Source {
public:
    std::string_view name() const override { return "webhook"; }

    bool owns(const Trigger& trigger) const override { return trigger.webhook_enabled; }
    bool is_configured_by(const Trigger&) const override { return false; }

    Result<void> check_trigger(const Trigger& trigger, const schedule::CalendarLookup&) const override {
        auto config = webhooks::parse_config(trigger.webhook_config);
        if (config) return {};
        config.error().field = join_path("webhook_config", config.error().field);
        return std::move(config).error();
    }
    Result<void> check_rule(const Trigger& trigger, const json::object& trigger_params,
                            const schedule::CalendarLookup&) const override {
        return check_params(trigger.param_schema, trigger_params, "trigger_params", schema::TemplatesAllowed::no);
    }

    Asked asked(const Trigger&, const json::object&) const override { return {}; }
};

} // namespace

const Source& webhook_source() {
    static const WebhookSource kSource;
    return kSource;
}

} // namespace attune::logic::definitions
