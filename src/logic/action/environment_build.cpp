#include "logic/action/environment_build.hpp"

#include "base/text.hpp"
#include "logic/action/value_text.hpp"

namespace attune::logic::action {
namespace {

constexpr std::size_t kDigestShown = 16;
constexpr std::string_view kReady = ".attune-ready";
/// Of everything here: environments that were made in another way are made anew.
constexpr std::string_view kForm = "1";

std::string command_line(const std::vector<std::string>& command, Tokens tokens) {
    std::vector<std::string> words;
    for (const auto& word : command) words.push_back(shell_quote(fill_tokens(word, tokens)));
    return join(words, " ");
}

std::string digest_of(const ExecutionConfig& config, const EnvironmentInputs& inputs, const Digest& digest) {
    const std::vector<std::string> all{
        std::string(kForm), config.binary,   join(config.create_command, "\n"), join(config.install_command, "\n"),
        inputs.manifest,    inputs.lock_file};
    return digest(join(all, std::string(1, '\0'))).substr(0, kDigestShown);
}

constexpr std::string_view kHead = R"(set -eu
umask 077
mkdir -p "$parent"
exec 9>"$parent/.$name.lock"
flock 9
[ ! -e "$ready" ] || exit 0
rm -rf "$dir"
mkdir -p "$dir"
log=$dir.log
say() { echo "$*"; echo "$*" >>"$log"; }
: >"$log"
step() {
    say "+ $*"
    status=$parent/.$name.status
    { "$@" 2>&1 9>&- || echo $? >"$status"; } | tee -a "$log"
    if [ -e "$status" ]; then code=$(cat "$status"); rm -f "$status"; exit "$code"; fi
}
rm -f "$parent/.$name.status"
)";

/// What is older than the one before goes: an action that runs may still use that.
constexpr std::string_view kTail = R"(mv "$log" "$dir/build.log"
: >"$ready"
ls -dt "$parent/$name"-*/ | tail -n +3 | while read -r old; do rm -rf "$old" "${old%/}.log"; done
echo "the environment is complete"
)";

} // namespace

bool makes_environments(const ExecutionConfig& config) {
    return !config.manifest_file.empty() && !(config.create_command.empty() && config.install_command.empty());
}

PackEnvironment pack_environment(const ExecutionConfig& config, const ActionSource& source, std::string_view envs_dir,
                                 const EnvironmentInputs& inputs, const Digest& digest) {
    const auto parent = fmt::format("{}/{}", envs_dir, source.pack_ref);
    PackEnvironment out;
    out.dir = fmt::format("{}/{}-{}", parent, source.runtime_name, digest_of(config, inputs, digest));
    out.ready = fmt::format("{}/{}", out.dir, kReady);
    const std::pair<std::string_view, std::string> tokens[] = {
        {"pack_dir", source.pack_dir},
        {"env_dir", out.dir},
        {"interpreter", config.binary},
        {"manifest_path", fmt::format("{}/{}", source.pack_dir, config.manifest_file)}};
    out.script = fmt::format("parent={}\nname={}\ndir={}\nready={}\n{}", shell_quote(parent),
                             shell_quote(source.runtime_name), shell_quote(out.dir), shell_quote(out.ready), kHead);
    out.script += fmt::format("say {}\n", shell_quote(fmt::format("building the environment of pack {} for {}",
                                                                  source.pack_ref, source.runtime_name)));
    for (const auto* command : {&config.create_command, &config.install_command}) {
        if (!command->empty()) out.script += fmt::format("step {}\n", command_line(*command, tokens));
    }
    out.script += kTail;
    return out;
}

} // namespace attune::logic::action
