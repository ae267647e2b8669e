#pragma once
#include "api/caller.hpp"
#include "api/http_message.hpp"
#include "base/reflect.hpp"

/// How a handler's parameters are read from a request: their types say what they are.
namespace attune::api {

/// The parameters of the pattern: a described struct whose members have their names, or one plain type when the pattern
/// has one parameter. A value that does not fit: 400.
template <class T>
struct Path {
    T value;
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

/// The query string: a described struct with a default for each member. Unknown parameters are ignored, a value that
/// does not fit is 400. A vector takes repeated parameters and comma-separated ones.
template <class T>
struct Query {
    T value;
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

/// The JSON body. Members that may be absent are std::optional, Omittable or Patch; Body<std::optional<T>> may be
/// missing as a whole. 415 when it is not declared as JSON, 400 when it is not JSON, 422 when a member does not fit.
template <class T>
struct Body {
    T value;
    T& operator*() { return value; }
    const T& operator*() const { return value; }
    T* operator->() { return &value; }
    const T* operator->() const { return &value; }
};

using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// A request on its way to its handler.
struct Call {
    RawRequest request;
    Caller caller;
    TextPairs parameters; ///< of the pattern, decoded
};

namespace extract {

enum class TextKind : std::uint8_t { text, integer, boolean, number };

/// Text as the JSON that its type wants; text that does not fit stays a string, for the codec to refuse.
json::value text_to_json(std::string_view text, TextKind kind);

/// The values of `name` in order.
std::vector<std::string_view> values_of(const TextPairs& pairs, std::string_view name);

/// The body as JSON, or the error of its media type or syntax.
Result<json::value> read_json_body(const RawRequest& request);

template <class T>
struct unwrapped {
    using type = T;
    static constexpr bool is_vector = false;
};
template <class T>
struct unwrapped<std::optional<T>> : unwrapped<T> {};
template <class T>
struct unwrapped<Omittable<T>> : unwrapped<T> {};
template <class T>
struct unwrapped<std::vector<T>> {
    using type = T;
    static constexpr bool is_vector = true;
};

template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<Id<Tag>> : std::true_type {};

template <class T>
constexpr TextKind kind_of() {
    if constexpr (std::is_same_v<T, bool>)
        return TextKind::boolean;
    else if constexpr (std::is_integral_v<T>)
        return TextKind::integer;
    else if constexpr (std::is_floating_point_v<T>)
        return TextKind::number;
    else if constexpr (is_id<T>::value)
        return TextKind::integer;
    else
        return TextKind::text;
}

/// The JSON of a parameter given (perhaps repeatedly) as text.
json::value texts_to_json(const std::vector<std::string_view>& texts, TextKind kind, bool is_vector);

template <class M>
Result<M> decode_texts(const std::vector<std::string_view>& texts, const std::string& name) {
    using Plain = unwrapped<M>;
    auto decoded = from_json<M>(texts_to_json(texts, kind_of<typename Plain::type>(), Plain::is_vector), name);
    if (!decoded) decoded.error().code = Errc::bad_request;
    return decoded;
}

/// A described struct from named texts; absent ones keep the struct's default.
template <Described T>
Result<T> decode_pairs(const TextPairs& pairs) {
    T out{};
    std::optional<Error> failure;
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
        using Member = std::remove_cvref_t<decltype(out.*d.pointer)>;
        auto texts = values_of(pairs, d.name);
        constexpr bool keeps_empty = std::is_same_v<typename unwrapped<Member>::type, std::string>;
        if (!keeps_empty) std::erase_if(texts, [](std::string_view text) { return text.empty(); });
        if (failure || texts.empty()) return;
        auto decoded = decode_texts<Member>(texts, d.name);
        if (decoded)
            out.*d.pointer = *std::move(decoded);
        else
            failure = std::move(decoded).error();
    });
    if (failure) return std::move(*failure);
    return out;
}

/// How one handler parameter is made: `Stored` is kept while the handler runs, get() is what it is given.
template <class Arg>
struct Extractor;

template <>
struct Extractor<const Caller&> {
    using Stored = const Caller*;
    static Result<Stored> from(const Call& call) { return &call.caller; }
    static const Caller& get(Stored& stored) { return *stored; }
};
template <>
struct Extractor<const RawRequest&> {
    using Stored = const RawRequest*;
    static Result<Stored> from(const Call& call) { return &call.request; }
    static const RawRequest& get(Stored& stored) { return *stored; }
};

template <class T>
struct Extractor<Path<T>> {
    using Stored = Path<T>;
    static Result<Stored> from(const Call& call) {
        if constexpr (Described<T>) {
            TRY(auto value, decode_pairs<T>(call.parameters));
            return Stored{std::move(value)};
        } else {
            const auto& [name, text] = call.parameters.front();
            TRY(auto value, decode_texts<T>({text}, name));
            return Stored{std::move(value)};
        }
    }
    static Stored get(Stored& stored) { return std::move(stored); }
};

template <class T>
struct Extractor<Query<T>> {
    using Stored = Query<T>;
    static Result<Stored> from(const Call& call) {
        TRY(auto value, decode_pairs<T>(call.request.query));
        return Stored{std::move(value)};
    }
    static Stored get(Stored& stored) { return std::move(stored); }
};

template <class T>
struct Extractor<Body<T>> {
    using Stored = Body<T>;
    static Result<Stored> from(const Call& call) {
        if constexpr (reflect::is_optional<T>::value) {
            if (call.request.body.empty()) return Stored{};
        }
        TRY(const auto document, read_json_body(call.request));
        TRY(auto value, from_json<T>(document));
        return Stored{std::move(value)};
    }
    static Stored get(Stored& stored) { return std::move(stored); }
};

} // namespace extract
} // namespace attune::api
