#pragma once
#include "runtime/pack_store.hpp"

#include <functional>
#include <optional>

namespace attune::test {

/// The files of packs in memory, where the tests look at them.
class MemoryPackStore final : public PackStore {
public:
    std::string place(const std::string& ref) const override { return "/packs/" + ref; }
    bool is_place(const std::string& ref, const std::string& directory) const override {
        return directory == place(ref);
    }
    Result<void> stage(const std::string& ref, const std::string& who, const FileTree& files) override {
        staged[ref][who] = files;
        return {};
    }
    Result<void> swap_in(const std::string& ref, const std::string& who) override {
        std::optional<FileTree> old;
        if (places.contains(ref)) old = places[ref];
        olds[ref][who] = std::move(old);
        places[ref] = staged[ref][who];
        staged[ref].erase(who);
        if (after_swap) after_swap();
        return {};
    }
    Result<std::vector<std::string>> settle(const std::string& ref, bool keep) override {
        std::vector<std::string> done;
        for (const auto& [who, old] : olds[ref]) {
            done.push_back(who);
            if (keep && places.contains(ref)) continue;
            old ? static_cast<void>(places[ref] = *old) : static_cast<void>(places.erase(ref));
        }
        olds.erase(ref);
        staged.erase(ref);
        return done;
    }
    Result<void> remove(const std::string& ref, const std::string&) override {
        places.erase(ref);
        return {};
    }
    Result<std::vector<std::string>> unsettled() const override {
        std::vector<std::string> refs;
        for (const auto& [ref, old] : olds) refs.push_back(ref);
        return refs;
    }

    /// The content of a file in a pack's place; nothing when there is none.
    std::string content(const std::string& ref, const std::string& path) const {
        const auto pack = places.find(ref);
        if (pack == places.end()) return {};
        const auto file = pack->second.find(path);
        return file == pack->second.end() ? std::string() : file->second.content;
    }
    bool is_settled() const { return staged.empty() && olds.empty(); }

    std::map<std::string, FileTree> places;                        ///< by ref
    std::map<std::string, std::map<std::string, FileTree>> staged; ///< by ref and who
    std::map<std::string, std::map<std::string, std::optional<FileTree>>> olds;
    std::function<void()> after_swap;
};

} // namespace attune::test
