#include "services/timer_scheduler/packed_timer.hpp"

#include <cstring>

namespace attune::services {
namespace {

/// Seven bits a byte, the lowest first; the high bit says that more follow. Small numbers of either sign are short.
class Packer {
public:
    explicit Packer(TextTable& shared) : shared_(shared) {}

    void put(const Structure& structure, const void* from) {
        for (const auto& field : structure.fields) put(*field.type, field.of(from));
    }

    PackedTimer take() const {
        auto bytes = std::make_unique_for_overwrite<char[]>(out_.size());
        std::memcpy(bytes.get(), out_.data(), out_.size());
        return bytes;
    }

private:
    void put(const Type& type, const void* from) {
        switch (type.kind) {
        case Kind::integer: return put(load_integer(type, from));
        case Kind::boolean: return put(std::int64_t{*static_cast<const bool*>(from)});
        case Kind::id: return put(static_cast<const Id<void>*>(from)->value);
        case Kind::timestamp: return put_time(*static_cast<const Timestamp*>(from));
        case Kind::text: return put_text(*static_cast<const std::string*>(from), true);
        case Kind::object: return put_config(*static_cast<const json::object*>(from));
        case Kind::optional: return put_optional(type, from);
        case Kind::real:
        case Kind::duration:
        case Kind::json:
        case Kind::array:
        case Kind::enumeration:
        case Kind::list:
        case Kind::map:
        case Kind::omittable:
        case Kind::patch:
        case Kind::structure:
        case Kind::custom: break;
        }
        assertion_failed("a timer has no members of this kind", std::source_location::current());
    }
    void put(std::int64_t value) {
        auto rest = (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
        for (; rest >= 0x80; rest >>= 7U) out_ += static_cast<char>(0x80U | (rest & 0x7FU));
        out_ += static_cast<char>(rest);
    }
    void put_time(Timestamp value) {
        put((value - last_).count());
        last_ = value;
    }
    void put_config(const json::object& value) {
        const auto* type = value.if_contains("type");
        put_text(to_text(value), type == nullptr || *type != "one_shot");
    }
    /// Optional texts are a timer's own; those that it always has are shared with others.
    void put_optional(const Type& type, const void* from) {
        const auto* content = type.optional->content(from);
        put(std::int64_t{content != nullptr});
        if (content == nullptr) return;
        if (type.element->kind == Kind::text) return put_text(*static_cast<const std::string*>(content), false);
        put(*type.element, content);
    }
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

    void get(const Structure& structure, void* to) {
        for (const auto& field : structure.fields) get(*field.type, field.of(to));
    }

private:
    void get(const Type& type, void* to) {
        switch (type.kind) {
        case Kind::integer: return store_integer(type, number(), to);
        case Kind::boolean: *static_cast<bool*>(to) = number() != 0; return;
        case Kind::id: static_cast<Id<void>*>(to)->value = number(); return;
        case Kind::timestamp: *static_cast<Timestamp*>(to) = last_ = last_ + Duration{number()}; return;
        case Kind::text: *static_cast<std::string*>(to) = text(); return;
        // What this program wrote: it is an object.
        case Kind::object:
            *static_cast<json::object*>(to) = std::move(parse_json(text(), {.depth = 256})->as_object());
            return;
        case Kind::optional:
            if (number() != 0) get(*type.element, type.optional->emplace(to));
            return;
        case Kind::real:
        case Kind::duration:
        case Kind::json:
        case Kind::array:
        case Kind::enumeration:
        case Kind::list:
        case Kind::map:
        case Kind::omittable:
        case Kind::patch:
        case Kind::structure:
        case Kind::custom: break;
        }
        assertion_failed("a timer has no members of this kind", std::source_location::current());
    }
    std::int64_t number() {
        std::uint64_t raw = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(*at_++);
            raw |= std::uint64_t{byte & 0x7FU} << shift;
            if ((byte & 0x80U) == 0) break;
        }
        return static_cast<std::int64_t>(raw >> 1U) ^ -static_cast<std::int64_t>(raw & 1U);
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
    packer.put(structure_of<Timer>(), &timer);
    return packer.take();
}

Timer unpack_timer(const PackedTimer& packed, const TextTable& shared) {
    Timer out;
    Unpacker unpacker(packed.get(), shared);
    unpacker.get(structure_of<Timer>(), &out);
    return out;
}

} // namespace attune::services
