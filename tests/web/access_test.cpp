#include <array>
#include <string>
#include <vector>

#include "base/base64.hpp"
#include "catch.hpp"
#include "web/access.hpp"
#include "web/host_check.hpp"
#include "web/security.hpp"
#include "web/server.hpp"

namespace fdnprobe::web {
namespace {

TEST_CASE("a token comes as a bearer or as a password") {
    const std::string token = "s3cret: with=signs";
    CHECK(brings_token("Bearer " + token, token));
    CHECK(brings_token("bearer   " + token, token));
    for (const char* const user : {"", "a", "ab", "abc"})
        CHECK(brings_token("Basic " + base64(std::string(user) + ":" + token), token));
    for (const std::string& wrong :
         {std::string(), std::string("Bearer"), std::string("Bearer "), "Bearer " + token + "x",
          "Bearer " + token.substr(1), token, "Digest " + token, "Basic " + token, "Basic " + base64(token + "x"),
          "Basic " + base64(":" + token) + "!", "Basic " + base64("a:" + token + "\n"), std::string("Basic ===")}) {
        INFO(wrong);
        CHECK_FALSE(brings_token(wrong, token));
    }
    CHECK_FALSE(brings_token("Bearer ", ""));
    CHECK_FALSE(brings_token("", ""));
    CHECK_FALSE(brings_token("Basic " + base64("a:"), ""));
}

TEST_CASE("a host is a name or an address, and a port") {
    const auto plain = parse_host("Probe-17.Example.:9541");
    REQUIRE(plain.has_value());
    CHECK(plain->name == "probe-17.example");
    CHECK_FALSE(plain->address);
    CHECK(plain->port == 9541);
    CHECK(parse_host("127.0.0.1")->address);
    CHECK(parse_host("[::1]:80")->address);
    CHECK(parse_host("[::1]:80")->name == "::1");
    CHECK_FALSE(parse_host("a:")->port.has_value());
    // Not what inet_aton takes for an address, and therefore names, which anybody could point here.
    CHECK_FALSE(parse_host("2130706433")->address);
    CHECK_FALSE(parse_host("127.1")->address);
    CHECK_FALSE(parse_host("0x7f.0.0.1")->address);
    for (const std::string& wrong :
         {std::string(), std::string("."), std::string("[::1"), std::string("[127.0.0.1]"), std::string("[]"),
          std::string("::1"), std::string("a:b"), std::string("a:65536"), std::string("a:1:2"), std::string("[::1]9"),
          std::string("a b"), std::string("user@a"), std::string("a/b"), std::string("\xc3\xa4.example"),
          std::string("a,b"), std::string(300, 'a'), std::string("[fe80::1%25eth0]")}) {
        INFO(wrong);
        CHECK_FALSE(parse_host(wrong).has_value());
    }
}

TEST_CASE("without a token only names that nobody else can point here are answered") {
    const std::vector<std::string> names{"probe-17", "Watch.Example.", ""};
    const auto own = [&](const char* text) { return is_own_name(parse_host(text).value(), names); };
    CHECK(own("192.0.2.1"));
    CHECK(own("[2001:db8::1]:9541"));
    CHECK(own("LOCALHOST:9541"));
    CHECK(own("localhost."));
    CHECK(own("probe-17:9541"));
    CHECK(own("watch.example"));
    CHECK_FALSE(own("attacker.example"));
    CHECK_FALSE(own("probe-17.attacker.example"));
    CHECK_FALSE(own("localhost.attacker.example"));
    CHECK_FALSE(own("127.0.0.1.attacker.example"));
}

TEST_CASE("--listen takes an address and a port") {
    const auto listen = [](const std::string& text) {
        const auto settings = parse_listen(text);
        return settings ? settings->address + " " + std::to_string(settings->port) : "error";
    };
    CHECK(listen("127.0.0.1:9541") == "127.0.0.1 9541");
    CHECK(listen("0.0.0.0:0") == "0.0.0.0 0");
    CHECK(listen("[::]:9541") == ":: 9541");
    CHECK(listen("[2001:DB8::1]:1") == "2001:db8::1 1");
    CHECK(listen(":9541") == "127.0.0.1 9541");
    CHECK(listen("localhost:9541") == "127.0.0.1 9541");
    for (const char* const wrong :
         {"", "9541", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:9541", "[127.0.0.1]:1", "[]:1",
          "[::1]", "host.example:1", "127.0.0.1:80x", "[localhost]:1", "http://127.0.0.1:80", "127.0.0.1 :80"}) {
        INFO(wrong);
        CHECK(listen(wrong) == "error");
    }
    CHECK(parse_listen("x\x1b").error().find('\x1b') == std::string::npos);
}

TEST_CASE("loopback is what only this host can reach") {
    const auto loopback = [](const std::string& address) {
        ServerSettings settings;
        settings.address = address;
        return is_loopback_only(settings);
    };
    CHECK(loopback("127.0.0.1"));
    CHECK(loopback("127.8.9.10"));
    CHECK(loopback("::1"));
    CHECK_FALSE(loopback("0.0.0.0"));
    CHECK_FALSE(loopback("::"));
    CHECK_FALSE(loopback("10.0.0.1"));
    CHECK_FALSE(loopback(""));
}

TEST_CASE("a document's own style is allowed by its digest and nothing else is") {
    // The digest is that of `printf a | openssl dgst -sha256 -binary | base64`.
    CHECK(policy_for_own_style("<head><style>a</style></head>")
              .find("style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='") != std::string::npos);
    for (const char* const without : {"", "<style>", "x</style>", "<p>"})
        CHECK(policy_for_own_style(without).find("style-src") == std::string::npos);
}

}  // namespace
}  // namespace fdnprobe::web
