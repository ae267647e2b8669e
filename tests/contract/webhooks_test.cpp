// Webhooks on both databases: keys, sealed secrets, and what becomes of requests.
#include "adapters/crypto/crypto.hpp"
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/system_random/system_random.hpp"
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/event.hpp"
#include "domain/pack.hpp"
#include "domain/sealed_value.hpp"
#include "domain/webhook.hpp"
#include "flow/definitions.hpp"
#include "flow/generation.hpp"
#include "flow/webhook_hits.hpp"
#include "flow/webhooks.hpp"

namespace attune::test {
namespace {

using flow::WebhookArrival;
using flow::WebhookReception;
using logic::webhooks::Rate;
using logic::webhooks::Refusal;
using testing::HasSubstr;
using testing::Not;
using Backends = testing::Types<SqliteFile, PostgresServer>;
using enum WebhookVerdict;

const QueryOf<WebhookHit> kHits{"test.webhook_hits", "select {columns} from webhook_hit order by id"};
const QueryOf<Event> kEvents{"test.webhook_events", "select {columns} from event order by id"};
const QueryOf<SealedValue> kSealed{"test.webhook_secrets", "select {columns} from execution_secret_value"};
const Query kManyHits{"test.many_webhook_hits",
                      "insert into webhook_hit (\"trigger\", verdict, status, bytes, count, rated, created, updated)"
                      " with recursive n (i) as (select 1 union all select i + 1 from n where i < $2)"
                      " select $1, 'accepted', 200, 0, 1, false, $3, $3 from n"};
const Query kCount{"test.count_webhook_hits", "select count(*) from webhook_hit"};

template <class Factory>
class Webhooks : public DatabaseTest<Factory> {
protected:
    void SetUp() override {
        DatabaseTest<Factory>::SetUp();
        if (this->IsSkipped()) return;
        vault = *crypto::make_vault("the key of this test", {}, random);
        this->db->use(*vault);
        trigger = done([&](Session& session) -> Result<Trigger> {
            CHECK(flow::ensure_instance(session, "uuid", kNow));
            Trigger made;
            made.ref = "mine.push";
            made.label = "Push";
            return flow::create_trigger(session, std::move(made), kNow);
        });
    }
    template <class F>
    auto done(F fn) {
        auto out = this->write(fn);
        EXPECT_TRUE(out) << out.error().text();
        return *std::move(out);
    }
    static Trigger current_in(Session& session) { return flow::get_trigger(session, "mine.push").value(); }
    Trigger current() {
        return done([&](Session& session) { return flow::get_trigger(session, trigger.ref); });
    }
    Trigger enable(const std::string& key = "wh_1") {
        return done([&](Session& s) { return flow::enable_webhook(s, current_in(s), key, kNow); }).value;
    }
    Result<flow::Changed<Trigger>> configure(std::string_view change) {
        return this->write([&](Session& session) -> Result<flow::Changed<Trigger>> {
            TRY(const auto before, flow::get_trigger(session, trigger.ref));
            return flow::configure_webhook(session, before, parse_json(change)->as_object(), kNow);
        });
    }
    std::optional<flow::Webhook> find(const std::string& key) {
        return done([&](Session& session) { return flow::find_webhook(session, key); });
    }
    std::string config_in_clear() { return to_text(json::value(find(*current().webhook_key)->config)); }

    /// A good request at this time.
    WebhookArrival arrival(std::optional<std::string> delivery = {}, Timestamp at = kNow) {
        const auto now = current();
        WebhookArrival out;
        out.key = now.webhook_key.value_or("none");
        out.generation = now.generation;
        out.event.id = {++last_event};
        out.event.trigger = now.id;
        out.event.trigger_ref = now.ref;
        out.event.payload = json::object{{"n", last_event}};
        out.event.delivery = delivery;
        out.event.created = at;
        out.hit.trigger = now.id;
        out.hit.address = "192.0.2.7";
        out.hit.delivery = delivery;
        out.hit.bytes = 12;
        out.hit.created = at;
        return out;
    }
    WebhookReception receive(const WebhookArrival& one) {
        return done([&](Session& session) { return flow::receive_webhook(session, one); });
    }
    WebhookVerdict verdict_at(Duration after, Rate limit) {
        auto one = arrival({}, kNow + after);
        one.rate = limit;
        return receive(one).verdict;
    }
    std::vector<WebhookHit> hits() {
        return done([](Session& session) { return session.all<WebhookHit>(kHits); });
    }
    std::vector<Event> events() {
        return done([](Session& session) { return session.all<Event>(kEvents); });
    }
    std::size_t sealed() {
        return done([](Session& session) { return session.all<SealedValue>(kSealed); }).size();
    }

    SystemRandom random;
    std::unique_ptr<Vault> vault;
    Trigger trigger;
    std::int64_t last_event = 0;
};
TYPED_TEST_SUITE(Webhooks, Backends);

TYPED_TEST(Webhooks, AreFoundByTheirKeyWhileTheyAreEnabled) {
    EXPECT_FALSE(this->find("wh_1"));
    this->enable("wh_1");
    EXPECT_EQ(this->find("wh_1")->trigger.ref, "mine.push");
    EXPECT_EQ(this->enable("wh_2").webhook_key, "wh_1") << "enabling again changes nothing";

    this->done([&](Session& s) { return flow::regenerate_webhook(s, this->current_in(s), "wh_3", kNow); });
    EXPECT_FALSE(this->find("wh_1"));
    EXPECT_TRUE(this->find("wh_3"));

    this->done([&](Session& s) { return flow::disable_webhook(s, this->current_in(s), kNow); });
    EXPECT_FALSE(this->find("wh_3"));
    EXPECT_EQ(this->current().webhook_key, std::nullopt);
    EXPECT_FALSE(this->write([&](Session& s) { return flow::regenerate_webhook(s, this->current_in(s), "x", kNow); }));
}

TYPED_TEST(Webhooks, HaveAKeyThatNoOtherHas) {
    this->enable("wh_1");
    const auto second = this->write([&](Session& session) -> Result<flow::Changed<Trigger>> {
        Trigger other;
        other.ref = "mine.other";
        other.label = "Other";
        TRY(const auto made, flow::create_trigger(session, std::move(other), kNow));
        return flow::enable_webhook(session, made, "wh_1", kNow);
    });

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_THAT(flow::webhook_key(std::string(32, '\xab')), testing::MatchesRegex("wh_(ab){32}"));
}

TYPED_TEST(Webhooks, AreNotOfTriggersThatTimersFire) {
    const auto refused = this->write([&](Session& session) -> Result<flow::Changed<Trigger>> {
        Trigger ticks;
        ticks.ref = "core.intervaltimer";
        ticks.label = "Ticks";
        TRY(const auto made, flow::create_trigger(session, std::move(ticks), kNow));
        return flow::enable_webhook(session, made, "wh_1", kNow);
    });

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
}

TYPED_TEST(Webhooks, SealTheirSecretsAndShowMasks) {
    this->enable();
    const auto set =
        this->configure(R"({"provider": "github", "hmac": {"secret": "hush"}, "auth": {"secret": "shh"}})");

    ASSERT_TRUE(set) << set.error().text();
    const auto shown = to_text(json::value(set->value.webhook_config));
    EXPECT_THAT(shown, Not(HasSubstr("hush")));
    EXPECT_THAT(shown, HasSubstr(R"("secret":"********")"));
    EXPECT_EQ(this->sealed(), 2U);
    EXPECT_THAT(this->config_in_clear(), HasSubstr(R"("secret":"hush")"));
    EXPECT_THAT(this->config_in_clear(), HasSubstr(R"("secret":"shh")"));
    for (const auto& touched : set->effects.touched()) {
        EXPECT_THAT(to_text(json::value(*touched.after)), Not(HasSubstr("hush")));
        EXPECT_THAT(to_text(json::value(*touched.after)), Not(HasSubstr("wh_1")));
    }
}

TYPED_TEST(Webhooks, KeepWhatIsNotGivenAndTheSecretsThatAreMasked) {
    this->enable();
    this->configure(
            R"({"provider": "github", "hmac": {"secret": "hush"}, "rate_limit": {"requests": 5, "window_seconds": 60}})")
        .value();

    this->configure(R"({"hmac": {"secret": "********", "algorithm": "sha1"}, "rate_limit": null})").value();

    EXPECT_THAT(this->config_in_clear(), HasSubstr(R"("secret":"hush","algorithm":"sha1")"));
    EXPECT_THAT(this->config_in_clear(), HasSubstr("github"));
    EXPECT_THAT(this->config_in_clear(), Not(HasSubstr("rate_limit")));
    this->configure(R"({"hmac": null})").value();
    EXPECT_EQ(this->sealed(), 0U);
}

TYPED_TEST(Webhooks, RefuseAMaskThatStandsForNothing) {
    const auto set = this->configure(R"({"hmac": {"secret": "********"}})");

    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().field, "hmac.secret");
}

TYPED_TEST(Webhooks, LoseTheirSecretsWithTheTrigger) {
    this->enable();
    this->configure(R"({"hmac": {"secret": "hush"}})").value();
    this->done([&](Session& session) -> Result<bool> {
        CHECK(flow::delete_trigger(session, *flow::get_trigger(session, "mine.push"), kNow));
        return true;
    });

    EXPECT_EQ(this->sealed(), 0U);
    EXPECT_FALSE(this->find("wh_1"));
}

TYPED_TEST(Webhooks, OutliveAnInstallationOfTheirPack) {
    logic::packs::PackDefinition contents;
    contents.pack.ref = "mine";
    contents.pack.label = "Mine";
    contents.pack.version = "1.0.0";
    Trigger push;
    push.ref = "mine.hook";
    push.label = "Hook";
    contents.triggers = {push};
    const auto install = [&] {
        this->done([&](Session& session) { return flow::install_pack(session, contents, kNow); });
    };
    install();
    this->done([](Session& s) { return flow::enable_webhook(s, *flow::get_trigger(s, "mine.hook"), "wh_9", kNow); });
    contents.triggers[0].label = "A hook";
    install();

    EXPECT_EQ(this->find("wh_9")->trigger.label, "A hook");
}

TYPED_TEST(Webhooks, RecordTheEventAndTheRequest) {
    this->enable();
    const auto reception = this->receive(this->arrival("d-1"));

    EXPECT_EQ(reception.verdict, accepted);
    EXPECT_EQ(reception.event, EventId{1});
    ASSERT_EQ(this->events().size(), 1U);
    EXPECT_EQ(this->events()[0].delivery, "d-1");
    ASSERT_EQ(this->hits().size(), 1U);
    const auto hit = this->hits()[0];
    EXPECT_EQ(hit.event, EventId{1});
    EXPECT_EQ(hit.status, 200);
    EXPECT_EQ(hit.bytes, 12);
    EXPECT_EQ(hit.address, "192.0.2.7");
}

TYPED_TEST(Webhooks, AnswerARepeatedDeliveryWithTheFirstOnesEvent) {
    this->enable();
    this->receive(this->arrival("d-1"));
    this->receive(this->arrival("d-2"));
    const auto again = this->receive(this->arrival("d-1", kNow + 1h));

    EXPECT_EQ(again.verdict, repeated);
    EXPECT_EQ(again.event, EventId{1});
    EXPECT_EQ(again.received_at, kNow);
    EXPECT_EQ(this->events().size(), 2U);
    EXPECT_EQ(this->hits().back().event, EventId{1});
}

TYPED_TEST(Webhooks, CountWhatBecomesOfRequests) {
    this->enable();
    Metrics metrics;
    const auto bus = make_memory_bus();
    for (const auto* delivery : {"d-1", "d-2", "d-1"})
        this->receive(this->arrival(delivery)).effects.apply({*bus, metrics});

    EXPECT_EQ(metrics.counters(Metric::webhook_requests).of("accepted").value(), 2U);
    EXPECT_EQ(metrics.counters(Metric::webhook_requests).of("repeated").value(), 1U);
    EXPECT_EQ(metrics.counters(Metric::events_recorded).of("webhook").value(), 2U);
    for (const auto verdict : enum_values<WebhookVerdict>())
        metrics.counters(Metric::webhook_requests).of(logic::webhooks::outcome_of(verdict)).add(0); // all are known
}

TYPED_TEST(Webhooks, WithoutAnIdOfTheDeliveryAreAllNew) {
    this->enable();
    this->receive(this->arrival());
    EXPECT_EQ(this->receive(this->arrival()).verdict, accepted);
    EXPECT_EQ(this->events().size(), 2U);
}

TYPED_TEST(Webhooks, WriteNothingByWhatHoldsNoMore) {
    this->enable("wh_1");
    const auto before = this->arrival();
    this->configure(R"({"hmac": {"secret": "hush"}})").value();
    EXPECT_TRUE(this->receive(before).outdated);

    const auto then = this->arrival();
    this->done([&](Session& s) { return flow::disable_webhook(s, this->current_in(s), kNow); });
    EXPECT_TRUE(this->receive(then).outdated);
    EXPECT_TRUE(this->hits().empty());
    EXPECT_TRUE(this->events().empty());
}

TYPED_TEST(Webhooks, LogWhatIsRefusedAndMakeNoEvent) {
    this->enable();
    auto one = this->arrival("d-1");
    one.after_rate = Refusal{signature_wrong, Error{Errc::unauthenticated, "wrong"}};
    EXPECT_EQ(this->receive(one).refusal->verdict, signature_wrong);
    one.before_rate = Refusal{too_large, Error{Errc::bad_request, "long"}};
    EXPECT_EQ(this->receive(one).refusal->verdict, too_large);
    auto asked = this->arrival();
    asked.is_challenge = true;
    EXPECT_EQ(this->receive(asked).verdict, challenged);

    EXPECT_TRUE(this->events().empty());
    const auto logged = this->hits();
    ASSERT_EQ(logged.size(), 3U);
    EXPECT_EQ(logged[0].status, 401);
    EXPECT_EQ(logged[0].message, "wrong");
    EXPECT_EQ(logged[1].status, 413);
    EXPECT_EQ(logged[2].verdict, challenged);
    EXPECT_EQ(this->receive(this->arrival("d-1")).verdict, accepted) << "a refused delivery may come again";
}

TYPED_TEST(Webhooks, HaveALimitOfTheirRateThatSlides) {
    this->enable();
    const Rate limit{2, 60};

    EXPECT_EQ(this->verdict_at(0s, limit), accepted);
    EXPECT_EQ(this->verdict_at(30s, limit), accepted);
    EXPECT_EQ(this->verdict_at(59s, limit), rate_limited);
    EXPECT_EQ(this->verdict_at(60s, limit), accepted) << "the first one is a window ago";
    EXPECT_EQ(this->verdict_at(89s, limit), rate_limited);
    EXPECT_EQ(this->verdict_at(90s, limit), accepted);
}

TYPED_TEST(Webhooks, CountTheirRateForEachAddress) {
    this->enable();
    auto one = this->arrival();
    one.rate = Rate{1, 60};
    EXPECT_EQ(this->receive(one).verdict, accepted);
    one.event.id = {77};
    one.hit.address = "192.0.2.8";
    EXPECT_EQ(this->receive(one).verdict, accepted);
    EXPECT_EQ(this->receive(one).verdict, rate_limited);
}

TYPED_TEST(Webhooks, LogRequestsBeyondTheRateAsOne) {
    this->enable();
    const Rate limit{1, 60};
    for (const auto at : {0, 1, 2, 3}) this->verdict_at(std::chrono::seconds(at), limit);

    const auto logged = this->hits();
    ASSERT_EQ(logged.size(), 2U);
    EXPECT_EQ(logged[1].verdict, rate_limited);
    EXPECT_EQ(logged[1].status, 429);
    EXPECT_EQ(logged[1].count, 3);
    EXPECT_EQ(logged[1].created, kNow + 1s);
    EXPECT_EQ(logged[1].updated, kNow + 3s);
}

TYPED_TEST(Webhooks, KeepTheNewestOfTheirLog) {
    this->enable();
    this->done(
        [&](Session& session) { return session.execute(kManyHits, this->trigger.id, flow::kKeptHits + 50, kNow); });
    auto one = this->arrival();
    one.trims = true;
    this->receive(one);

    EXPECT_EQ(this->done([](Session& session) { return session.scalar<std::int64_t>(kCount); }), flow::kKeptHits);
    EXPECT_EQ(this->hits().back().event, EventId{1});
}

} // namespace
} // namespace attune::test
