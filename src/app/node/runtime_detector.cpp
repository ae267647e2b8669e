#include "app/node/runtime_detector.hpp"

#include "base/text.hpp"
#include "logic/action/execution_config.hpp"

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace attune::app {
namespace {

constexpr std::size_t kOutputRead = 4096;

bool is_program(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

std::string version_in(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_digit(text[at])) continue;
        auto end = at;
        while (end < text.size() &&
               (is_digit(text[end]) || (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1]))))
            ++end;
        const auto found = text.substr(at, end - at);
        if (found.find('.') != std::string_view::npos) return std::string(found);
        at = end;
    }
    return {};
}

task<std::vector<logic::placement::OfferedRuntime>> RuntimeDetector::detect(std::vector<Runtime> runtimes) {
    std::vector<logic::placement::OfferedRuntime> out;
    for (const auto& runtime : runtimes) {
        const auto config = logic::action::read_execution_config(runtime.execution_config);
        if (!config) continue; // an action of it fails with the reason
        auto one = logic::placement::offered(runtime.ref, runtime.name, runtime.aliases);
        if (!config->binary.empty()) {
            one.interpreter = find_program(config->binary);
            if (one.interpreter.empty() && !has_environment(one.name)) continue;
            if (!one.interpreter.empty()) one.versions = co_await version_of(one.interpreter);
        }
        out.push_back(std::move(one));
    }
    co_return out;
}

std::string RuntimeDetector::find_program(const std::string& name) const {
    if (name.find('/') != std::string::npos) return is_program(name) ? name : "";
    const auto path = std::ranges::find(environment_, std::string_view("PATH"),
                                        [](const auto& entry) { return std::string_view(entry.first); });
    if (path == environment_.end()) return {};
    for (const auto folder : split(path->second, ':')) {
        auto program = fmt::format("{}/{}", folder, name);
        if (!folder.empty() && is_program(program)) return program;
    }
    return {};
}

bool RuntimeDetector::has_environment(const std::string& runtime_name) const {
    std::error_code failure;
    auto packs = std::filesystem::directory_iterator(envs_dir_, failure);
    for (; !failure && packs != std::filesystem::directory_iterator(); packs.increment(failure)) {
        if (std::filesystem::is_directory(packs->path() / runtime_name, failure)) return true;
    }
    return false;
}

task<std::vector<std::string>> RuntimeDetector::version_of(std::string program) {
    if (const auto known = versions_.find(program); known != versions_.end()) co_return known->second;
    ProcessSpec spec;
    spec.argv = {"timeout", "--kill-after=1", "5", program, "--version"};
    spec.environment = environment_;
    std::string output;
    ProcessRunner::Watch watch;
    watch.output = [&](OutputStream, std::string_view bytes) {
        output += bytes.substr(0, kOutputRead - std::min(kOutputRead, output.size()));
    };
    const auto exit = co_await processes_.run(std::move(spec), std::move(watch));
    auto& versions = versions_[program];
    if (exit && exit->exit_code == 0) {
        if (auto version = version_in(output); !version.empty()) versions.push_back(std::move(version));
    }
    co_return versions;
}

} // namespace attune::app
