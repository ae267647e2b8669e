#pragma once
#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Addresses of clients, and lists of them.
namespace attune::logic::access {

/// An IPv4 or IPv6 address. An IPv4 address that is written in IPv6 (::ffff:192.0.2.1) is the IPv4 address.
class Address {
public:
    static std::optional<Address> parse(std::string_view text);
    /// The usual form: "192.0.2.1", "2001:db8::1".
    std::string text() const;
    bool is_v4() const;
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    bool operator==(const Address&) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{}; ///< IPv4 in the last four, after ::ffff:
};

/// Addresses and ranges of them.
class AddressList {
public:
    static constexpr std::size_t kMost = 100;

    /// Entries such as "192.0.2.1", "10.0.0.0/8", "2001:db8::/32". Errors: `invalid`, field "<field>[i]".
    static Result<AddressList> parse(const std::vector<std::string>& entries, std::string_view field);

    bool empty() const { return ranges_.empty(); }
    bool contains(const Address& address) const;
    /// What is no address is in no list.
    bool contains(std::string_view address) const;

private:
    struct Range {
        Address first;
        unsigned bits = 128; ///< of `first` that count
    };
    static std::optional<Range> parse_range(std::string_view text);
    std::vector<Range> ranges_;
};

/// Who sent a request that came from `peer`: the last address of X-Forwarded-For that is no trusted proxy's, when the
/// peer is one, and each after it. Without that header: X-Real-IP. What cannot be read is not believed.
/// `forwarded`: the values of all fields X-Forwarded-For, in their order.
std::string client_address(std::string_view peer, std::span<const std::string_view> forwarded, std::string_view real_ip,
                           const AddressList& trusted);

} // namespace attune::logic::access
