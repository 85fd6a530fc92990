#include "wire/http_body.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "catch.hpp"

namespace http = fdnprobe::wire::http;
using http::Body;

namespace {

Body body_of(const std::string& headers, const std::string& rest, bool ended = false,
             std::string_view status = "200 OK") {
    const std::string response = "HTTP/1.1 " + std::string(status) + "\r\n" + headers + "\r\n" + rest;
    const auto head = http::parse_response_head(response);
    REQUIRE(head);
    return http::read_body(*head, response, ended);
}

const std::string chunked = "Transfer-Encoding: chunked\r\n";

}  // namespace

TEST_CASE("a body of known length") {
    CHECK(body_of("Content-Length: 5\r\n", "Hello") == Body{"Hello", true, false});
    CHECK(body_of("Content-Length: 5\r\n", "Hell") == Body{"Hell", false, false});
    CHECK(body_of("Content-Length: 5\r\n", "Hell", true) == Body{"Hell", false, false});
    CHECK(body_of("Content-Length: 5\r\n", "Hello World") == Body{"Hello", true, false});
    CHECK(body_of("Content-Length: 0\r\n", "") == Body{"", true, false});
    for (const char* length : {"-1", "5x", "", "99999999999999999999", "0x5", "5, 5"})
        CHECK(body_of("Content-Length: " + std::string(length) + "\r\n", "Hello") == Body{"", false, true});
}

TEST_CASE("a body that the connection's end ends") {
    CHECK(body_of("", "Hello") == Body{"Hello", false, false});
    CHECK(body_of("", "Hello", true) == Body{"Hello", true, false});
}

TEST_CASE("statuses without a body") {
    for (const char* status : {"101 Switching", "204 No Content", "304 Not Modified"})
        CHECK(body_of("Content-Length: 5\r\n", "Hello", false, status) == Body{"", true, false});
}

TEST_CASE("chunks are put together") {
    const std::string whole = "4\r\nWiki\r\n7;name=\"x\"\r\npedia i\r\nB\r\nn \r\nchunks.\r\n0\r\n\r\n";
    CHECK(body_of(chunked, whole) == Body{"Wikipedia in \r\nchunks.", true, false});
    // The length beside it does not count (RFC 9112, 6.3).
    CHECK(body_of("Content-Length: 2\r\n" + chunked, whole).bytes == "Wikipedia in \r\nchunks.");
    CHECK(body_of("Transfer-Encoding: gzip, Chunked\r\n", "1\na\n0\n\n") == Body{"a", true, false});
    // The last line's CRLF is the end of what counts.
    for (std::size_t size = 0; size + 4 < whole.size(); ++size) {
        CAPTURE(size);
        const Body part = body_of(chunked, whole.substr(0, size), true);
        CHECK_FALSE(part.complete);
        CHECK_FALSE(part.malformed);
        CHECK(std::string_view("Wikipedia in \r\nchunks.").starts_with(part.bytes));
    }
}

TEST_CASE("chunks that are none") {
    CHECK(body_of(chunked, "Hello\r\n") == Body{"", false, true});
    CHECK(body_of(chunked, "\r\n") == Body{"", false, true});
    CHECK(body_of(chunked, "-1\r\n") == Body{"", false, true});
    CHECK(body_of(chunked, "fffffffffffffffff\r\nHello") == Body{"", false, true});
    CHECK(body_of(chunked, "2\r\nHello\r\n0\r\n\r\n") == Body{"He", false, true});
    CHECK(body_of(chunked, "2\r\nHe\rx") == Body{"He", false, true});
    CHECK(body_of(chunked, std::string(257, '1')) == Body{"", false, true});
    CHECK(body_of(chunked, "1;" + std::string(300, 'x') + "\r\na") == Body{"", false, true});
    // The largest that can be written: nothing wraps.
    CHECK(body_of(chunked, "fffffffffffffff\r\nHello") == Body{"Hello", false, false});
}

TEST_CASE("dates") {
    const auto date = http::parse_date("Sun, 06 Nov 1994 08:49:37 GMT");
    REQUIRE(date);
    CHECK(date->time_since_epoch().count() == 784111777);
    CHECK(http::parse_date("Thu, 29 Feb 2024 23:59:60 GMT"));
    for (const char* text :
         {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nom 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
          "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08-49:37 GMT",
          "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT"})
        CHECK_FALSE(http::parse_date(text));
}
