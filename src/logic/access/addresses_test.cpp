#include "logic/access/addresses.hpp"

#include <gtest/gtest.h>

namespace attune::logic::access {
namespace {

AddressList list(const std::vector<std::string>& entries) {
    return AddressList::parse(entries, "ips").value();
}

std::string client(std::string_view peer, std::vector<std::string_view> forwarded, std::string_view real_ip = {}) {
    static const auto kTrusted = list({"10.0.0.0/8", "::1"});
    return client_address(peer, forwarded, real_ip, kTrusted);
}

TEST(Addresses, AreReadAndWrittenInTheirUsualForm) {
    const std::pair<const char*, const char*> cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::1", "::1"},
    };
    for (const auto& [given, expected] : cases) {
        const auto address = Address::parse(given);
        ASSERT_TRUE(address) << given;
        EXPECT_EQ(address->text(), expected);
    }
    for (const auto* other : {"", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", ":::", "1.2.3.4/8", "01.2.3.4 "})
        EXPECT_FALSE(Address::parse(other)) << other;
}

TEST(AddressLists, HaveAddressesAndRanges) {
    struct Case {
        const char* entry;
        const char* address;
        bool is_in;
    };
    const Case cases[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"10.0.0.0/8", "10.255.1.2", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.9.9.9/8", "10.1.1.1", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.200", true},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "192.0.2.1", true},
        {"::ffff:0:0/96", "192.0.2.1", true},
        {"192.0.2.1/32", "192.0.2.1", true},
    };
    for (const auto& one : cases)
        EXPECT_EQ(list({one.entry}).contains(std::string_view(one.address)), one.is_in)
            << one.entry << " " << one.address;
    EXPECT_FALSE(list({}).contains(std::string_view("192.0.2.1")));
    EXPECT_FALSE(list({"0.0.0.0/0"}).contains(std::string_view("nonsense")));
}

TEST(AddressLists, SayWhichEntryIsNone) {
    for (const auto* wrong : {"", "here", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8"}) {
        const auto parsed = AddressList::parse({"192.0.2.1", wrong}, "ip_whitelist.ips");
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().field, "ip_whitelist.ips[1]");
    }
    EXPECT_FALSE(AddressList::parse(std::vector<std::string>(101, "::1"), "ips"));
}

TEST(ClientAddress, IsThePeersUnlessThatIsATrustedProxy) {
    EXPECT_EQ(client("192.0.2.7", {"203.0.113.9"}), "192.0.2.7");
    EXPECT_EQ(client("::ffff:192.0.2.7", {}), "192.0.2.7");
    EXPECT_EQ(client("10.1.1.1", {"203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(client("10.1.1.1", {}), "10.1.1.1");
    EXPECT_EQ(client("::1", {}, "203.0.113.9"), "203.0.113.9");
}

TEST(ClientAddress, IsTheLastOneThatNoTrustedProxyHas) {
    EXPECT_EQ(client("10.1.1.1", {"198.51.100.1, 203.0.113.9, 10.2.2.2"}), "203.0.113.9") << "the first one is a claim";
    EXPECT_EQ(client("10.1.1.1", {"198.51.100.1", "203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(client("10.1.1.1", {"10.3.3.3, 10.2.2.2"}), "10.3.3.3");
    EXPECT_EQ(client("10.1.1.1", {"[2001:db8::1]:4711"}), "2001:db8::1");
    EXPECT_EQ(client("10.1.1.1", {"203.0.113.9:4711"}), "203.0.113.9");
}

TEST(ClientAddress, BelievesNothingThatCannotBeRead) {
    EXPECT_EQ(client("10.1.1.1", {"203.0.113.9, unknown"}), "10.1.1.1");
    EXPECT_EQ(client("10.1.1.1", {"203.0.113.9, unknown, 10.2.2.2"}), "10.2.2.2");
    EXPECT_EQ(client("10.1.1.1", {"[::1", ","}), "10.1.1.1");
    EXPECT_EQ(client("somewhere", {"203.0.113.9"}), "somewhere");
}

} // namespace
} // namespace attune::logic::access
