#include "logic/action/secret_masker.hpp"

#include "base/text.hpp"
#include "domain/sealed_value.hpp"
#include "logic/action/value_text.hpp"

#include <algorithm>

namespace attune::logic::action {
namespace {

void collect(const json::value& value, std::vector<std::string>& out) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) collect(member.value(), out);
    } else if (const auto* list = value.if_array()) {
        for (const auto& item : *list) collect(item, out);
    } else if (const auto* text = value.if_string()) {
        out.emplace_back(*text);
        const auto quoted = to_text(value);
        out.push_back(quoted.substr(1, quoted.size() - 2));
        for (const auto line : split(*text, '\n')) out.emplace_back(trim(line));
    } else if (value.is_number()) {
        out.push_back(value_text(value));
    }
}

} // namespace

SecretMasker::SecretMasker(std::span<const json::value> secrets) {
    std::vector<std::string> texts;
    for (const auto& one : secrets) collect(one, texts);
    std::erase_if(texts, [](const std::string& text) { return text.size() < kLeast || text == kMask; });
    std::ranges::sort(texts,
                      [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
    const auto twice = std::ranges::unique(texts);
    texts.erase(twice.begin(), twice.end());
    auto forms = std::make_shared<Forms>();
    for (const auto& text : texts) {
        if (forms->nodes.size() + text.size() > kMostBytes) break;
        forms->add(text);
    }
    forms->link();
    forms_ = std::move(forms);
}

void SecretMasker::Forms::add(std::string_view form) {
    std::uint32_t at = 0;
    for (const char byte : form) {
        auto next = child(at, byte);
        if (next == 0) {
            next = static_cast<std::uint32_t>(nodes.size());
            nodes.push_back({.sibling = nodes[at].child, .byte = byte});
            nodes[at].child = next;
            if (at == 0) first[static_cast<unsigned char>(byte)] = next;
        }
        at = next;
    }
    nodes[at].found = static_cast<std::uint32_t>(form.size());
}

/// Level by level: a fallback is shorter, so it is complete already.
void SecretMasker::Forms::link() {
    std::vector<std::uint32_t> level{0};
    for (std::uint32_t depth = 0; !level.empty(); ++depth) {
        std::vector<std::uint32_t> below;
        for (const auto parent : level) {
            for (auto at = nodes[parent].child; at != 0; at = nodes[at].sibling) {
                auto& node = nodes[at];
                if (parent != 0) node.fallback = next(nodes[parent].fallback, node.byte);
                const auto& fallback = nodes[node.fallback];
                node.found = std::max(node.found, fallback.found);
                node.open = node.child != 0 ? depth + 1 : fallback.open;
                below.push_back(at);
            }
        }
        level = std::move(below);
    }
}

std::uint32_t SecretMasker::Forms::child(std::uint32_t node, char byte) const {
    if (node == 0) return first[static_cast<unsigned char>(byte)];
    auto at = nodes[node].child;
    while (at != 0 && nodes[at].byte != byte) at = nodes[at].sibling;
    return at;
}

std::uint32_t SecretMasker::Forms::next(std::uint32_t node, char byte) const {
    for (;; node = nodes[node].fallback) {
        const auto found = child(node, byte);
        if (found != 0 || node == 0) return found;
    }
}

std::string SecretMasker::feed(std::string_view bytes) {
    if (is_idle()) return std::string(bytes);
    for (const char byte : bytes) {
        held_ += byte;
        is_secret_ += '\0';
        at_ = forms_->next(at_, byte);
        const std::size_t found = forms_->nodes[at_].found;
        if (found == 0) continue;
        const auto from = is_secret_.size() - std::min(is_secret_.size(), found);
        std::fill(is_secret_.begin() + static_cast<std::ptrdiff_t>(from), is_secret_.end(), '\1');
    }
    const std::size_t open = forms_->nodes[at_].open;
    return release(held_.size() - std::min(open, held_.size()));
}

std::string SecretMasker::finish() {
    at_ = 0;
    auto out = release(held_.size());
    in_secret_ = false;
    return out;
}

std::string SecretMasker::mask(std::string_view text) {
    auto out = feed(text);
    out += finish();
    return out;
}

std::string SecretMasker::release(std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        const bool secret = is_secret_[i] != 0;
        if (!secret) out += held_[i];
        if (secret && !in_secret_) out += kMask;
        in_secret_ = secret;
    }
    held_.erase(0, count);
    is_secret_.erase(0, count);
    return out;
}

} // namespace attune::logic::action
