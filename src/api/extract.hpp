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
    Timestamp now;        ///< for handlers over a Session: when it is run
};

namespace extract {

enum class TextKind : std::uint8_t { text, integer, boolean, number };

/// Text as the JSON that its type wants; text that does not fit stays a string, for the codec to refuse.
json::value text_to_json(std::string_view text, TextKind kind);

/// The values of `name` in order.
std::vector<std::string_view> values_of(const TextPairs& pairs, std::string_view name);

/// The body as JSON, or the error of its media type or syntax.
Result<json::value> read_json_body(const RawRequest& request);

/// The JSON of a parameter given (perhaps repeatedly) as text.
json::value texts_to_json(const std::vector<std::string_view>& texts, TextKind kind, bool is_vector);

/// Reads a parameter of the type from its texts. Errors: `bad_request`, with the parameter's name.
Result<void> decode_texts(const Type& type, const std::vector<std::string_view>& texts, const std::string& name,
                          void* to);

/// Reads a described struct from named texts; absent ones keep the struct's default.
Result<void> decode_pairs(const Structure& structure, const TextPairs& pairs, void* to);

/// Reads the parameters of the pattern: all of a struct's, or the one that there is.
Result<void> decode_path(const Type& type, const TextPairs& parameters, void* to);

/// Reads a JSON body.
Result<void> decode_body(const Type& type, const RawRequest& request, void* to);

// Each reads one handler parameter, of this type, into the place for it.
Result<void> read_path(const Type* type, const Call& call, void* to);
Result<void> read_query(const Type* type, const Call& call, void* to);
Result<void> read_body(const Type* type, const Call& call, void* to);
Result<void> read_caller(const Type* none, const Call& call, void* to);  ///< const Caller*
Result<void> read_request(const Type* none, const Call& call, void* to); ///< const RawRequest*
Result<void> read_now(const Type* none, const Call& call, void* to);     ///< Timestamp

/// How one handler parameter is made: `Stored` is kept while the handler runs, get() is what it is given. A parameter
/// that is a reference refers to it.
template <class Arg>
struct Extractor;

template <>
struct Extractor<const Caller&> {
    using Stored = const Caller*;
    static constexpr const Type* type = nullptr;
    static constexpr auto read = &read_caller;
    static void* place(Stored& stored) { return &stored; }
    static const Caller& get(Stored& stored) { return *stored; }
};
template <>
struct Extractor<const RawRequest&> {
    using Stored = const RawRequest*;
    static constexpr const Type* type = nullptr;
    static constexpr auto read = &read_request;
    static void* place(Stored& stored) { return &stored; }
    static const RawRequest& get(Stored& stored) { return *stored; }
};
template <>
struct Extractor<Timestamp> {
    using Stored = Timestamp;
    static constexpr const Type* type = nullptr;
    static constexpr auto read = &read_now;
    static void* place(Stored& stored) { return &stored; }
    static Timestamp get(Stored& stored) { return stored; }
};

template <class T>
struct Extractor<Path<T>> {
    using Stored = Path<T>;
    static constexpr const Type* type = &type_of<T>;
    static constexpr auto read = &read_path;
    static void* place(Stored& stored) { return &stored.value; }
    static Stored get(Stored& stored) { return std::move(stored); }
};
template <class T>
struct Extractor<Query<T>> {
    using Stored = Query<T>;
    static constexpr const Type* type = &type_of<T>;
    static constexpr auto read = &read_query;
    static void* place(Stored& stored) { return &stored.value; }
    static Stored get(Stored& stored) { return std::move(stored); }
};
template <class T>
struct Extractor<Body<T>> {
    using Stored = Body<T>;
    static constexpr const Type* type = &type_of<T>;
    static constexpr auto read = &read_body;
    static void* place(Stored& stored) { return &stored.value; }
    static Stored get(Stored& stored) { return std::move(stored); }
};

template <class Arg>
struct Extractor<const Arg&> : Extractor<Arg> {
    static const Arg& get(Arg& stored) { return stored; }
};

} // namespace extract
} // namespace attune::api
