#include "adapters/crypto/crypto.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace attune::crypto {
namespace {

class CountingRandom final : public Random {
public:
    std::uint64_t next() override { return ++count_; }
    std::string bytes(std::size_t count) override { return std::string(count, static_cast<char>('a' + next() % 26)); }

private:
    std::uint64_t count_ = 0;
};

class PasswordTest : public testing::Test {
protected:
    CountingRandom random;
    std::unique_ptr<PasswordHasher> hasher = make_password_hasher(random, {.memory_kib = 64, .passes = 1});
};

TEST_F(PasswordTest, VerifiesWhatItHashed) {
    const auto hash = hasher->hash("correct horse");

    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << *hash;
    EXPECT_TRUE(hasher->verify("correct horse", *hash));
    EXPECT_FALSE(hasher->verify("correct hors", *hash));
    EXPECT_FALSE(hasher->verify("", *hash));
    EXPECT_NE(*hash, *hasher->hash("correct horse")) << "each hash has a salt of its own";
}

TEST_F(PasswordTest, UsesTheCostOfTheContractByDefault) {
    const auto hash = make_password_hasher(random)->hash("x");

    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_TRUE(hasher->verify("x", *hash)) << "the cost is the hash's own";
}

TEST_F(PasswordTest, RefusesTextsThatAreNoHashOrAskForTooMuch) {
    for (const auto* phc : {"", "x", "$argon2id$v=19$m=64,t=1,p=1$", "$argon2id$v=19$m=64,t=1,p=1$$",
                            "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", "$2b$12$abcdefghijklmnopqrstuv",
                            "$argon2id$v=19$m=4000000000,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
                            "$argon2id$v=19$m=64,t=4000000000,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
                            "$argon2id$v=19$m=64,t=1,p=99$c2FsdHNhbHQ$aGFzaGhhc2g"}) {
        EXPECT_FALSE(hasher->verify("x", phc)) << phc;
    }
}

class TokenTest : public testing::Test {
protected:
    static Timestamp at(std::int64_t seconds) { return Timestamp{std::chrono::seconds{seconds}}; }
    Result<Claims> verify(const std::string& token, std::int64_t now = 1000) {
        return signer->verify(token, at(now), {TokenType::access, TokenType::sensor});
    }
    std::string sign_text(const std::string& header, const std::string& body) {
        const auto text = base64url_encode(header) + "." + base64url_encode(body);
        return text + "." + base64url_encode(make_digests()->hmac(HashAlgorithm::sha256, "0123456789abcdef", text));
    }
    std::unique_ptr<TokenSigner> signer = std::move(*make_token_signer("0123456789abcdef"));
    Claims claims{"42", "ann", 900, 2000};
};

TEST_F(TokenTest, ReadsWhatItSigned) {
    claims.token_type.emplace(TokenType::sensor);
    claims.scope.emplace("sensor");
    claims.metadata.emplace(json::object{{"trigger_types", json::array{"core.timer"}}});

    const auto read = verify(signer->sign(claims));

    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), to_json(claims));
}

TEST_F(TokenTest, WritesTheContractsClaims) {
    const auto token = signer->sign(claims);

    // {"sub":"42","login":"ann","iat":900,"exp":2000}
    EXPECT_EQ(split(token, '.')[1], "eyJzdWIiOiI0MiIsImxvZ2luIjoiYW5uIiwiaWF0Ijo5MDAsImV4cCI6MjAwMH0");
}

TEST_F(TokenTest, ReadsTokensOfOtherPrograms) {
    const auto other = sign_text(R"({"alg":"HS256"})", R"({"sub":"1","login":"x","iat":1,"exp":1001,"jti":"more"})");

    EXPECT_TRUE(verify(other));
    EXPECT_TRUE(verify(sign_text(R"({"alg":"HS256"})", R"({"sub":"1","exp":1001})")));
}

TEST_F(TokenTest, TellsExpiredFromInvalid) {
    const auto token = signer->sign(claims);

    EXPECT_TRUE(verify(token, 1999));
    EXPECT_EQ(verify(token, 2000).error().message, kTokenExpired);
    EXPECT_EQ(verify(token + "x", 3000).error().message, kTokenInvalid);
}

TEST_F(TokenTest, RefusesOtherAlgorithmsTypesAndForgeries) {
    const auto token = signer->sign(claims);
    const std::string good = R"({"sub":"1","login":"x","iat":1,"exp":2000})";
    const auto none = base64url_encode(R"({"alg":"none"})") + "." + base64url_encode(good) + ".";
    claims.token_type.emplace(TokenType::refresh);
    auto flipped = token;
    flipped[token.find('.') + 5] ^= 1;

    for (const auto& bad :
         {none, sign_text(R"({"alg":"none"})", good), sign_text(R"({"alg":"HS512"})", good), sign_text("{}", good),
          sign_text("x", good), sign_text(R"({"alg":"HS256","crit":["b64"]})", good), flipped, signer->sign(claims),
          std::string(make_token_signer("another secret of ours").value()->sign(claims)),
          sign_text(R"({"alg":"HS256"})", "[]"), sign_text(R"({"alg":"HS256"})", R"({"sub":"1"})"),
          sign_text(R"({"alg":"HS256"})", R"({"sub":1,"exp":2000})"),
          sign_text(R"({"alg":"HS256"})", R"({"sub":"1","login":"x","iat":1,"exp":"2000"})"), std::string(),
          std::string(".."), std::string("a.b"), token + "=", std::string(100000, 'a'),
          sign_text(R"({"alg":"HS256"})", R"({"sub":"1","login":"x","iat":1,"exp":2000,"token_type":"king"})")}) {
        const auto read = verify(bad);
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().message, kTokenInvalid);
    }
}

TEST(TokenSigner, RefusesAShortSecret) {
    EXPECT_EQ(make_token_signer("short").error().field, "security.jwt_secret");
}

TEST(Digests, MatchTheKnownAnswers) {
    const auto digests = make_digests();

    EXPECT_EQ(hex_encode(digests->sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_encode(digests->hmac(HashAlgorithm::sha256, "Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex_encode(digests->hmac(HashAlgorithm::sha1, "Jefe", "what do ya want for nothing?")),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_TRUE(digests->equal("ab", "ab"));
    EXPECT_FALSE(digests->equal("ab", "ac"));
    EXPECT_FALSE(digests->equal("ab", "abc"));
}

} // namespace
} // namespace attune::crypto
