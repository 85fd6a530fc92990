#include "config/proxy_url.hpp"

#include <string>

#include "catch.hpp"

using namespace fdnprobe;
using config::parse_proxy;
using config::ProxyFault;

TEST_CASE("a proxy's URL is read", "[config][proxy]") {
    CHECK(parse_proxy("http://proxy.example:3128") == ProxyAddress{"", "proxy.example", 3128});
    CHECK(parse_proxy("HTTP://Proxy.Example:8080/") == ProxyAddress{"", "proxy.example", 8080});
    CHECK(parse_proxy("http://192.0.2.8:1") == ProxyAddress{"", "192.0.2.8", 1});
    CHECK(parse_proxy("http://[2001:DB8::8]:65535") == ProxyAddress{"", "2001:db8::8", 65535});
    CHECK(parse_proxy("http://branch@proxy.example:3128") == ProxyAddress{"branch", "proxy.example", 3128});
    CHECK(parse_proxy("http://@proxy.example:3128") == ProxyAddress{"", "proxy.example", 3128});
}

TEST_CASE("a user's name may be escaped", "[config][proxy]") {
    CHECK(parse_proxy("http://CORP%5Cbranch@p.example:3128")->user == "CORP\\branch");
    CHECK(parse_proxy("http://branch%40corp.example@p.example:3128")->user == "branch@corp.example");
    // An '@' as it is: only the last one ends the name.
    CHECK(parse_proxy("http://branch@corp.example@p.example:3128")->user == "branch@corp.example");
    for (const std::string user : {"a%", "a%4", "a%zz", "a%3Ab", "a%0D%0Ab", "a%00b", "a%7F", "a\rb"})
        CHECK(parse_proxy("http://" + user + "@p.example:3128").error() == ProxyFault::form);
}

TEST_CASE("what is no proxy's URL is refused", "[config][proxy]") {
    for (const std::string text : {"",
                                   "http://",
                                   "proxy.example",
                                   "proxy.example:3128",
                                   "https://proxy.example:3128",
                                   "socks5://p.example:1080",
                                   "http://proxy.example",
                                   "http://proxy.example:",
                                   "http://proxy.example:0",
                                   "http://proxy.example:65536",
                                   "http://proxy.example:3128/path",
                                   "http://proxy.example:3128//",
                                   "http://:3128",
                                   "http://a b:3128",
                                   "http://::1:3128",
                                   "http://[proxy]:3128",
                                   "http://[192.0.2.8]:3128",
                                   "http://[::1:3128",
                                   "http://192.0.2:3128",
                                   "http://pro_xy:3128",
                                   "http://proxy.example:3128?x",
                                   "http://proxy.example:31x8",
                                   " http://proxy.example:1"}) {
        INFO(text);
        REQUIRE_FALSE(parse_proxy(text));
        CHECK(parse_proxy(text).error() == ProxyFault::form);
    }
    for (const std::string text : {"http://u:secret@p.example:3128", "http://u:@p.example:3128", "u:secret@p.example",
                                   "http://:secret@p.example:3128", "http://u:se@cret@p.example:3128"}) {
        INFO(text);
        REQUIRE_FALSE(parse_proxy(text));
        CHECK(parse_proxy(text).error() == ProxyFault::password);
    }
}

TEST_CASE("a proxy is shown without who uses it", "[config][proxy]") {
    CHECK(parse_proxy("http://branch@proxy.example:3128")->to_string() == "http://proxy.example:3128");
    CHECK(parse_proxy("http://[2001:db8::8]:3128/")->to_string() == "http://[2001:db8::8]:3128");
    CHECK(config::shown_proxy_text("proxy:x") == "`proxy:x`");
    CHECK(config::shown_proxy_text("secret@proxy") == "something else");
}
