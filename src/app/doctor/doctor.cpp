#include "app/doctor/doctor.hpp"

#include "app/doctor/checks.hpp"
#include "app/load_settings.hpp"

namespace attune::app {

Findings examine(const std::string& config_file, const Environment& environment, Timestamp now) {
    Findings out;
    const auto loaded = load_settings(config_file, environment);
    if (!loaded) {
        out.fail("settings", loaded.error().text(),
                 "correct it (`attune config show --docs` lists all settings); nothing else was looked at");
        return out;
    }
    const auto named = environment.find("ATTUNE_CONFIG");
    const auto file = config_file.empty() && named != environment.end() ? named->second : config_file;
    out.ok("settings", file.empty() ? "no file: the defaults, and the variables ATTUNE__*"
                                    : fmt::format("read from {} and the variables ATTUNE__*", file));
    for (const auto& warning : loaded->warnings) out.warn("settings", warning, "change that setting");
    const auto& settings = loaded->settings;
    doctor::look_at_files(out, settings, file);
    doctor::look_at_disk(out, settings);
    doctor::look_at_server(out, settings);
    doctor::look_at_notifier(out, settings);
    doctor::look_at_database(out, settings, now);
    doctor::look_at_broker(out, settings);
    return out;
}

} // namespace attune::app
