#include "app/cli/entity_commands.hpp"

#include "app/cli/request_body.hpp"
#include "app/cli/requests.hpp"
#include "base/text.hpp"

namespace attune::app::cli {
namespace {

using enum Parameter::Kind;
using logic::entities::Entity;
using logic::entities::Member;
using logic::entities::Places;

/// What is written where `create` is not told.
constexpr std::string_view kFirstVersion = "0.1.0";

std::string group_of(const Entity& entity) {
    return to_lower(entity.head().noun);
}

std::string sentence(std::string_view text) {
    return fmt::format("{}.", text);
}

bool in(const Member& member, Places places) {
    return (member.places & places) == places;
}

/// What names it is given by the ref alone, or by options of its own.
bool has_option(const Member& member, Places places) {
    return in(member, places) && member.option != logic::entities::kNoOption && member.name != "ref" &&
           member.name != "pack_ref";
}

/// The type of what is written: without what says that it may be missing.
const Type& plain_type(const Entity& entity, const Member& member) {
    const auto& type = entity.type_of_member(member);
    return type.is_optional() ? *type.element : type;
}

std::string spelling_of(const Member& member) {
    if (!member.option.empty()) return std::string(member.option);
    return "--" + replace_all(std::string(member.name), "_", "-");
}

std::string option_of(const Member& member) {
    return Parameter{spelling_of(member), {}}.name();
}

bool is_json(Kind kind) {
    return kind == Kind::object || kind == Kind::array || kind == Kind::json;
}

std::string option_text(const Member& member, Kind kind) {
    if (kind == Kind::object) return fmt::format("{} (a JSON object).", member.text);
    if (is_json(kind)) return fmt::format("{} (JSON).", member.text);
    if (kind == Kind::boolean) return fmt::format("{}: true or false.", member.text);
    return sentence(member.text);
}

std::string each_text(const Member& member, Kind kind) {
    if (kind == Kind::list) return fmt::format("{}. Repeatable.", member.text);
    return "One of them, name=value; the value is JSON or else a text. Repeatable.";
}

/// What the client fills in by itself is not asked for.
bool is_asked_for(const Member& member) {
    return in(member, logic::entities::kRequired) && member.name != "label" && member.name != "version" &&
           member.name != "name";
}

void add_options(std::vector<Parameter>& out, const Entity& entity, const Member& member, bool creating) {
    const auto kind = plain_type(entity, member).kind;
    const bool is_list = kind == Kind::list;
    if (!is_list || member.each.empty()) {
        out.push_back({.spelling = spelling_of(member),
                       .text = is_list ? each_text(member, kind) : option_text(member, kind),
                       .kind = is_list ? many : one,
                       .required = creating && is_asked_for(member),
                       .from_file = is_json(kind) || in(member, logic::entities::kLong)});
    }
    if (!member.each.empty()) out.push_back({std::string(member.each), each_text(member, kind), many});
}

std::vector<Parameter> options_of(const Entity& entity, Places places) {
    std::vector<Parameter> out;
    for (const auto& member : entity.members()) {
        if (has_option(member, places)) add_options(out, entity, member, places == logic::entities::kCreated);
    }
    return out;
}

/// "name" of "--name", for an option that gives one of many.
std::string each_option(const Member& member) {
    return member.each.empty() ? option_of(member) : std::string(member.each.substr(2));
}

RequestBody& add_member(RequestBody& body, const Entity& entity, const Member& member) {
    const std::string name(member.name);
    const auto option = option_of(member);
    const auto kind = plain_type(entity, member).kind;
    if (kind == Kind::boolean) return body.boolean(name, option);
    if (kind == Kind::integer || kind == Kind::id) return body.integer(name, option);
    if (kind == Kind::list) return body.texts(name, each_option(member));
    if (kind == Kind::object && !member.each.empty()) return body.object(name, option, each_option(member));
    return is_json(kind) ? body.json(name, option) : body.text(name, option);
}

Result<json::value> body_of(const Entity& entity, const Arguments& args, Places places) {
    RequestBody body(args);
    for (const auto& member : entity.members()) {
        if (has_option(member, places)) add_member(body, entity, member);
    }
    return body.take();
}

/// "pack.name" of a name without its pack, when the pack is given; and the pack of a ref, when it is not.
Result<void> qualify(const Arguments& args, json::object& body) {
    auto ref = args.text("name");
    const auto dot = ref.find('.');
    const auto pack = args.has("pack") ? args.text("pack") : ref.substr(0, dot == std::string::npos ? 0 : dot);
    if (dot == std::string::npos && args.has("pack")) ref = pack + "." + ref;
    if (pack.empty()) return invalid("name", fmt::format("expected <pack>.<name>, got '{}' (or give --pack)", ref));
    body["ref"] = ref;
    body["pack_ref"] = pack;
    return {};
}

/// What may be left out on the command line.
void complete(const Entity& entity, json::object& body) {
    const auto ref = body.at("ref").as_string();
    const auto fill = [&](std::string_view name, std::string_view value) {
        if (entity.find(name) != nullptr && !body.contains(name)) body[name] = value;
    };
    fill("label", ref);
    fill("version", kFirstVersion);
    fill("name", std::string_view(ref).substr(ref.rfind('.') + 1));
}

Result<ApiRequest> create(const Entity& entity, const Arguments& args) {
    TRY(auto body, body_of(entity, args, logic::entities::kCreated));
    auto& object = body.as_object();
    if (entity.is_component()) {
        CHECK(qualify(args, object));
    } else {
        object["ref"] = args.text("ref");
    }
    complete(entity, object);
    auto request = collection_request("POST", entity.head().collection);
    request.body = std::move(body);
    return request;
}

Result<ApiRequest> update(const Entity& entity, const Arguments& args) {
    TRY(auto body, body_of(entity, args, logic::entities::kChanged));
    if (body.as_object().empty()) return invalid("", "nothing to change was given (see --help)");
    auto request = item_request("PUT", entity.head().collection, args.text("ref"));
    request.body = std::move(body);
    return request;
}

Parameter ref_of(const Entity& entity) {
    const bool is_component = entity.is_component();
    return {"ref", is_component ? "Its ref (<pack>.<name>)." : fmt::format("The {}'s ref.", group_of(entity)), one,
            true};
}

/// "TRIGGER" of "trigger_ref", "OWNER TYPE" of "owner_type".
std::string title_of(std::string_view member) {
    for (const std::string_view end : {"_ref", "_enabled"}) {
        if (member.ends_with(end)) member.remove_suffix(end.size());
    }
    return replace_all(to_upper(member), "_", " ");
}

Command on_one(const Entity& entity, std::string_view verb, std::string text, std::string_view method,
               std::string_view suffix = {}) {
    const std::string collection(entity.head().collection);
    return {.path = fmt::format("{} {}", group_of(entity), verb),
            .text = sentence(text),
            .parameters = {ref_of(entity)},
            .request = [collection, method = std::string(method), suffix = std::string(suffix)](const Arguments& args)
                -> Result<ApiRequest> { return item_request(method, collection, args.text("ref"), suffix); }};
}

Command create_command(const Entity& entity) {
    std::vector<Parameter> parameters{ref_of(entity)};
    if (entity.is_component()) {
        parameters = {{"-n,--name,--ref", "Its ref (<pack>.<name>), or its name when --pack is given.", one, true},
                      {"-p,--pack", "The pack it belongs to."}};
    }
    for (auto& option : options_of(entity, logic::entities::kCreated)) parameters.push_back(std::move(option));
    return {.path = group_of(entity) + " create",
            .text = sentence(entity.create_text()),
            .parameters = std::move(parameters),
            .request = [&entity](const Arguments& args) { return create(entity, args); }};
}

Command update_command(const Entity& entity) {
    std::vector<Parameter> parameters{ref_of(entity)};
    for (auto& option : options_of(entity, logic::entities::kChanged)) parameters.push_back(std::move(option));
    return {.path = group_of(entity) + " update",
            .text = sentence(entity.change_text()),
            .parameters = std::move(parameters),
            .request = [&entity](const Arguments& args) { return update(entity, args); }};
}

} // namespace

Command list_command(const Entity& entity) {
    const auto& head = entity.head();
    std::vector<Parameter> parameters;
    Filters filters;
    for (const auto& filter : head.filters) {
        parameters.push_back({fmt::format("--{}", filter.option), sentence(filter.text)});
        filters.emplace_back(filter.name, filter.option);
    }
    for (const auto& page : paging_options()) parameters.push_back(page);
    Command out{.path = group_of(entity) + " list",
                .text = sentence(entity.list_text()),
                .parameters = std::move(parameters),
                .request = [&head, filters](const Arguments& args) {
                    return list_request(args, head.collection, head.page_size, filters);
                }};
    for (const auto member : head.columns) out.columns.push_back({title_of(member), std::string(member)});
    return out;
}

Command show_command(const Entity& entity) {
    return on_one(entity, "show", entity.read_text(), "GET");
}

Command delete_command(const Entity& entity) {
    return on_one(entity, "delete", entity.remove_text(), "DELETE");
}

std::vector<Command> commands_of(const Entity& entity) {
    std::vector<Command> out{list_command(entity), show_command(entity), create_command(entity),
                             update_command(entity)};
    if (entity.is_switched()) {
        out.push_back(on_one(entity, "enable", entity.enable_text(), "POST", "/enable"));
        out.push_back(on_one(entity, "disable", entity.disable_text(), "POST", "/disable"));
    }
    out.push_back(delete_command(entity));
    return out;
}

} // namespace attune::app::cli
