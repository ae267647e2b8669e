#pragma once
#include "api/common/change.hpp"
#include "api/common/entity_routes.hpp"

namespace attune::api {

/// One kind of thing, `T` its row, with the standard routes (EntityRoutes). What is special about it is a method here:
/// how it is made, changed and deleted in one transaction (with its own checks), whom it belongs to, and how it is
/// shown.
///
/// `Form` is T, or a struct derived from it with what bodies and answers have besides: what logic/entities says is read
/// from it and written into it.
template <Described T, Described Form = T, Described Query = PageQuery>
class Entity : public EntityRoutes {
protected:
    Entity(Context& ctx, Description description) : EntityRoutes(ctx, filled(std::move(description))) {}

    /// Whether the caller may make it, and it is valid by itself: before the database is asked anything.
    virtual Result<void> admit(const Form&, const Caller&) const { return {}; }
    /// Errors: `not_found`.
    virtual Result<T> find(Session& session, const std::string& ref) = 0;
    /// `wanted`: what the body gave. May run again, when the transaction does.
    virtual Result<T> make(Session& session, Form wanted, const Change& change) = 0;
    /// `after`: the row with what the body gave.
    virtual Result<T> change(Session& session, const T& before, Form after, const Change& change) = 0;
    virtual Result<void> remove(Session& session, const T& row, Timestamp now) = 0;
    /// What grants look at.
    virtual Target target(const T& row, const Caller&) const { return target_of(row); }
    /// What the caller may not see is not there.
    virtual bool sees(const Caller& caller, const T& row) const {
        return caller.may(description().resource, Right::read, target(row, caller));
    }
    virtual Result<Form> show(Session&, const T& row, const Caller&) { return listed(row); }
    virtual Form listed(const T& row) const { return form_of(row); }
    /// What follows from a change besides; null before it was made, and after it was deleted.
    virtual void follow(flow::Effects&, const T*, const T*, const Change&) const {}
    virtual task<Result<void>> prepare(Form&) { co_return Result<void>{}; }

    static Form form_of(const T& row) {
        Form form{};
        static_cast<T&>(form) = row;
        return form;
    }

private:
    static Description filled(Description of) {
        of.row = &structure_of<T>();
        of.query = &type_of<Query>;
        of.window = [](const void* query) { return static_cast<const Query*>(query)->window(); };
        return of;
    }

    Erased make_form() const final { return std::make_shared<Form>(); }
    Erased make_query() const final { return std::make_shared<Query>(); }
    task<Result<void>> prepare(void* form) final { return prepare(*static_cast<Form*>(form)); }
    Result<void> admit(const void* form, const Caller& caller) const final {
        return admit(*static_cast<const Form*>(form), caller);
    }

    Result<Page<json::value>> rows(Session& session, const ListFilter& filter, const PageWindow& window) final {
        TRY(auto page, list_page<T>(session, filter, window));
        Page<json::value> out;
        out.pagination = std::move(page.pagination);
        for (const auto& row : page.items) {
            const auto form = listed(row);
            out.items.push_back(encode_json(entity().item(), &form));
        }
        return out;
    }

    /// A row that the caller sees, or may do this to.
    Result<T> visible(Session& session, const Caller& caller, const std::string& ref, Right right) {
        TRY(auto row, find(session, ref));
        if (sees(caller, row) || caller.may(description().resource, right, target(row, caller))) return row;
        return not_found(ref);
    }

    Result<Erased> read(Session& session, const Caller& caller, const std::string& ref) final {
        TRY(const auto row, visible(session, caller, ref, Right::read));
        TRY(auto form, show(session, row, caller));
        return Erased(std::make_shared<Form>(std::move(form)));
    }

    Result<flow::Changed<Erased>> answer(Session& session, const T* before, flow::Changed<T> changed,
                                         const Change& change) {
        follow(changed.effects, before, &changed.value, change);
        TRY(auto form, show(session, changed.value, change.caller));
        return flow::Changed<Erased>{std::make_shared<Form>(std::move(form)), std::move(changed.effects)};
    }

    Result<flow::Changed<Erased>> insert(Session& session, const Erased& form, const Change& change) final {
        TRY(auto made, created(make(session, *static_cast<const Form*>(form.get()), change)));
        // Of the row as it is made: who it belongs to is known then.
        CHECK(change.caller.require(description().resource, Right::create, target(made.value, change.caller)));
        return answer(session, nullptr, std::move(made), change);
    }

    Result<flow::Changed<Erased>> replace(Session& session, const std::string& ref, const Writer& write,
                                          const Change& asked) final {
        TRY(const auto before, visible(session, asked.caller, ref, description().change));
        CHECK(asked.caller.require(description().resource, description().change, target(before, asked.caller)));
        auto after = form_of(before);
        CHECK(write(&after));
        TRY(auto written, replaced(before, change(session, before, std::move(after), asked)));
        return answer(session, &before, std::move(written), asked);
    }

    Result<flow::Changed<Erased>> erase(Session& session, const std::string& ref, const Change& change) final {
        TRY(const auto row, visible(session, change.caller, ref, Right::delete_));
        CHECK(change.caller.require(description().resource, Right::delete_, target(row, change.caller)));
        TRY(auto gone, deleted(row, remove(session, row, change.now)));
        follow(gone.effects, &row, nullptr, change);
        return flow::Changed<Erased>{nullptr, std::move(gone.effects)};
    }
};

/// An entity that belongs to a pack, or, when its body names none, to nobody's.
template <Described T, Described Form = T, Described Query = PageQuery>
class Component : public Entity<T, Form, Query> {
protected:
    using Base = Entity<T, Form, Query>;
    using Base::Base;

    /// All of it that needs nothing else.
    virtual Result<void> check(const T& row) const = 0;
    /// As make(), of a row that is checked, and linked to its pack.
    virtual Result<T> add(Session& session, Form wanted, const EntityRoutes::Change& change) = 0;

private:
    Result<void> admit(const Form& wanted, const Caller& caller) const final {
        const std::optional<std::string> pack_ref = wanted.pack_ref;
        CHECK(Base::check_ref(wanted.ref, pack_ref));
        CHECK(caller.require(Base::description().resource, Right::create, {.pack_ref = pack_ref, .ref = wanted.ref}));
        return check(wanted);
    }

    Result<T> make(Session& session, Form wanted, const EntityRoutes::Change& change) final {
        if constexpr (requires { wanted.is_adhoc; }) wanted.is_adhoc = true;
        if (const std::optional<std::string> pack_ref = wanted.pack_ref) {
            TRY(const auto pack, flow::get_pack(session, *pack_ref));
            wanted.pack = pack.id;
        }
        return add(session, std::move(wanted), change);
    }
};

} // namespace attune::api
