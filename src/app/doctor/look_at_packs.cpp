#include "app/doctor/checks.hpp"
#include "app/pack_files.hpp"
#include "base/text.hpp"
#include "domain/pack.hpp"
#include "logic/action/execution_config.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace attune::app::doctor {
namespace {

const QueryOf<Pack> kPacks{"doctor.packs", "select {columns} from pack order by ref"};
const QueryOf<Runtime> kRuntimes{
    "doctor.runtimes",
    "select {columns} from runtime where ref in (select runtime_ref from action where runtime_ref is not null)"
    " order by ref"};

bool is_on_path(const std::string& program) {
    if (program.find('/') != std::string::npos) return ::access(program.c_str(), X_OK) == 0;
    const auto* path = std::getenv("PATH");
    for (const auto folder : split(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path, ':')) {
        if (::access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0) return true;
    }
    return false;
}

bool is_the_same(const FileTree& a, const FileTree& b) {
    return std::ranges::equal(a, b, [](const auto& left, const auto& right) {
        return left.first == right.first && left.second.content == right.second.content;
    });
}

void look_at_pack(Findings& out, const Pack& pack) {
    const auto label = fmt::format("the pack {}", pack.ref);
    const auto* const again = "attune pack register <folder> --force, or upload it again";
    auto files = read_directory(*pack.storage_path);
    if (!files) {
        out.fail("packs", fmt::format("the files of {} cannot be read: {}", label, files.error().message), again);
        return;
    }
    if (pack.ref == "core" && !is_the_same(*files, core_pack())) {
        out.warn("packs", fmt::format("the files of {} in {} are not those of this program", label, *pack.storage_path),
                 "start the server: it writes them anew");
        return;
    }
    const auto loaded = load_pack(*std::move(files));
    if (!loaded) {
        out.fail("packs", fmt::format("the files of {} are no pack any more: {}", label, loaded.error().text()), again);
        return;
    }
    const auto& on_disk = loaded->contents.pack.version;
    if (on_disk == pack.version) return;
    out.warn("packs", fmt::format("{} is registered with version {}, its files say {}", label, pack.version, on_disk),
             fmt::format("attune pack register {} --force", *pack.storage_path));
}

void look_at_interpreter(Findings& out, const Runtime& runtime) {
    const auto config = logic::action::read_execution_config(runtime.execution_config);
    if (!config) {
        out.fail("packs", fmt::format("the runtime {} cannot be read: {}", runtime.ref, config.error().text()),
                 "correct its execution_config");
        return;
    }
    const auto& program = config->binary;
    if (program.empty() || program.find('{') != std::string::npos || is_on_path(program)) return;
    out.warn("packs", fmt::format("this machine has no {}, which runs the actions of {}", program, runtime.ref),
             fmt::format("install {}, or let no worker of this machine run them", program));
}

} // namespace

Result<void> look_at_packs(Findings& out, Session& session) {
    const auto before = out.all().size();
    TRY(const auto packs, session.all<Pack>(kPacks));
    std::size_t with_files = 0;
    for (const auto& pack : packs) {
        if (!pack.storage_path) continue;
        ++with_files;
        look_at_pack(out, pack);
    }
    TRY(const auto runtimes, session.all<Runtime>(kRuntimes));
    for (const auto& runtime : runtimes) look_at_interpreter(out, runtime);
    if (out.all().size() == before) {
        out.ok("packs", fmt::format("{} are registered; the files of {} and all interpreters are there", packs.size(),
                                    with_files));
    }
    return {};
}

} // namespace attune::app::doctor
