#pragma once
#include "base/json.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::action {

/// Takes the values of secrets out of a stream of bytes, also where they lie across its pieces. Looked for are the
/// texts and numbers inside the values: as they are, as JSON writes them, and each line of one with several lines.
/// Those shorter than kLeast are not (they are in every text), nor what a program encodes in its own way. Costs a few
/// nanoseconds for each byte, however many secrets there are; copies share what is looked for.
class SecretMasker {
public:
    static constexpr std::size_t kLeast = 4;                         ///< bytes
    static constexpr std::size_t kMostBytes = std::size_t{4} << 20U; ///< looked for together; the shortest first

    explicit SecretMasker(std::span<const json::value> secrets);

    /// What is certain by now, kMask for each secret. May keep back as much as the longest form.
    std::string feed(std::string_view bytes);
    /// The rest.
    std::string finish();
    /// All of one text.
    std::string mask(std::string_view text);

    bool is_idle() const { return forms_->nodes.size() == 1; }

private:
    /// All that is looked for as one automaton (Aho and Corasick): a node for each beginning of a form.
    struct Forms {
        struct Node {
            std::uint32_t child = 0;    ///< the first of those that go on; 0: none
            std::uint32_t sibling = 0;  ///< the next that goes on from the same beginning
            std::uint32_t fallback = 0; ///< the longest end of this that is a beginning, too
            std::uint32_t found = 0;    ///< bytes of the longest form that this ends with
            std::uint32_t open = 0;     ///< bytes of the longest end of this that may yet become a form
            char byte = 0;
        };
        std::vector<Node> nodes{1};
        std::array<std::uint32_t, 256> first{}; ///< the nodes of one byte

        void add(std::string_view form);
        void link();
        std::uint32_t child(std::uint32_t node, char byte) const;
        std::uint32_t next(std::uint32_t node, char byte) const;
    };
    std::string release(std::size_t count);

    std::shared_ptr<const Forms> forms_;
    std::uint32_t at_ = 0;   ///< the node of what the stream ends with
    std::string held_;       ///< not given out
    std::string is_secret_;  ///< of each byte of it: 1 when it belongs to a secret
    bool in_secret_ = false; ///< the last byte given out did
};

} // namespace attune::logic::action
