#include "services/timer_scheduler/packed_timer.hpp"

#include <cstring>

namespace attune::services {
namespace {

/// Seven bits a byte, the lowest first; the high bit says that more follow. Small numbers of either sign are short.
class Packer {
public:
    explicit Packer(TextTable& shared) : shared_(shared) {}

    void put(std::int64_t value) {
        auto rest = (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
        for (; rest >= 0x80; rest >>= 7U) out_ += static_cast<char>(0x80U | (rest & 0x7FU));
        out_ += static_cast<char>(rest);
    }
    void put(bool value) { put(std::int64_t{value}); }
    void put(Timestamp value) {
        put((value - last_).count());
        last_ = value;
    }
    template <class Tag>
    void put(Id<Tag> id) {
        put(id.value);
    }
    void put(const std::string& text) { put_text(text, true); }
    void put(const std::optional<std::string>& text) {
        put(text.has_value());
        if (text) put_text(*text, false);
    }
    void put(const json::object& value) {
        const auto* type = value.if_contains("type");
        put_text(to_text(value), type == nullptr || *type != "one_shot");
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }

    PackedTimer take() const {
        auto bytes = std::make_unique_for_overwrite<char[]>(out_.size());
        std::memcpy(bytes.get(), out_.data(), out_.size());
        return bytes;
    }

private:
    /// The number in the table, or -1 and the text.
    void put_text(std::string_view text, bool is_shared) {
        const auto number = is_shared ? shared_.number_of(text) : std::nullopt;
        put(number ? static_cast<std::int64_t>(*number) : std::int64_t{-1});
        if (number) return;
        put(static_cast<std::int64_t>(text.size()));
        out_ += text;
    }

    TextTable& shared_;
    std::string out_;
    Timestamp last_;
};

class Unpacker {
public:
    Unpacker(const char* bytes, const TextTable& shared) : at_(bytes), shared_(shared) {}

    void get(std::int64_t& value) {
        std::uint64_t raw = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(*at_++);
            raw |= std::uint64_t{byte & 0x7FU} << shift;
            if ((byte & 0x80U) == 0) break;
        }
        value = static_cast<std::int64_t>(raw >> 1U) ^ -static_cast<std::int64_t>(raw & 1U);
    }
    void get(bool& value) { value = number() != 0; }
    void get(Timestamp& value) { value = last_ = last_ + Duration{number()}; }
    template <class Tag>
    void get(Id<Tag>& id) {
        get(id.value);
    }
    void get(std::string& text) { text = this->text(); }
    void get(json::object& value) {
        // What this program wrote: it is an object.
        value = std::move(parse_json(text(), {.depth = 256})->as_object());
    }
    template <class T>
    void get(std::optional<T>& value) {
        if (number() != 0) get(value.emplace());
    }

private:
    std::int64_t number() {
        std::int64_t out = 0;
        get(out);
        return out;
    }
    std::string_view text() {
        if (const auto known = number(); known >= 0) return shared_.text(static_cast<std::size_t>(known));
        const auto length = static_cast<std::size_t>(number());
        const std::string_view out(at_, length);
        at_ += length;
        return out;
    }

    const char* at_;
    const TextTable& shared_;
    Timestamp last_;
};

} // namespace

std::optional<std::size_t> TextTable::number_of(std::string_view text) {
    if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
    if (texts_.size() >= kLimit) return std::nullopt;
    numbers_.emplace(texts_.emplace_back(text), texts_.size() - 1);
    return texts_.size() - 1;
}

PackedTimer pack_timer(const Timer& timer, TextTable& shared) {
    Packer packer(shared);
    boost::mp11::mp_for_each<members_of<Timer>>([&](auto member) { packer.put(timer.*member.pointer); });
    return packer.take();
}

Timer unpack_timer(const PackedTimer& packed, const TextTable& shared) {
    Timer out;
    Unpacker unpacker(packed.get(), shared);
    boost::mp11::mp_for_each<members_of<Timer>>([&](auto member) { unpacker.get(out.*member.pointer); });
    return out;
}

} // namespace attune::services
