#include "adapters/subprocess/command.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace attune::adapters::subprocess {
namespace {

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

Result<void> check(const ProcessSpec& spec) {
    if (spec.argv.empty() || spec.argv.front().empty()) return invalid("argv", "names no program");
    if (std::ranges::any_of(spec.argv, has_nul)) return invalid("argv", "must not hold U+0000");
    if (has_nul(spec.working_directory)) return invalid("working_directory", "must not hold U+0000");
    for (const auto& [name, value] : spec.environment) {
        if (name.empty() || has_nul(name) || name.find('=') != std::string::npos) {
            return invalid("environment", fmt::format("'{}' is not a variable's name", name));
        }
        if (has_nul(value)) return invalid("environment." + name, "must not hold U+0000");
    }
    return {};
}

std::string_view search_path(const ProcessSpec& spec, std::string_view fallback) {
    const auto at = std::ranges::find(spec.environment, "PATH", &std::pair<std::string, std::string>::first);
    return at == spec.environment.end() ? fallback : std::string_view(at->second);
}

bool is_file(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// Only absolute directories of PATH count: what "." holds is not the server's choice.
Result<std::string> find_program(const std::string& name, std::string_view path) {
    if (name.find('/') != std::string::npos) return name;
    std::string refused;
    for (const auto directory : split(path, ':')) {
        if (!directory.starts_with('/')) continue;
        auto candidate = fmt::format("{}/{}", directory, name);
        if (!is_file(candidate)) continue;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        if (refused.empty()) refused = std::move(candidate);
    }
    if (!refused.empty()) return Error{Errc::invalid, fmt::format("{} is not executable", refused)};
    return Error{Errc::not_found, fmt::format("no program {} in PATH ({})", name, path)};
}

} // namespace

Result<Command> prepare_command(const ProcessSpec& spec, std::string_view fallback_path) {
    CHECK(check(spec));
    Command command;
    TRY(command.program, find_program(spec.argv.front(), search_path(spec, fallback_path)));
    // execve takes char* for historical reasons and changes nothing.
    for (const auto& arg : spec.argv) command.argv.push_back(const_cast<char*>(arg.c_str()));
    command.argv.push_back(nullptr);
    command.variables.reserve(spec.environment.size());
    for (const auto& [name, value] : spec.environment) command.variables.push_back(name + '=' + value);
    for (auto& variable : command.variables) command.envp.push_back(variable.data());
    command.envp.push_back(nullptr);
    if (!spec.working_directory.empty()) command.working_directory = spec.working_directory.c_str();
    return command;
}

} // namespace attune::adapters::subprocess
