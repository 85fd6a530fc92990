#include <string>

#include "catch.hpp"

#include "fdnprobe/row.hpp"
#include "model/problem.hpp"

using namespace fdnprobe;

TEST_CASE("Port reads the form of the tables, whatever its case") {
    CHECK(Port::parse("TCP/443") == Port{Transport::tcp, 443});
    CHECK(Port::parse("udp/53") == Port{Transport::udp, 53});
    CHECK(Port::parse("Tcp/1") == Port{Transport::tcp, 1});
    CHECK(Port::parse("TCP/65535") == Port{Transport::tcp, 65535});
    CHECK(Port::parse("ESP/50") == Port{Transport::esp, 50});
    CHECK(Port::parse("ETH/0x8890") == Port{Transport::ethernet, 0x8890});
    CHECK(Port::parse("eth/0X88aB") == Port{Transport::ethernet, 0x88AB});
    CHECK(Port::parse("eth/0x0600") == Port{Transport::ethernet, 0x0600});
    for (const char* text : {"",          "/",           "TCP",        "TCP/",     "/443",      "443",      "443/tcp",
                             "TCP/0",     "TCP/65536",   "TCP/-1",     "TCP/+1",   "TCP/443 ",  " TCP/443", "TCP/443/1",
                             "TCP/https", "TCP/0x1bb",   "SCTP/1",     "ICMP/8",   "ESP/51",    "ESP/",     "ETH/8890",
                             "ETH/0x",    "ETH/0x10000", "ETH/0x88g0", "ETH/0x-1", "ETH/0x05ff"}) {
        CAPTURE(text);
        CHECK_FALSE(Port::parse(text));
    }
}

TEST_CASE("Port writes what it reads, and an id for use in check ids") {
    for (const char* text : {"TCP/443", "UDP/53", "ESP/50", "ETH/0x8890"}) {
        const auto port = Port::parse(text);
        REQUIRE(port);
        CHECK(port->to_string() == text);
    }
    CHECK(Port{Transport::tcp, 443}.to_id() == "tcp-443");
    CHECK(Port{Transport::udp, 53}.to_id() == "udp-53");
    CHECK(Port{Transport::esp, 50}.to_id() == "esp-50");
    CHECK(Port{Transport::ethernet, 0x8890}.to_id() == "eth-0x8890");
    CHECK(Port{Transport::ethernet, 0x0800}.to_string() == "ETH/0x0800");
    CHECK(Port::parse("ETH/0x0800") == Port{Transport::ethernet, 0x0800});
}

TEST_CASE("Ports sort by transport, then by number") {
    CHECK(Port{Transport::tcp, 443} < Port{Transport::tcp, 8890});
    CHECK(Port{Transport::tcp, 8890} < Port{Transport::udp, 53});
}

TEST_CASE("the words of a row") {
    CHECK(to_string(Direction::outgoing) == "outgoing");
    CHECK(to_string(Direction::incoming) == "incoming");
    CHECK(to_string(Transport::tcp) == "tcp");
    CHECK(to_string(Transport::udp) == "udp");
    CHECK(to_string(Transport::esp) == "esp");
    CHECK(to_string(Transport::ethernet) == "ethernet");
    CHECK(to_string(Need::any) == "any");
    CHECK(to_string(Need::all) == "all");
    CHECK(to_string(Level::need) == "need");
    CHECK(to_string(Level::notice) == "notice");
}

TEST_CASE("a row's full id names its table") {
    Row row;
    row.table = "fortiproxy-7.4";
    row.id = "outgoing/fortiguard/av-ips-update";
    CHECK(row.full_id() == "fortiproxy-7.4/outgoing/fortiguard/av-ips-update");
}

TEST_CASE("a problem points at its place") {
    Problem problem;
    problem.file = "site.toml";
    problem.what = "there is no key 'peer'; did you mean 'peers'?";
    CHECK(problem.to_string() == "site.toml: there is no key 'peer'; did you mean 'peers'?");
    problem.line = 3;
    problem.column = 1;
    CHECK(problem.to_string() == "site.toml:3:1: there is no key 'peer'; did you mean 'peers'?");
    problem.warning = true;
    CHECK(problem.to_string() == "site.toml:3:1: warning: there is no key 'peer'; did you mean 'peers'?");
}
