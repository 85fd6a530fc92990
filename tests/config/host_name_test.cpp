#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "config/host_name.hpp"

using namespace fdnprobe::config;
using namespace std::string_literals;

TEST_CASE("host names and addresses are accepted", "[config][host]") {
    const std::vector<std::string> hosts{
        "localhost",
        "a",
        "update.fortiguard.net",
        "3com.com",
        "xn--bcher-kva.example",
        "FDS1.Example.NET",
        "10.0.0.5",
        "2001:db8::1",
        std::string(63, 'a'),
        std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd')};
    for (const std::string& host : hosts) {
        INFO(host);
        CHECK_FALSE(host_mistake(host));
    }
}

TEST_CASE("what is no host is explained", "[config][host]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "`` is neither a host name nor an address: it is empty"},
        {"a_b", "`a_b` is neither a host name nor an address: `_` cannot be part of one"},
        {"a b", "`a b` is neither a host name nor an address: ` ` cannot be part of one"},
        {"a\0b"s, "`a\\x00b` is neither a host name nor an address: `\\x00` cannot be part of one"},
        {"10.0.0.1\0.evil"s,
         "`10.0.0.1\\x00.evil` is neither a host name nor an address: `\\x00` cannot be part of one"},
        {"b\u00FCcher.example",
         "`b\u00FCcher.example` is neither a host name nor an address: it has letters outside "
         "ASCII; write its `xn--` form"},
        {"https://a.example",
         "`https://a.example` is neither a host name nor an address: it is a URL; write the host "
         "alone"},
        {"a.example:443", "`a.example:443` is neither a host name nor an address: it has a port; write the host alone"},
        {"10.0.0.5:443", "`10.0.0.5:443` is neither a host name nor an address: it has a port; write the host alone"},
        {"10.0.0.0/8", "`10.0.0.0/8` is neither a host name nor an address: `/` cannot be part of one"},
        {"fe80::1%eth0", "`fe80::1%eth0` is neither a host name nor an address: `:` cannot be part of one"},
        {"-a.example", "`-a.example` is neither a host name nor an address: a part of it begins or ends with `-`"},
        {"a-.example", "`a-.example` is neither a host name nor an address: a part of it begins or ends with `-`"},
        {"a..example", "`a..example` is neither a host name nor an address: a part between its dots is empty"},
        {"a.example.", "`a.example.` is neither a host name nor an address: a part between its dots is empty"},
        {"10.0.0.256",
         "`10.0.0.256` is neither a host name nor an address: it looks like an address, and is not a complete one"},
        {"10.0.5",
         "`10.0.5` is neither a host name nor an address: it looks like an address, and is not a complete one"},
        {std::string(64, 'a'), "`" + std::string(64, 'a') +
                                   "` is neither a host name nor an address: a part of it has 64 bytes, and at most 63 "
                                   "are allowed"},
    };
    for (const auto& [host, expected] : cases) {
        INFO(host);
        CHECK(host_mistake(host).value_or("") == expected);
    }
    const std::string long_name =
        std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(62, 'd');
    CHECK(host_mistake(long_name).value_or("") ==
          "`" + long_name.substr(0, 97) +
              "...` is neither a host name nor an address: it has 254 bytes, and at most 253 are allowed");
}

TEST_CASE("an address is no host name", "[config][host]") {
    CHECK(host_name_mistake("10.0.0.5").value_or("") == "`10.0.0.5` is an address; expected a host name");
    CHECK(host_name_mistake("a_b").value_or("") == "`a_b` is not a host name: `_` cannot be part of one");
    CHECK_FALSE(host_name_mistake("a.example"));
}

TEST_CASE("a host has one way of being written", "[config][host]") {
    CHECK(canonical_host("FDS1.Example.NET") == "fds1.example.net");
    CHECK(canonical_host("2001:DB8:0:0::1") == "2001:db8::1");
    CHECK(canonical_host("10.0.0.5") == "10.0.0.5");
}
