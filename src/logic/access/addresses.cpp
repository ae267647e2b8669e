#include "logic/access/addresses.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <ranges>

namespace attune::logic::access {
namespace {

constexpr std::size_t kLongest = INET6_ADDRSTRLEN;
constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// An address in X-Forwarded-For: some proxies add the port, and put IPv6 in brackets.
std::optional<Address> parse_hop(std::string_view text) {
    text = trim(text);
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        return end == std::string_view::npos ? std::nullopt : Address::parse(text.substr(1, end - 1));
    }
    const bool has_port = std::ranges::count(text, ':') == 1;
    return Address::parse(has_port ? text.substr(0, text.find(':')) : text);
}

} // namespace

std::optional<Address> Address::parse(std::string_view text) {
    if (text.empty() || text.size() >= kLongest) return std::nullopt;
    const std::string ended(text);
    Address out;
    if (inet_pton(AF_INET6, ended.c_str(), out.bytes_.data()) == 1) return out;
    std::ranges::copy(kV4Prefix, out.bytes_.begin());
    if (inet_pton(AF_INET, ended.c_str(), out.bytes_.data() + kV4Prefix.size()) == 1) return out;
    return std::nullopt;
}

bool Address::is_v4() const {
    return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes_.begin());
}

std::string Address::text() const {
    std::array<char, kLongest> out{};
    if (is_v4()) {
        inet_ntop(AF_INET, bytes_.data() + kV4Prefix.size(), out.data(), out.size());
    } else {
        inet_ntop(AF_INET6, bytes_.data(), out.data(), out.size());
    }
    return out.data();
}

std::optional<AddressList::Range> AddressList::parse_range(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = Address::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    if (slash == std::string_view::npos) return Range{*address, 128};
    const auto digits = text.substr(slash + 1);
    const auto bits = parse_integer(digits);
    const bool is_short = address->is_v4() && text.find(':') == std::string_view::npos;
    const std::int64_t most = is_short ? 32 : 128;
    if (!bits || digits.starts_with('-') || *bits > most) return std::nullopt;
    return Range{*address, static_cast<unsigned>(*bits + 128 - most)};
}

Result<AddressList> AddressList::parse(const std::vector<std::string>& entries, std::string_view field) {
    if (entries.size() > kMost)
        return invalid(std::string(field), fmt::format("expected at most {} addresses, got {}", kMost, entries.size()));
    AddressList out;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto range = parse_range(entries[i]);
        if (!range) {
            return invalid(fmt::format("{}[{}]", field, i),
                           fmt::format("expected an address or a range, such as 192.0.2.1, 10.0.0.0/8 or "
                                       "2001:db8::/32, got '{}'",
                                       to_valid_utf8(entries[i].substr(0, utf8_cut(entries[i], 60)))));
        }
        out.ranges_.push_back(*range);
    }
    return out;
}

bool AddressList::contains(const Address& address) const {
    const auto holds = [&](const Range& range) {
        const auto whole = static_cast<std::ptrdiff_t>(range.bits / 8);
        const auto& first = range.first.bytes();
        if (!std::equal(first.begin(), first.begin() + whole, address.bytes().begin())) return false;
        const unsigned rest = range.bits % 8;
        if (rest == 0) return true;
        const auto at = static_cast<std::size_t>(whole);
        return (static_cast<unsigned>(first[at] ^ address.bytes()[at]) >> (8 - rest)) == 0;
    };
    return std::ranges::any_of(ranges_, holds);
}

bool AddressList::contains(std::string_view address) const {
    const auto parsed = Address::parse(address);
    return parsed && contains(*parsed);
}

std::string client_address(std::string_view peer, std::span<const std::string_view> forwarded, std::string_view real_ip,
                           const AddressList& trusted) {
    auto client = Address::parse(peer);
    if (!client) return std::string(peer);
    if (!trusted.contains(*client)) return client->text();
    std::vector<std::string_view> hops;
    for (const auto line : forwarded) {
        for (const auto hop : split(line, ',')) hops.push_back(hop);
    }
    if (hops.empty() && !real_ip.empty()) hops.push_back(real_ip);
    for (const auto hop : std::views::reverse(hops)) {
        const auto address = parse_hop(hop);
        if (!address) break;
        client = address;
        if (!trusted.contains(*address)) break;
    }
    return client->text();
}

} // namespace attune::logic::access
