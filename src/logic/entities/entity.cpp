#include "logic/entities/entity.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::logic::entities {
namespace {

bool in(Places places, Places wanted) {
    return (places & wanted) == wanted;
}

Form shown_form(Places places) {
    return in(places, kOmitted) ? Form::omit_empty : Form::plain;
}

Form changed_form(Places places) {
    if (in(places, kNullable)) return Form::value;
    return in(places, kCleared) ? Form::patch : Form::optional;
}

std::string or_else(std::string_view text, std::string made) {
    return text.empty() ? std::move(made) : std::string(text);
}

/// "an action", "a rule"
std::string one(std::string_view noun) {
    const auto word = to_lower(noun);
    return fmt::format("{} {}", std::string_view("aeiou").find(word.front()) == std::string_view::npos ? "a" : "an",
                       word);
}

} // namespace

Entity::Entity(Head head, const Structure& form, std::vector<Member> members)
    : head_(std::move(head)), form_(form), members_(std::move(members)),
      item_(fmt::format("{}Summary", head_.noun), form), view_(fmt::format("{}View", head_.noun), form),
      create_(fmt::format("Create{}", head_.noun), form), update_(fmt::format("Update{}", head_.noun), form),
      file_(fmt::format("{}File", head_.noun), form) {
    for (const auto& member : members_) add(member);
}

void Entity::add(const Member& member) {
    const auto places = member.places;
    if (in(places, kListed)) item_.add(member.name, shown_form(places), {}, member.text);
    if (in(places, kShown)) view_.add(member.name, shown_form(places), {}, member.text);
    if (in(places, kCreated))
        create_.add(member.name, in(places, kRequired) ? Form::plain : Form::optional, {}, member.text);
    if (in(places, kChanged)) update_.add(member.name, changed_form(places), {}, member.text);
    if (in(places, kInFile)) add_file(member);
}

/// The first key last: what is read later stands.
void Entity::add_file(const Member& member) {
    auto keys = split(member.file.empty() ? member.name : member.file, '|');
    std::ranges::reverse(keys);
    for (const auto key : keys) file_.add(member.name, Form::optional, key, member.text);
}

const Member* Entity::find(std::string_view name) const {
    const auto found = std::ranges::find(members_, name, &Member::name);
    return found == members_.end() ? nullptr : &*found;
}

bool Entity::is_switched() const {
    const auto* enabled = find("enabled");
    return enabled != nullptr && in(enabled->places, kChanged);
}

std::string Entity::list_text() const {
    return or_else(head_.texts.list, fmt::format("List {}", head_.collection));
}
std::string Entity::read_text() const {
    return or_else(head_.texts.read, fmt::format("Read {}", one(head_.noun)));
}
std::string Entity::create_text() const {
    return or_else(head_.texts.create, fmt::format("Create {}", one(head_.noun)));
}
std::string Entity::change_text() const {
    return or_else(head_.texts.change, fmt::format("Change {}; what is left out stays", one(head_.noun)));
}
std::string Entity::remove_text() const {
    return or_else(head_.texts.remove, fmt::format("Delete {}", one(head_.noun)));
}
std::string Entity::enable_text() const {
    return or_else(head_.texts.enable, fmt::format("Enable {}", one(head_.noun)));
}
std::string Entity::disable_text() const {
    return or_else(head_.texts.disable, fmt::format("Disable {}", one(head_.noun)));
}

Given::Given(const Type& body, const json::value& document) {
    const auto* object = document.if_object();
    if (object == nullptr) return;
    for (const auto& field : body.structure().fields) {
        const auto* member = object->if_contains(field.name);
        if (member == nullptr) continue;
        if (!member->is_null() || takes_null(*field.type)) names_.emplace_back(field.name);
    }
}

bool Given::has(std::string_view name) const {
    return std::ranges::find(names_, name) != names_.end();
}

bool Given::has_any(std::initializer_list<std::string_view> names) const {
    return std::ranges::any_of(names, [this](std::string_view name) { return has(name); });
}

} // namespace attune::logic::entities
