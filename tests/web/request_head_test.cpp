#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "web/limits.hpp"
#include "web/request_head.hpp"

namespace fdnprobe::web {
namespace {

std::string lines(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& line : all) text += line + "\r\n";
    return text + "\r\n";
}

int refused(const std::string& text) {
    const auto head = read_head(text);
    REQUIRE_FALSE(head.has_value());
    CHECK(head.error().what.ends_with('.'));
    return head.error().status;
}

TEST_CASE("a head gives what the server answers to") {
    const auto head =
        read_head(lines({"GET /rows/a/b?x=1 HTTP/1.1", "Host:  probe-17:9541 ", "AUTHORIZATION: Bearer abc",
                         "Last-Event-ID: 17", "If-None-Match: \"x\"", "Range: bytes=0-,0-,0-", "Cookie: a=b"}));
    REQUIRE(head.has_value());
    CHECK(head->method == "GET");
    CHECK(head->target == "/rows/a/b?x=1");
    CHECK(head->host == "probe-17:9541");
    CHECK(head->authorization == "Bearer abc");
    CHECK(head->last_event_id == "17");
    CHECK(head->if_none_match == "\"x\"");
    CHECK_FALSE(head->close);
}

TEST_CASE("a head ends at its empty line and nowhere before") {
    const std::string head = lines({"GET / HTTP/1.1", "Host: a"});
    for (std::size_t size = 0; size < head.size(); ++size) {
        INFO(size);
        CHECK_FALSE(end_of_head(head.substr(0, size)).has_value());
        CHECK_FALSE(read_head(head.substr(0, size)).has_value());
    }
    CHECK(end_of_head(head + "GET / HTTP/1.1\r\n\r\n") == head.size());
    CHECK(read_head(head).has_value());
}

TEST_CASE("a connection ends where the client says so, or where a body would follow") {
    const auto closes = [](const std::string& version, const std::string& line) {
        const auto head = read_head(lines({"GET / " + version, "Host: a", line}));
        REQUIRE(head.has_value());
        return head->close;
    };
    CHECK_FALSE(closes("HTTP/1.1", "Connection: keep-alive"));
    CHECK(closes("HTTP/1.1", "Connection: Upgrade , CLOSE"));
    CHECK(closes("HTTP/1.0", "Accept: */*"));
    CHECK_FALSE(closes("HTTP/1.0", "Connection: Keep-Alive"));
    CHECK(closes("HTTP/1.1", "Content-Length: 5"));
    CHECK(closes("HTTP/1.1", "Content-Length: 0, 5"));
    CHECK(closes("HTTP/1.1", "Content-Length: -1"));
    CHECK_FALSE(closes("HTTP/1.1", "Content-Length: 0"));
    CHECK(closes("HTTP/1.1", "Transfer-Encoding: chunked"));
    CHECK(closes("HTTP/1.1", "Expect: 100-continue"));
}

TEST_CASE("an absolute address replaces the host of the header") {
    const auto head = read_head(lines({"GET HTTP://other.example:80?x HTTP/1.1", "Host: a"}));
    REQUIRE(head.has_value());
    CHECK(head->host == "other.example:80");
    CHECK(head->target == "/?x");
    CHECK(refused(lines({"GET http:/// HTTP/1.1", "Host: a"})) == 400);
}

TEST_CASE("what two readers could understand differently is refused") {
    const std::vector<std::pair<int, std::string>> wrong{
        {400, "GET / HTTP/1.1\nHost: a\n\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
        {400, lines({"GET / HTTP/1.1"})},
        {400, lines({"GET / HTTP/1.1", "Host: a", "Host: a"})},
        {400, lines({"GET / HTTP/1.1", "Host: a", "Authorization: Bearer a", "Authorization: Bearer b"})},
        {400, lines({"GET / HTTP/1.1", "Host: a", " folded: x"})},
        {400, lines({"GET / HTTP/1.1", "Host : a"})},
        {400, lines({"GET / HTTP/1.1", "Host: a", "no colon"})},
        {400, lines({"GET / HTTP/1.1", "Host: a", ": nameless"})},
        {400, lines({"GET / HTTP/1.1", "Host: a\x01"})},
        {400, lines({"GET / HTTP/1.1", std::string("Host: a\0b", 9)})},
        {400, lines({"GET / HTTP/1.1", "Host: a\rb"})},
        {400, lines({"GET  HTTP/1.1", "Host: a"})},
        {400, lines({"GET / / HTTP/1.1", "Host: a"})},
        {400, lines({"GET /\xff HTTP/1.1", "Host: a"})},
        {400, lines({"GET /#x HTTP/1.1", "Host: a"})},
        {400, lines({"GET x HTTP/1.1", "Host: a"})},
        {400, lines({"OPTIONS * HTTP/1.1", "Host: a"})},
        {400, lines({"CONNECT a:443 HTTP/1.1", "Host: a"})},
        {400, lines({"GET /", "Host: a"})},
        {400, lines({"G\xc3\x96T / HTTP/1.1", "Host: a"})},
        {400, lines({"\x16\x03\x01 / x"})},
        {400, "\r\n\r\n"},
        {505, lines({"GET / HTTP/2.0", "Host: a"})},
        {505, lines({"PRI * HTTP/2.0"})},
        {417, lines({"GET / HTTP/1.1", "Host: a", "Expect: tea"})},
    };
    for (const auto& [status, text] : wrong) {
        INFO(text);
        CHECK(refused(text) == status);
    }
}

TEST_CASE("a head has its limits") {
    std::vector<std::string> many{"GET / HTTP/1.1", "Host: a"};
    many.resize(limits::header_lines + 1, "X: y");
    CHECK(read_head(lines(many)).has_value());
    many.emplace_back("X: y");
    CHECK(refused(lines(many)) == 431);
    CHECK(refused(lines({"GET / HTTP/1.1", "Host: a", "X: " + std::string(limits::head_bytes, 'y')})) == 431);
    const std::string longest = "/" + std::string(limits::target_bytes - 1, 'x');
    CHECK(read_head(lines({"GET " + longest + " HTTP/1.1", "Host: a"})).has_value());
    CHECK(refused(lines({"GET " + longest + "x HTTP/1.1", "Host: a"})) == 414);
}

}  // namespace
}  // namespace fdnprobe::web
