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
                      [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
    const auto twice = std::ranges::unique(texts);
    texts.erase(twice.begin(), twice.end());
    if (texts.size() > kMostForms) texts.resize(kMostForms);
    for (auto& text : texts) add(std::move(text));
}

void SecretMasker::add(std::string text) {
    Form form{std::move(text), {0, 0}, 0};
    for (std::size_t i = 1; i < form.text.size(); ++i) {
        auto length = form.border[i];
        while (length > 0 && form.text[length] != form.text[i]) length = form.border[length];
        form.border.push_back(form.text[length] == form.text[i] ? length + 1 : 0);
    }
    forms_.push_back(std::move(form));
}

/// Whether the form ends with this byte.
bool SecretMasker::step(Form& form, char byte) {
    if (form.seen == form.text.size()) form.seen = form.border[form.seen];
    while (form.seen > 0 && form.text[form.seen] != byte) form.seen = form.border[form.seen];
    if (form.text[form.seen] == byte) ++form.seen;
    return form.seen == form.text.size();
}

std::string SecretMasker::feed(std::string_view bytes) {
    if (forms_.empty()) return std::string(bytes);
    for (const char byte : bytes) {
        held_ += byte;
        is_secret_ += '\0';
        for (auto& form : forms_) {
            if (!step(form, byte)) continue;
            const auto first = is_secret_.size() - std::min(is_secret_.size(), form.text.size());
            std::fill(is_secret_.begin() + static_cast<std::ptrdiff_t>(first), is_secret_.end(), '\1');
        }
    }
    std::size_t kept = 0;
    for (const auto& form : forms_) {
        const auto open = form.seen == form.text.size() ? form.border[form.seen] : form.seen;
        kept = std::max<std::size_t>(kept, open);
    }
    return release(held_.size() - std::min(kept, held_.size()));
}

std::string SecretMasker::finish() {
    for (auto& form : forms_) form.seen = 0;
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
