// The only file that sees yaml-cpp's parser. Its events are turned into JSON by DocumentBuilder; the document tree of
// yaml-cpp is not used, because it neither bounds aliases nor refuses a key that stands twice.
#include "adapters/yaml/parse_yaml.hpp"

#include "adapters/yaml/core_schema.hpp"
#include "base/text.hpp"

#include <fmt/core.h>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace attune::adapters::yaml {
namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

/// Leaves yaml-cpp's parser early; never leaves this file.
struct Refused {
    Errc code;
    std::string message;
    YAML::Mark mark;
};

/// Reads the text in place.
class TextBuffer : public std::streambuf {
public:
    explicit TextBuffer(std::string_view text) {
        auto* begin = const_cast<char*>(text.data()); // never written: a get area only
        setg(begin, begin, begin + text.size());
    }
};

/// Builds one JSON value of the events of one document.
class DocumentBuilder final : public YAML::EventHandler {
public:
    explicit DocumentBuilder(const YamlLimits& limits) : limits_(limits) {}

    json::value take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (started_) throw Refused{Errc::bad_request, "only one document is allowed in a file", mark};
        started_ = true;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(json::value(nullptr), 1, mark, anchor); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) throw Refused{Errc::bad_request, "the alias stands inside what it names", mark};
        if (awaits_key()) throw Refused{Errc::bad_request, "an alias cannot be a key", mark};
        count_nodes(found->second.nodes, mark);
        place(json::value(found->second.value), mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        if (awaits_key()) return set_key(tag, text, mark);
        add(scalar(tag, text, mark), 1, mark, anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(json::array{}, tag, "seq", mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(json::object{}, tag, "map", mark, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        json::value value;
        std::optional<std::string> key;
        YAML::Mark mark;
        YAML::anchor_t anchor;
        std::size_t nodes_before;
    };
    struct Anchored {
        json::value value;
        std::size_t nodes;
    };

    bool awaits_key() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().key; }

    void count_nodes(std::size_t nodes, const YAML::Mark& mark) {
        nodes_ += nodes;
        if (nodes_ > limits_.nodes) {
            throw Refused{Errc::too_large, fmt::format("more than {} values (aliases counted in full)", limits_.nodes),
                          mark};
        }
    }

    void set_key(const std::string& tag, const std::string& text, const YAML::Mark& mark) {
        if (text == "<<" && tag == "?") {
            throw Refused{Errc::bad_request, "merge keys (<<) are not part of YAML 1.2: write the members out", mark};
        }
        auto key = to_valid_utf8(text);
        if (open_.back().value.get_object().contains(key)) {
            throw Refused{Errc::bad_request, fmt::format("the key '{}' stands twice", key), mark};
        }
        open_.back().key = std::move(key);
    }

    static json::value scalar(const std::string& tag, const std::string& text, const YAML::Mark& mark) {
        const auto as_text = [&] { return json::value(json::string(to_valid_utf8(text))); };
        if (tag == "!" || tag == std::string(kCoreTag) + "str") return as_text();
        if (!tag.empty() && tag != "?" && !tag.starts_with(kCoreTag)) {
            throw Refused{Errc::bad_request, fmt::format("the tag {} is not known", tag), mark};
        }
        auto value = resolve_plain(text);
        if (!value) throw Refused{Errc::bad_request, value.error().message, mark};
        if (value->is_string()) *value = as_text();
        if (tag.starts_with(kCoreTag)) require_tag(std::string_view(tag).substr(kCoreTag.size()), *value, mark);
        return *std::move(value);
    }

    static void require_tag(std::string_view tag, json::value& value, const YAML::Mark& mark) {
        if (tag == "float" && value.is_number()) value = value.to_number<double>();
        const bool fits = (tag == "int" && (value.is_int64() || value.is_uint64())) ||
                          (tag == "float" && value.is_double()) || (tag == "bool" && value.is_bool()) ||
                          (tag == "null" && value.is_null());
        if (!fits) throw Refused{Errc::bad_request, fmt::format("the value does not fit its tag !!{}", tag), mark};
    }

    void open(json::value empty, const std::string& tag, std::string_view kind, const YAML::Mark& mark,
              YAML::anchor_t anchor) {
        if (awaits_key()) throw Refused{Errc::bad_request, "a key must be a plain or quoted text", mark};
        if (!tag.empty() && tag != "?" && tag != "!" && tag != std::string(kCoreTag) + std::string(kind)) {
            throw Refused{Errc::bad_request, fmt::format("the tag {} is not known", tag), mark};
        }
        if (open_.size() >= limits_.depth) {
            throw Refused{Errc::too_large, fmt::format("nested deeper than {} levels", limits_.depth), mark};
        }
        const auto before = nodes_;
        count_nodes(1, mark);
        open_.push_back({std::move(empty), std::nullopt, mark, anchor, before});
    }

    void close() {
        auto done = std::move(open_.back());
        open_.pop_back();
        remember(done.anchor, done.value, nodes_ - done.nodes_before);
        place(std::move(done.value), done.mark);
    }

    void add(json::value value, std::size_t nodes, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (awaits_key()) throw Refused{Errc::bad_request, "a key must not be empty or null", mark};
        count_nodes(nodes, mark);
        remember(anchor, value, nodes);
        place(std::move(value), mark);
    }

    /// Keeps a copy for the aliases that name it. The copies count, too: anchors nested in each other would otherwise
    /// copy without bound.
    void remember(YAML::anchor_t anchor, const json::value& value, std::size_t nodes) {
        if (anchor == YAML::NullAnchor) return;
        remembered_ += nodes;
        if (remembered_ > limits_.nodes) {
            throw Refused{Errc::too_large, "anchors hold too many values", YAML::Mark::null_mark()};
        }
        anchors_[anchor] = {value, nodes};
    }

    void place(json::value value, const YAML::Mark& mark) {
        if (open_.empty()) {
            root_ = std::move(value);
            return;
        }
        auto& parent = open_.back();
        if (parent.value.is_array()) {
            parent.value.get_array().push_back(std::move(value));
            return;
        }
        if (!parent.key) throw Refused{Errc::bad_request, "a key must be a plain or quoted text", mark};
        parent.value.get_object().emplace(*std::exchange(parent.key, std::nullopt), std::move(value));
    }

    YamlLimits limits_;
    bool started_ = false;
    json::value root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Anchored> anchors_;
    std::size_t nodes_ = 0;
    std::size_t remembered_ = 0;
};

Error error_at(Errc code, std::string_view name, const YAML::Mark& mark, std::string_view message) {
    if (mark.is_null()) return Error{code, fmt::format("{}: {}", name, message)};
    return Error{code, fmt::format("{}:{}:{}: {}", name, mark.line + 1, mark.column + 1, message)};
}

/// The first character that YAML does not allow (yaml-cpp would take U+0004 for the end of the text).
std::optional<Error> check_characters(std::string_view text, std::string_view name) {
    if (!is_valid_utf8(text)) return Error{Errc::bad_request, fmt::format("{}: the text is not UTF-8", name)};
    std::size_t line = 1;
    for (const char c : text) {
        if (c == '\n') ++line;
        const auto code = static_cast<unsigned char>(c);
        if ((code >= 0x20 && code != 0x7F) || c == '\n' || c == '\r' || c == '\t') continue;
        return Error{Errc::bad_request, fmt::format("{}:{}: a control character (0x{:02x})", name, line, code)};
    }
    return std::nullopt;
}

} // namespace

Result<json::value> parse_yaml(std::string_view text, std::string_view name, YamlLimits limits) {
    if (text.size() > limits.bytes) {
        return Error{Errc::too_large, fmt::format("{}: longer than {} bytes", name, limits.bytes)};
    }
    if (auto failure = check_characters(text, name)) return *std::move(failure);
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    DocumentBuilder builder(limits);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {}
    } catch (const Refused& refused) {
        return error_at(refused.code, name, refused.mark, refused.message);
    } catch (const YAML::Exception& failure) {
        return error_at(Errc::bad_request, name, failure.mark, failure.msg);
    }
    return builder.take();
}

} // namespace attune::adapters::yaml
