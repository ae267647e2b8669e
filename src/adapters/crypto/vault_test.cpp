#include "adapters/crypto/crypto.hpp"

#include <gmock/gmock.h>
#include <set>

namespace attune::crypto {
namespace {

using testing::HasSubstr;
using testing::Not;

class Counter final : public Random {
public:
    std::uint64_t next() override { return ++count_; }
    std::string bytes(std::size_t count) override {
        std::string out(count, '\0');
        const auto number = std::to_string(next());
        out.replace(0, std::min(count, number.size()), number.substr(0, count));
        return out;
    }

private:
    std::uint64_t count_ = 0;
};

constexpr const char* kSecret = "correct horse battery";
constexpr const char* kPlace = "execution/7/config/password";

class VaultTest : public testing::Test {
protected:
    std::unique_ptr<Vault> with(const std::string& secret, const std::vector<std::string>& previous = {}) {
        return *make_vault(secret, previous, random);
    }
    Counter random;
    std::unique_ptr<Vault> vault = with(kSecret);
};

TEST_F(VaultTest, OpensWhatItSealed) {
    for (const std::string& text :
         {std::string("\"hunter2\""), std::string(), std::string(100'000, 'x'), std::string("\0\xff", 2)}) {
        const auto opened = vault->open(vault->seal(text, kPlace), kPlace);

        ASSERT_TRUE(opened) << opened.error().text();
        EXPECT_EQ(*opened, text);
    }
    EXPECT_EQ(*vault->open(vault->seal("no place", ""), ""), "no place");
}

TEST_F(VaultTest, SealsTheSameTextDifferentlyEachTime) {
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i) all.insert(vault->seal("hunter2", kPlace));

    EXPECT_EQ(all.size(), 100U);
    for (const auto& one : all) EXPECT_THAT(one, Not(HasSubstr("hunter2")));
}

TEST_F(VaultTest, IsReadableByTheContractsFormat) {
    // base64(nonce of 12 bytes, ciphertext, tag of 16 bytes), key = SHA-256 of the secret; made with Python's
    // cryptography: AESGCM(sha256(b"correct horse battery").digest()).encrypt(bytes(range(12)), b'"hunter2"', None)
    const auto opened = vault->open("AAECAwQFBgcICQoLUYi2RierX0yRIS08tpA0izdff3SmgHo6lw==", "");

    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(*opened, "\"hunter2\"");
}

TEST_F(VaultTest, RefusesAnotherPlaceAnotherKeyAndEveryChangedByte) {
    const auto sealed = vault->seal("hunter2", kPlace);

    EXPECT_FALSE(vault->open(sealed, "execution/8/config/password"));
    EXPECT_FALSE(vault->open(sealed, ""));
    EXPECT_THAT(with("another secret of ours")->open(sealed, kPlace).error().message,
                HasSubstr("security.encryption_key"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        // The last character's lowest bits are not used when the text is padded.
        const auto opened = vault->open(changed, kPlace);
        if (i + 3 < sealed.size()) EXPECT_FALSE(opened) << i;
    }
    for (const auto* garbage : {"", "=", "====", "AAAA", "not base64!", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="}) {
        EXPECT_FALSE(vault->open(garbage, kPlace)) << garbage;
    }
}

TEST_F(VaultTest, OpensWithPreviousKeysAndSealsWithItsOwn) {
    const auto old = vault->seal("hunter2", kPlace);
    const auto rotated = with("the new key of today", {"some other key, 1234", kSecret});

    EXPECT_EQ(*rotated->open(old, kPlace), "hunter2");
    EXPECT_FALSE(vault->open(rotated->seal("hunter2", kPlace), kPlace));
    EXPECT_TRUE(rotated->knows(vault->fingerprint()));
    EXPECT_TRUE(rotated->knows(rotated->fingerprint()));
    EXPECT_FALSE(vault->knows(rotated->fingerprint()));
    EXPECT_THAT(vault->fingerprint(), Not(HasSubstr(kSecret)));
}

TEST_F(VaultTest, RefusesShortKeysByName) {
    EXPECT_EQ(make_vault("short", {}, random).error().field, "security.encryption_key");
    EXPECT_EQ(make_vault(kSecret, {"short"}, random).error().field, "security.previous_encryption_keys");
}

} // namespace
} // namespace attune::crypto
