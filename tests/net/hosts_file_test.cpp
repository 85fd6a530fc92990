#include "net/hosts_file.hpp"

#include "catch.hpp"

using namespace fdnprobe;
using net::find_in_hosts;

namespace {

std::string found(std::string_view text, std::string_view name) {
    std::string all;
    for (const Address& address : find_in_hosts(text, name)) all += address.to_string() + " ";
    return all;
}

}  // namespace

TEST_CASE("a name has the addresses of all its lines, once each and in order") {
    const std::string_view text =
        "127.0.0.1\tlocalhost\n"
        "192.0.2.2  update.example.net\talias # update.example.com\n"
        "\n# 192.0.2.9 update.example.net\n"
        "2001:db8::2 Update.Example.NET\r\n"
        "192.0.2.3 other update.example.net update.example.net\n"
        "192.0.2.2 update.example.net";
    CHECK(found(text, "update.example.net") == "192.0.2.2 2001:db8::2 192.0.2.3 ");
    CHECK(found(text, "alias") == "192.0.2.2 ");
    CHECK(found(text, "update.example.com").empty());
    CHECK(found(text, "localhost") == "127.0.0.1 ");
}

TEST_CASE("lines that are none are passed over") {
    CHECK(found("", "a").empty());
    CHECK(found("a\n192.0.2.1\nnonsense a\n192.0.2.1x a\n", "a").empty());
    CHECK(found("192.0.2.1", "192.0.2.1").empty());
}
