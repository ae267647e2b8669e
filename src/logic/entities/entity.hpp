#pragma once
#include "base/derive.hpp"

#include <string_view>
#include <vector>

/// What there is to know of each kind of thing that clients read and write, once: from it come the bodies and answers
/// of the API with their schemas, the options, columns and help of the command line, and what a pack's files may say.
namespace attune::logic::entities {

/// Where a member is seen, and where it may be given: any of these together.
using Places = unsigned;
inline constexpr Places kListed = 1;                ///< in the rows of a list
inline constexpr Places kShown = 2;                 ///< in the answer about one
inline constexpr Places kCreated = 4;               ///< when one is made
inline constexpr Places kRequired = 8 | kCreated;   ///< must be given then
inline constexpr Places kChanged = 16;              ///< later; what is left out, or null, stays as it is
inline constexpr Places kCleared = 32 | kChanged;   ///< null makes it empty
inline constexpr Places kInFile = 64;               ///< in a pack's file
inline constexpr Places kOmitted = 128;             ///< left out of answers when it is empty, where others are null
inline constexpr Places kNullable = 256 | kChanged; ///< null is a value of it
inline constexpr Places kLong = 512;                ///< a text that people keep in a file
inline constexpr Places kAnswered = kListed | kShown;
inline constexpr Places kGiven = kCreated | kChanged | kInFile;

/// The option of a member that the command line does not offer.
inline constexpr std::string_view kNoOption = "-";

struct Member {
    std::string_view name;
    Places places = 0;
    std::string_view text = {}; ///< what it means
    std::string_view file =
        {}; ///< its key in a pack's file, when that is not its name; "a|b": two keys, the first wins
    std::string_view option = {}; ///< of the command line, when that is not its name: "-t,--trigger"
    std::string_view each = {};   ///< an option that gives one name=value of an object, or one text of a list
};

/// A parameter of the list.
struct Filter {
    std::string_view name;
    std::string_view option; ///< of the command line, without its dashes
    std::string_view text;
};

/// What commands and routes are about, as sentences without a full stop. Empty ones are made of the noun.
struct Texts {
    std::string_view list = {};
    std::string_view read = {};
    std::string_view create = {};
    std::string_view change = {};
    std::string_view remove = {};
    std::string_view enable = {};
    std::string_view disable = {};
};

/// One kind of thing. Constant; lives as long as the program.
class Entity {
public:
    struct Head {
        std::string_view noun;       ///< "Rule"
        std::string_view collection; ///< "rules": below /api/v1
        std::string_view text;       ///< "when this happens, run that"
        Texts texts = {};
        std::vector<std::string_view> columns = {}; ///< of lists on the command line
        std::vector<Filter> filters = {};
        std::string_view page_size = "page_size"; ///< the parameter with the rows of a page
    };

    /// `form`: the row, or a struct derived from it that has what bodies and answers have besides.
    Entity(Head head, const Structure& form, std::vector<Member> members);

    const Head& head() const { return head_; }
    const std::vector<Member>& members() const { return members_; }
    /// Null when there is none of this name.
    const Member* find(std::string_view name) const;
    /// Of the member's value.
    const Type& type_of_member(const Member& member) const { return *form_.find(member.name)->type; }
    /// Whether it belongs to a pack.
    bool is_component() const { return find("pack_ref") != nullptr; }
    /// Whether it can be enabled and disabled.
    bool is_switched() const;

    /// Over the form, whose JSON they are.
    const Type& item() const { return item_.type(); }
    const Type& view() const { return view_.type(); }
    const Type& create_body() const { return create_.type(); }
    const Type& update_body() const { return update_.type(); }
    /// By the keys of a pack's files; everything may be missing.
    const Type& file() const { return file_.type(); }

    std::string list_text() const;
    std::string read_text() const;
    std::string create_text() const;
    std::string change_text() const;
    std::string remove_text() const;
    std::string enable_text() const;
    std::string disable_text() const;

private:
    void add(const Member& member);
    void add_file(const Member& member);

    Head head_;
    const Structure& form_;
    std::vector<Member> members_;
    DerivedStructure item_;
    DerivedStructure view_;
    DerivedStructure create_;
    DerivedStructure update_;
    DerivedStructure file_;
};

/// Which members a body gives: those that are there, and not null unless null says something.
class Given {
public:
    Given() = default;
    explicit Given(std::vector<std::string> names) : names_(std::move(names)) {}
    Given(const Type& body, const json::value& document);

    bool has(std::string_view name) const;
    bool has_any(std::initializer_list<std::string_view> names) const;

private:
    std::vector<std::string> names_;
};

} // namespace attune::logic::entities
