// Lists leave out in SQL what grants do not allow: the condition means what logic/access says of each row.
#include "api/common/listing.hpp"
#include "definitions_fixture.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

class AllowedLists : public DefinitionRoutes {
protected:
    AllowedLists() {
        for (const auto* ref : {"mine.a", "mine.b", "mine.c"}) post_rule(ref, kGood);
        rules_ = world_.write([](Session& session) { return list_page<Rule>(session, {}, PageWindow{}); }).items;
    }

    Caller caller_with(std::vector<GrantConstraints> constraints) const {
        Caller caller;
        caller.identity = {7};
        caller.attributes = {{"team", "red"}};
        for (auto& one : constraints) {
            Grant grant{Resource::rules, {Right::read}, {}};
            grant.constraints.emplace(std::move(one));
            caller.grants.push_back(std::move(grant));
        }
        return caller;
    }

    /// The refs that the list has, which are those that the caller may read one by one.
    std::vector<std::string> listed(const Caller& caller) {
        std::vector<std::string> refs;
        const auto page = world_.write([&](Session& session) {
            ListFilter filter;
            keep_allowed(filter, caller, Resource::rules, Right::read);
            return list_page<Rule>(session, filter, PageWindow{});
        });
        for (const auto& rule : page.items) refs.push_back(rule.ref);
        std::vector<std::string> readable;
        for (const auto& rule : rules_) {
            if (caller.may(Resource::rules, Right::read, target_of(rule))) readable.push_back(rule.ref);
        }
        EXPECT_EQ(refs, readable);
        EXPECT_EQ(page.pagination.total_items, static_cast<std::int64_t>(refs.size()));
        return refs;
    }

    std::vector<Rule> rules_;
};

template <class T>
GrantConstraints with(Omittable<T> GrantConstraints::* member, T value) {
    GrantConstraints out;
    (out.*member).emplace(std::move(value));
    return out;
}

using Texts = std::vector<std::string>;

TEST_F(AllowedLists, AreEmptyWithoutAGrant) {
    EXPECT_TRUE(listed(caller_with({})).empty());
}

TEST_F(AllowedLists, AreWholeWithAGrantWithoutConstraints) {
    auto caller = caller_with({with(&GrantConstraints::refs, Texts{"mine.a"})});
    caller.grants.push_back({Resource::rules, {Right::read}, {}});

    EXPECT_EQ(listed(caller).size(), 3U);
}

TEST_F(AllowedLists, HaveWhatAnyGrantAllows) {
    EXPECT_THAT(listed(caller_with({with(&GrantConstraints::refs, Texts{"mine.c", "other.x"}),
                                    with(&GrantConstraints::ids, std::vector{rules_.front().id.value})})),
                testing::ElementsAre("mine.a", "mine.c"));
}

TEST_F(AllowedLists, HaveWhatAllConstraintsOfAGrantAllow) {
    auto both = with(&GrantConstraints::pack_refs, Texts{"mine"});
    both.refs.emplace(Texts{"mine.b"});

    EXPECT_THAT(listed(caller_with({both})), testing::ElementsAre("mine.b"));
}

TEST_F(AllowedLists, TakeTextsOfGrantsLiterally) {
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::refs, Texts{"mine.%", "' or 1 = 1 --"})})).empty());
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::refs, Texts{})})).empty());
}

TEST_F(AllowedLists, HoldNoConstraintOnWhatARuleDoesNotHave) {
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::owner_types, Texts{"pack"})})).empty());
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::visibility, Texts{"public"})})).empty());
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::owner, OwnerRule::self)})).empty());
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::encrypted, true)})).empty());
    EXPECT_EQ(listed(caller_with({with(&GrantConstraints::owner, OwnerRule::any)})).size(), 3U);
    EXPECT_EQ(listed(caller_with({with(&GrantConstraints::execution_scope, ExecutionScope::any)})).size(), 3U);
}

TEST_F(AllowedLists, AskTheCallersAttributes) {
    EXPECT_EQ(listed(caller_with({with(&GrantConstraints::attributes, json::object{{"team", "red"}})})).size(), 3U);
    EXPECT_TRUE(listed(caller_with({with(&GrantConstraints::attributes, json::object{{"team", "blue"}})})).empty());
}

} // namespace
} // namespace attune::api
