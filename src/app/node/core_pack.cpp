#include "app/node/core_pack.hpp"

#include "app/pack_files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "flow/definitions.hpp"
#include "flow/generation.hpp"

namespace attune::app {
namespace {

std::string folder_of(const Infrastructure& shared) {
    return shared.settings.packs_dir + "/core";
}

std::string checksum_of(const FileTree& files, const Digests& digests) {
    std::string all;
    for (const auto& [name, file] : files) all += fmt::format("{}\n{}\n{}\n", name, file.content.size(), file.content);
    return hex_encode(digests.sha256(all));
}

} // namespace

Result<void> write_core_pack(Infrastructure& shared) {
    const auto files = core_pack();
    const auto there = read_directory(folder_of(shared));
    if (there && checksum_of(*there, *shared.digests) == checksum_of(files, *shared.digests)) return {};
    return write_directory(folder_of(shared), files);
}

Result<void> install_core_pack(Infrastructure& shared) {
    TRY(auto loaded, load_pack(core_pack()));
    const auto checksum = checksum_of(loaded.files, *shared.digests);
    TRY(const auto known, shared.db->write_blocking([](Session& session) { return flow::find_pack(session, "core"); }));
    if (known && known->checksum == checksum) return {};
    auto& pack = loaded.contents.pack;
    pack.is_standard = true;
    pack.checksum = checksum;
    pack.source_type = "builtin";
    pack.storage_path = folder_of(shared);
    TRY(const auto installed, shared.db->write_blocking([&](Session& session) -> Result<flow::InstalledPack> {
        // Of several servers that start at once, the others wait here and then find nothing left to change.
        CHECK(flow::lock_definitions(session));
        return flow::install_pack(session, loaded.contents, shared.http_loop.clock().now());
    }));
    for (const auto& warning : installed.warnings) log::warn("core pack: {}", warning);
    return {};
}

} // namespace attune::app
