#include <cstddef>
#include <string>

#include "catch.hpp"

#include "fdnprobe/address.hpp"

using namespace fdnprobe;

namespace {
Address address(const char* text) {
    const auto parsed = Address::parse(text);
    REQUIRE(parsed);
    return *parsed;
}
}  // namespace

TEST_CASE("Address reads and writes IPv4") {
    for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "127.0.0.1"}) {
        CHECK(address(text).family() == Family::ipv4);
        CHECK(address(text).to_string() == text);
    }
    CHECK(Address::from_ipv4({192, 0, 2, 1}) == address("192.0.2.1"));
    CHECK(Address{} == address("0.0.0.0"));
    CHECK(address("192.0.2.1").bytes()[3] == 1);
    CHECK(address("192.0.2.1").bytes()[4] == 0);
}

TEST_CASE("Address reads IPv6 and writes the form of RFC 5952") {
    CHECK(address("2001:DB8:0:0:0:0:0:1").to_string() == "2001:db8::1");
    CHECK(address("2001:db8::0:1").to_string() == "2001:db8::1");
    CHECK(address("2001:0db8:0000:1:1:1:1:1").to_string() == "2001:db8:0:1:1:1:1:1");  // one zero is not shortened
    CHECK(address("2001:0:0:1:0:0:0:1").to_string() == "2001:0:0:1::1");               // the longest run
    CHECK(address("2001:db8:0:0:1:0:0:1").to_string() == "2001:db8::1:0:0:1");         // the first of two
    CHECK(address("::").to_string() == "::");
    CHECK(address("::1").to_string() == "::1");
    CHECK(address("::ffff:192.0.2.1").to_string() == "::ffff:192.0.2.1");
    CHECK(address("::ffff:192.0.2.1").family() == Family::ipv6);
    CHECK(address("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255").to_string() ==
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    const Address six = address("2001:db8::1");
    CHECK(Address::from_ipv6(six.bytes()) == six);
}

TEST_CASE("Address reads nothing else") {
    for (const char* text : {"",
                             " ",
                             "1",
                             "1.2.3",
                             "1.2.3.4.5",
                             "1.2.3.256",
                             "1.2.3.4 ",
                             " 1.2.3.4",
                             "1.2.3.4:80",
                             "0x7f.0.0.1",
                             "1.2.3.-4",
                             "::g",
                             ":",
                             ":::",
                             "1::2::3",
                             "[::1]",
                             "::1%lo",
                             "fe80::1%eth0",
                             "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7:8:9",
                             "localhost",
                             "12345::",
                             "0000000000000000000000000000000000000000000000000000001.2.3.4"}) {
        CAPTURE(text);
        CHECK_FALSE(Address::parse(text));
    }
    // C string functions would stop at the NUL and take what stands before it.
    CHECK_FALSE(Address::parse(std::string_view("192.0.2.1\0.example", 18)));
    CHECK_FALSE(Address::parse(std::string_view("::1\0", 4)));
}

TEST_CASE("Address sorts IPv4 before IPv6, then by value") {
    CHECK(address("9.0.0.1") < address("10.0.0.1"));
    CHECK(address("255.255.255.255") < address("::"));
    CHECK(address("::1") < address("::2"));
    CHECK(address("1.2.3.4") != address("::1.2.3.4"));
}

TEST_CASE("loopback and unspecified") {
    CHECK(address("127.0.0.1").is_loopback());
    CHECK(address("127.255.255.255").is_loopback());
    CHECK(address("::1").is_loopback());
    for (const char* text : {"126.255.255.255", "128.0.0.0", "::", "::2", "1::1", "8000::1"})
        CHECK_FALSE(address(text).is_loopback());
    CHECK(address("0.0.0.0").is_unspecified());
    CHECK(address("0.1.2.3").is_unspecified());
    CHECK(address("::").is_unspecified());
    for (const char* text : {"1.0.0.0", "::1", "8000::", "1::"}) CHECK_FALSE(address(text).is_unspecified());
}

TEST_CASE("addresses that no public name may answer with") {
    for (const char* text : {
             "0.0.0.0",
             "0.255.255.255",
             "10.0.0.0",
             "10.255.255.255",
             "100.64.0.0",
             "100.127.255.255",
             "127.0.0.1",
             "169.254.0.0",
             "169.254.169.254",
             "172.16.0.0",
             "172.31.255.255",
             "192.0.0.0",
             "192.0.0.255",
             "192.0.2.0",
             "192.0.2.255",
             "192.168.0.0",
             "192.168.255.255",
             "198.18.0.0",
             "198.19.255.255",
             "198.51.100.0",
             "198.51.100.255",
             "203.0.113.0",
             "203.0.113.255",
             "224.0.0.0",
             "239.255.255.255",
             "240.0.0.0",
             "255.255.255.255",
             "::",
             "::1",
             "::ffff:10.0.0.1",
             "::ffff:127.0.0.1",
             "fc00::",
             "fdff:ffff::1",
             "fe80::1",
             "febf::1",
             "fec0::1",
             "ff02::1",
             "2001:db8::1",
             "2001:db8:ffff::",
             "2001:2::1",
             "2001:10::1",
             "2001:2f::1",
             "3fff::1",
             "3fff:fff::1",
             "100::1",
             "4000::1",
             "1fff::1",
             "64:ff9b::10.0.0.1",
             "64:ff9b:1::8.8.8.8",
             "::8.8.8.8",
             "5f00::1",
         }) {
        CAPTURE(text);
        CHECK(address(text).is_private());
    }
    for (const char* text : {
             "1.0.0.0",
             "9.255.255.255",
             "11.0.0.0",
             "100.63.255.255",
             "100.128.0.0",
             "126.255.255.255",
             "128.0.0.0",
             "169.253.255.255",
             "169.255.0.0",
             "172.15.255.255",
             "172.32.0.0",
             "191.255.255.255",
             "192.0.1.0",
             "192.0.3.0",
             "192.167.255.255",
             "192.169.0.0",
             "198.17.255.255",
             "198.20.0.0",
             "198.51.99.255",
             "198.51.101.0",
             "203.0.112.255",
             "203.0.114.0",
             "223.255.255.255",
             "8.8.8.8",
             "173.243.138.66",
             "::ffff:8.8.8.8",
             "64:ff9b::8.8.8.8",
             "2000::",
             "2001:db7:ffff::1",
             "2001:db9::1",
             "2001:3::1",
             "2001:2:1::1",
             "2001:30::1",
             "2606:4700::1111",
             "3ffe::1",
             "3fff:1000::1",
             "2a00:1450:4001::200e",
         }) {
        CAPTURE(text);
        CHECK_FALSE(address(text).is_private());
    }
}

TEST_CASE("SocketAddress reads an address with and without a port") {
    const auto text_of = [](const char* text) {
        const auto parsed = SocketAddress::parse(text, 53);
        return parsed ? parsed->to_string() : std::string("nothing");
    };
    CHECK(text_of("192.0.2.1") == "192.0.2.1:53");
    CHECK(text_of("192.0.2.1:5353") == "192.0.2.1:5353");
    CHECK(text_of("192.0.2.1:1") == "192.0.2.1:1");
    CHECK(text_of("192.0.2.1:65535") == "192.0.2.1:65535");
    CHECK(text_of("2001:db8::1") == "[2001:db8::1]:53");
    CHECK(text_of("[2001:db8::1]") == "[2001:db8::1]:53");
    CHECK(text_of("[2001:db8::1]:5353") == "[2001:db8::1]:5353");
    CHECK(text_of("::ffff:192.0.2.1") == "[::ffff:192.0.2.1]:53");
    // Without brackets the last group is part of the address.
    CHECK(text_of("2001:db8::1:5353") == "[2001:db8::1:5353]:53");
    for (const char* text : {"",
                             ":",
                             ":53",
                             "192.0.2.1:",
                             "192.0.2.1:0",
                             "192.0.2.1:65536",
                             "192.0.2.1:-1",
                             "192.0.2.1:+1",
                             "192.0.2.1:5x",
                             "192.0.2.1:53:53",
                             "[2001:db8::1",
                             "2001:db8::1]",
                             "[2001:db8::1]:",
                             "[2001:db8::1]53",
                             "[2001:db8::1]:0",
                             "[2001:db8::1]:65536",
                             "[]:53",
                             "[192.0.2.1]",
                             "[192.0.2.1]:53",
                             "[[::1]]:53",
                             "localhost:53",
                             "2001:db8::1:53:x"}) {
        CAPTURE(text);
        CHECK(text_of(text) == "nothing");
    }
}

TEST_CASE("SocketAddress reads what it writes") {
    for (const char* text : {"192.0.2.1:443", "[2001:db8::1]:443", "[::]:1", "[::ffff:192.0.2.1]:65535"}) {
        const auto parsed = SocketAddress::parse(text, 7);
        REQUIRE(parsed);
        CHECK(parsed->to_string() == text);
    }
    CHECK(*SocketAddress::parse("192.0.2.1:80", 0) < *SocketAddress::parse("192.0.2.1:443", 0));
    CHECK(*SocketAddress::parse("192.0.2.1:443", 0) < *SocketAddress::parse("192.0.2.2:80", 0));
}

TEST_CASE("HardwareAddress is written byte by byte") {
    CHECK(HardwareAddress{{0x02, 0x00, 0x5E, 0x10, 0x00, 0xFF}}.to_string() == "02:00:5e:10:00:ff");
    CHECK(HardwareAddress{}.to_string() == "00:00:00:00:00:00");
}
