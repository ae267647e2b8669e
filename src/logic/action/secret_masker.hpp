#pragma once
#include "base/json.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::action {

/// Takes the values of secrets out of a stream of bytes, also where they lie across its pieces. Looked for are the
/// texts and numbers inside the values: as they are, as JSON writes them, and each line of one with several lines.
/// Those shorter than kLeast are not (they are in every text), nor what a program encodes in its own way. Costs a few
/// nanoseconds for each byte and form.
class SecretMasker {
public:
    static constexpr std::size_t kLeast = 4;      ///< bytes
    static constexpr std::size_t kMostForms = 64; ///< looked for; the longest ones

    explicit SecretMasker(std::span<const json::value> secrets);

    /// What is certain by now, kMask for each secret. May keep back as much as the longest form.
    std::string feed(std::string_view bytes);
    /// The rest.
    std::string finish();
    /// All of one text.
    std::string mask(std::string_view text);

    bool is_idle() const { return forms_.empty(); }

private:
    /// One text that is looked for (Knuth, Morris and Pratt).
    struct Form {
        std::string text;
        std::vector<std::uint32_t> border; ///< of the first i bytes: the longest prefix that is a suffix, too
        std::uint32_t seen = 0;            ///< how much of it the stream's end is
    };
    void add(std::string text);
    static bool step(Form& form, char byte);
    std::string release(std::size_t count);

    std::vector<Form> forms_;
    std::string held_;       ///< not given out
    std::string is_secret_;  ///< of each byte of it: 1 when it belongs to a secret
    bool in_secret_ = false; ///< the last byte given out did
};

} // namespace attune::logic::action
