#include "logic/definitions/file_source.hpp"

#include "logic/watch/watch_config.hpp"

namespace attune::logic::definitions {
namespace {

class FileSource final : public Source {
public:
    std::string_view name() const override { return "file"; }

    bool owns(const Trigger& trigger) const override { return is_file_trigger(trigger.ref); }
    bool is_configured_by(const Trigger&) const override { return false; }

    Result<void> check_trigger(const Trigger&, const schedule::CalendarLookup&) const override { return {}; }
    Result<void> check_rule(const Trigger&, const json::object& trigger_params,
                            const schedule::CalendarLookup&) const override {
        const auto config = watch::read_config(trigger_params);
        if (config) return {};
        auto error = config.error();
        error.field = join_path("trigger_params", error.field);
        return error;
    }

    Asked asked(const Trigger&, const json::object&) const override { return {}; }
};

} // namespace

const Source& file_source() {
    static const FileSource kSource;
    return kSource;
}

bool is_file_trigger(std::string_view trigger_ref) {
    return trigger_ref == "core.file_changed";
}

} // namespace attune::logic::definitions
