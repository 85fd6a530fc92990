#include "wire/http.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.hpp"
#include "catch.hpp"

namespace http = fdnprobe::wire::http;
using http::HeadFault;

namespace {

/// The example of RFC 9112's predecessor, RFC 2616, as servers still send it.
const std::string response =
    "HTTP/1.1 200 OK\r\n"
    "Date: Mon, 27 Jul 2009 12:28:53 GMT\r\n"
    "Server: Apache\r\n"
    "Content-Length: 51\r\n"
    "Vary: Accept-Encoding\r\n"
    "\r\n";

HeadFault fault(std::string_view bytes) {
    const auto head = http::parse_response_head(bytes);
    REQUIRE_FALSE(head);
    CHECK_FALSE(head.error().what.empty());
    return head.error().fault;
}

}  // namespace

TEST_CASE("a GET says who asks") {
    CHECK(http::encode_get("update.fortiguard.net:8080", "/a?b=c") ==
          "GET /a?b=c HTTP/1.1\r\nHost: update.fortiguard.net:8080\r\nUser-Agent: fdnprobe/" +
              std::string(fdnprobe::version()) + "\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

TEST_CASE("nothing in a host or a path can end its line") {
    const std::string request = http::encode_get("a\r\nX: y", "/\r\n\r\nGET /b \x7F\xFF");
    CHECK(http::head_size(request) == request.size());
    CHECK(request.find("GET /GET/b HTTP/1.1\r\nHost: aX:y\r\n") == 0);
}

TEST_CASE("a response head is read") {
    const auto head = http::parse_response_head(response + "Hello World");
    REQUIRE(head);
    CHECK(head->version == "1.1");
    CHECK(head->status == 200);
    CHECK(head->reason == "OK");
    CHECK(head->headers.size() == 4);
    CHECK(head->header("content-LENGTH") == std::string_view("51"));
    CHECK_FALSE(head->header("Location"));
    CHECK(head->size == response.size());
}

TEST_CASE("every truncation of a head is incomplete, not malformed") {
    for (std::size_t size = 0; size < response.size(); ++size) {
        INFO(size);
        CHECK(fault(std::string_view(response).substr(0, size)) == HeadFault::incomplete);
    }
}

TEST_CASE("what real servers get away with is tolerated") {
    const auto bare = http::parse_response_head("HTTP/1.0 404\nA: b\n\nbody");
    REQUIRE(bare);
    CHECK(bare->version == "1.0");
    CHECK(bare->status == 404);
    CHECK(bare->reason.empty());
    CHECK(bare->header("a") == std::string_view("b"));
    CHECK(bare->size == 19);
    const auto folded = http::parse_response_head("HTTP/1.1 302 Found \r\nLocation:\r\n  http://x/\r\n\t y\r\n\r\n");
    REQUIRE(folded);
    CHECK(folded->reason == "Found");
    CHECK(folded->header("Location") == std::string_view("http://x/ y"));
    const auto spaced = http::parse_response_head("HTTP/1.1 511 \r\nA : b\r\nC:\r\n\r\n");
    REQUIRE(spaced);
    CHECK(spaced->header("A") == std::string_view("b"));
    CHECK(spaced->header("C") == std::string_view(""));
}

TEST_CASE("the first of two headers of one name counts") {
    const auto head = http::parse_response_head("HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\r\n");
    REQUIRE(head);
    CHECK(head->header("A") == std::string_view("1"));
}

TEST_CASE("a head that breaks the rules is malformed") {
    CHECK(fault("HTTP/1.1\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/11 200 OK\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 20 OK\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 2000 OK\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 099 OK\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 -20 OK\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 200 OK\r\n folded\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 200 OK\r\nno colon\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 200 OK\r\n: no name\r\n") == HeadFault::malformed);
    CHECK(fault("HTTP/1.1 200 OK\r\nodd name: x\r\n") == HeadFault::malformed);
}

TEST_CASE("what is not HTTP is foreign from its first byte on") {
    CHECK(fault("SSH-2.0-OpenSSH_9.2\r\n") == HeadFault::foreign);
    CHECK(fault("\x15\x03\x01") == HeadFault::foreign);
    CHECK(fault("HTTQ") == HeadFault::foreign);
    CHECK(fault("http/1.1 200 OK\r\n") == HeadFault::foreign);
    CHECK(fault("") == HeadFault::incomplete);
    CHECK(fault("HTTP") == HeadFault::incomplete);
}

TEST_CASE("a head is bounded in bytes and in headers") {
    CHECK(fault("HTTP/1.1 200 " + std::string(http::largest_head, 'x')) == HeadFault::malformed);
    std::string head = "HTTP/1.1 200 OK\r\n";
    for (std::size_t index = 0; index < http::most_headers; ++index) head += "A: b\r\n";
    CHECK(http::parse_response_head(head + "\r\n"));
    CHECK(fault(head + "A: b\r\n\r\n") == HeadFault::malformed);

    std::string full = "HTTP/1.1 200 OK\r\nA: ";
    full += std::string(http::largest_head - full.size() - 4, 'x') + "\r\n\r\n";
    REQUIRE(full.size() == http::largest_head);
    CHECK(http::parse_response_head(full + "body")->size == http::largest_head);
    CHECK(fault(full.substr(0, full.size() - 1)) == HeadFault::incomplete);
    full.insert(20, "y");
    CHECK(fault(full) == HeadFault::malformed);
}

TEST_CASE("an emulated server's response is read back") {
    const std::vector<http::Header> headers{{"Location", "http://portal.example/"}, {"X", "a\r\nY: b"}};
    const std::string bytes = http::encode_response(302, "Found", headers, "go");
    const auto head = http::parse_response_head(bytes);
    REQUIRE(head);
    CHECK(head->status == 302);
    CHECK(head->header("location") == std::string_view("http://portal.example/"));
    CHECK(head->header("content-length") == std::string_view("2"));
    CHECK_FALSE(head->header("Y"));
    CHECK(bytes.substr(head->size) == "go");
}

TEST_CASE("an emulated server reads a request line") {
    const std::string request = http::encode_get("a", "/b");
    const auto line = http::parse_request_line(request);
    REQUIRE(line);
    CHECK(line->method == "GET");
    CHECK(line->target == "/b");
    CHECK(line->version == "1.1");
    const std::size_t end = request.find('\n');
    for (std::size_t size = 0; size <= end; ++size) {
        const auto part = http::parse_request_line(std::string_view(request).substr(0, size));
        REQUIRE_FALSE(part);
        CHECK(part.error().fault == HeadFault::incomplete);
    }
    CHECK(http::parse_request_line("HELO x\r\n").error().fault == HeadFault::foreign);
    CHECK(http::parse_request_line("\r\n").error().fault == HeadFault::foreign);
    CHECK(http::parse_request_line("GET HTTP/1.1\r\n").error().fault == HeadFault::malformed);
    CHECK(http::parse_request_line("GET  HTTP/1.1\r\n").error().fault == HeadFault::malformed);
    CHECK(http::parse_request_line("G(T / HTTP/1.1\r\n").error().fault == HeadFault::malformed);
    CHECK(http::parse_request_line(std::string(http::largest_head, 'x')).error().fault == HeadFault::malformed);
}

TEST_CASE("a head ends with its blank line") {
    CHECK(http::head_size("GET / HTTP/1.1\r\nA: b\r\n\r\nbody") == 24U);
    CHECK(http::head_size("a\n\n") == 3U);
    CHECK_FALSE(http::head_size("GET / HTTP/1.1\r\nA: b\r\n"));
    CHECK_FALSE(http::head_size(""));
}

TEST_CASE("a CONNECT names the place twice and says who asks") {
    CHECK(http::encode_connect("198.51.100.7:443", "") ==
          "CONNECT 198.51.100.7:443 HTTP/1.1\r\nHost: 198.51.100.7:443\r\nUser-Agent: fdnprobe/" +
              std::string(fdnprobe::version()) + "\r\n\r\n");
    // The credentials are the example of RFC 7617, 2.
    CHECK(http::encode_connect("[2001:db8::7]:443", "Aladdin:open sesame") ==
          "CONNECT [2001:db8::7]:443 HTTP/1.1\r\nHost: [2001:db8::7]:443\r\nUser-Agent: fdnprobe/" +
              std::string(fdnprobe::version()) + "\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
}

TEST_CASE("nothing in a place or in credentials can end a CONNECT") {
    const std::string request = http::encode_connect("a\r\nX: y:443\r\n\r\n", "u:p\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    CHECK(http::head_size(request) == request.size());
    CHECK(request.find("CONNECT aX:y:443 HTTP/1.1\r\n") == 0);
}

TEST_CASE("an answer to CONNECT ends where the tunnel begins") {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    const std::string answer = "HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n";
    for (const std::string& whole : {answer, interim + answer, interim + interim + answer}) {
        const auto head = http::parse_connect_answer(whole + "220 ");
        REQUIRE(head);
        CHECK(head->status == 200);
        CHECK(head->size == whole.size());
        for (std::size_t size = 0; size < whole.size(); ++size) {
            INFO(size);
            const auto part = http::parse_connect_answer(std::string_view(whole).substr(0, size));
            REQUIRE_FALSE(part);
            CHECK(part.error().fault == HeadFault::incomplete);
        }
    }
    CHECK(http::parse_connect_answer("HTTP/1.1 101 Switching Protocols\r\n\r\n")->status == 101);
    CHECK(http::parse_connect_answer("HTTP/1.0 407 x\r\nProxy-Authenticate: Basic\r\n\r\n")->status == 407);
    CHECK(http::parse_connect_answer("SSH-2.0-x\r\n").error().fault == HeadFault::foreign);
    CHECK(http::parse_connect_answer(interim + "220 mail\r\n").error().fault == HeadFault::foreign);
}

TEST_CASE("interim answers without an end are bounded") {
    std::string endless;
    while (endless.size() < http::largest_head) endless += "HTTP/1.1 100 Continue\r\n\r\n";
    const auto head = http::parse_connect_answer(endless);
    REQUIRE_FALSE(head);
    CHECK(head.error().fault == HeadFault::malformed);
}
