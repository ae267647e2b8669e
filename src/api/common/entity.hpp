#pragma once
#include "api/common/change.hpp"
#include "api/common/entity_routes.hpp"

namespace attune::api {

/// One kind of thing, `T` its row, with the standard routes (EntityRoutes). What is special about it is a method here:
/// how it is made, changed and deleted in one transaction (with its own checks), whom it belongs to, and how it is
/// shown.
///
/// `Item` is a row of a list, `View` the answer about one, `Create` and `Update` the bodies: members of theirs that
/// have the names of the row's are written into it before make() is called.
template <Described T, Described Item, Described View, Described Create, Described Update, Described Query>
class Entity : public EntityRoutes {
protected:
    Entity(Context& ctx, Description description) : EntityRoutes(ctx, filled(description)) {}

    /// Errors: `not_found`.
    virtual Result<T> find(Session& session, const std::string& ref) = 0;
    virtual Result<T> make(Session& session, T wanted, const Create& body, const Caller& caller, Timestamp now) = 0;
    virtual Result<T> change(Session& session, const T& before, const Update& body, const Caller& caller,
                             Timestamp now) = 0;
    virtual Result<void> remove(Session& session, const T& row, Timestamp now) = 0;
    /// What grants look at.
    virtual Target target(const T& row, const Caller&) const { return target_of(row); }
    virtual Result<View> show(Session&, const T& row, const Caller&) { return view_of<View>(row); }

private:
    static Description filled(Description of) {
        of.row = &structure_of<T>();
        of.query = &type_of<Query>;
        of.item = &type_of<Item>;
        of.view = &type_of<View>;
        of.create = &type_of<Create>;
        of.update = &type_of<Update>;
        of.window = [](const void* query) { return static_cast<const Query*>(query)->window(); };
        return of;
    }

    Erased make(const Type& type) const final {
        if (&type == &type_of<Query>) return std::make_shared<Query>();
        if (&type == &type_of<Create>) return std::make_shared<Create>();
        return std::make_shared<Update>();
    }

    Result<Page<json::value>> rows(Session& session, const ListFilter& filter, const PageWindow& window) final {
        TRY(auto page, list_page<T>(session, filter, window));
        Page<json::value> out;
        out.pagination = std::move(page.pagination);
        for (const auto& row : page.items) out.items.push_back(to_json(view_of<Item>(row)));
        return out;
    }

    /// What the caller may not read is not there.
    Result<T> visible(Session& session, const Caller& caller, const std::string& ref) {
        TRY(auto row, find(session, ref));
        if (!caller.may(description().resource, Right::read, target(row, caller))) return not_found(ref);
        return row;
    }

    Result<Erased> read(Session& session, const Caller& caller, const std::string& ref) final {
        TRY(const auto row, visible(session, caller, ref));
        TRY(auto view, show(session, row, caller));
        return Erased(std::make_shared<View>(std::move(view)));
    }

    Result<flow::Changed<Erased>> answer(Session& session, Result<flow::Changed<T>> changed, const Caller& caller) {
        CHECK(changed);
        TRY(auto view, show(session, changed->value, caller));
        return flow::Changed<Erased>{std::make_shared<View>(std::move(view)), std::move(changed->effects)};
    }

    Result<flow::Changed<Erased>> insert(Session& session, const Change& change) final {
        const auto& body = *static_cast<const Create*>(change.body);
        T wanted{};
        assign_given(structure_of<T>(), &wanted, structure_of<Create>(), &body);
        auto made = make(session, std::move(wanted), body, change.caller, change.now);
        // Of the row as it is made: who it belongs to is known then.
        if (made) CHECK(change.caller.require(description().resource, Right::create, target(*made, change.caller)));
        return answer(session, created(std::move(made)), change.caller);
    }

    Result<flow::Changed<Erased>> replace(Session& session, const std::string& ref, const Change& change_) final {
        TRY(const auto before, visible(session, change_.caller, ref));
        CHECK(change_.caller.require(description().resource, Right::update, target(before, change_.caller)));
        const auto& body = *static_cast<const Update*>(change_.body);
        return answer(session, replaced(before, change(session, before, body, change_.caller, change_.now)),
                      change_.caller);
    }

    Result<flow::Changed<Erased>> erase(Session& session, const std::string& ref, const Change& change) final {
        TRY(const auto row, visible(session, change.caller, ref));
        CHECK(change.caller.require(description().resource, Right::delete_, target(row, change.caller)));
        TRY(auto gone, deleted(row, remove(session, row, change.now)));
        return flow::Changed<Erased>{nullptr, std::move(gone.effects)};
    }
};

} // namespace attune::api
