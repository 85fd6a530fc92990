#include "probes/http.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/http.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;

namespace {

Check http_check(const std::string& host = "forticlient.fortinet.net", std::uint16_t port = 80) {
    return check_of("http", Transport::tcp, port, host);
}

Finding finding_of(const std::string& answer, const Check& check = http_check(), bool closes = true) {
    return judged(http, check, {.pieces = {answer}, .closes = closes});
}

Finding redirected(const std::string& location, const Check& check = http_check(), int status = 302) {
    const std::vector<wire::http::Header> headers{{"Location", location}};
    return finding_of(wire::http::encode_response(status, "Found", headers, ""), check);
}

std::string request_line_and_host(const Check& check) {
    const std::string request = play(http, check, {}).steps[0].bytes;
    return request.substr(0, request.find("\r\nUser-Agent: fdnprobe/"));
}

}  // namespace

TEST_CASE("http: the request names the service and its port") {
    CHECK(request_line_and_host(http_check()) == "GET / HTTP/1.1\r\nHost: forticlient.fortinet.net");
    Check check = http_check("2001:db8::1", 8080);
    check.server_name.clear();
    check.dial_port = 20080;
    check.options["path"] = "/fgdsvc"s;
    CHECK(request_line_and_host(check) == "GET /fgdsvc HTTP/1.1\r\nHost: [2001:db8::1]:8080");
    check.server_name = "a.example";
    CHECK(request_line_and_host(check) == "GET /fgdsvc HTTP/1.1\r\nHost: a.example:8080");
}

TEST_CASE("http: a path begins with a slash and fits a line") {
    const auto accepts = http.description.options[0].accepts;
    CHECK(accepts(OptionValue("/"s)));
    CHECK(accepts(OptionValue("/" + std::string(1023, 'a'))));
    CHECK_FALSE(accepts(OptionValue("/" + std::string(1024, 'a'))));
    CHECK_FALSE(accepts(OptionValue("a"s)));
    CHECK_FALSE(accepts(OptionValue(""s)));
    CHECK_FALSE(accepts(OptionValue("/a b"s)));
    CHECK_FALSE(accepts(OptionValue("/a\r\nX: y"s)));
    CHECK_FALSE(accepts(OptionValue(true)));
}

TEST_CASE("http: any status is an answer") {
    for (const int status : {200, 204, 301, 400, 403, 404, 500, 503}) {
        const Finding finding = finding_of(wire::http::encode_response(status, "x", {}, "body"));
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.owner == Owner::nobody);
        CHECK(finding.stage == Stage::exchange);
        CHECK(finding.detail == "HTTP " + std::to_string(status));
    }
}

TEST_CASE("http: every split of the head is read the same, and reading stops at its end") {
    const std::string head = "HTTP/1.1 200 OK\r\nServer: xxxxxxxx-xxxxx\r\n\r\n";
    for_every_split(head, [&](const std::vector<std::string>& pieces) {
        const Played played = play(http, http_check(), {.pieces = pieces});
        CHECK(played.finished);
        CHECK(played.steps.size() == 1 + pieces.size() + 1);
        CHECK(http.judge(http_check(), played.attempt).cause == Cause::answered);
    });
}

TEST_CASE("http: a head that ends anywhere is none") {
    const std::string head = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";
    for (const bool closes : {true, false}) {
        CHECK(judged(http, http_check(), {.closes = closes}).cause == Cause::no_answer);
        for (std::size_t size = 1; size < head.size(); ++size)
            CHECK(finding_of(head.substr(0, size), http_check(), closes).cause == Cause::bad_answer);
    }
    for (std::size_t step = 0; step < 3; ++step) {
        const Played played = play(http, http_check(), {.pieces = {head.substr(0, 9), head}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(http.judge(http_check(), played.attempt).cause != Cause::answered);
    }
}

TEST_CASE("http: a head without end is given up at 16 KiB") {
    const Played played = play(http, http_check(), {.pieces = {"HTTP/1.1 200 OK\r\nA: " + std::string(99'999, 'x')}});
    CHECK(played.finished);
    CHECK(played.attempt.received_bytes().size() == wire::http::largest_head);
    const Finding finding = http.judge(http_check(), played.attempt);
    CHECK(finding.cause == Cause::bad_answer);
    CHECK(finding.detail == "the head is longer than 16384 bytes; it said 'HTTP/1.1 200 OK'");
}

TEST_CASE("http: another protocol is named, escaped") {
    const Finding finding = finding_of("SSH-2.0-\x1B]0;x\r\n");
    CHECK(finding.cause == Cause::wrong_protocol);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.detail == "it said 'SSH-2.0-\\x1b]0;x'");
    CHECK(play(http, http_check(), {.pieces = {"S", "SH"}}).steps.size() == 3);
}

TEST_CASE("http: a status that breaks HTTP's rules is a bad answer") {
    const Finding finding = finding_of("HTTP/1.1 OK\r\n\r\n");
    CHECK(finding.cause == Cause::bad_answer);
    CHECK(finding.owner == Owner::service);
}

TEST_CASE("http: 511 is a portal's own status") {
    const Finding finding = finding_of("HTTP/1.1 511 Network Authentication Required\r\n\r\n");
    CHECK(finding.cause == Cause::captive_portal);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::network);
}

TEST_CASE("http: a proxy that was not asked answers on the path") {
    const Finding finding = finding_of("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    CHECK(finding.cause == Cause::answered_on_path);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.owner == Owner::network);
}

TEST_CASE("http: a redirect to a stranger is a portal") {
    for (const int status : {301, 302, 303, 307, 308}) {
        const Finding finding =
            redirected("http://login.wifi.example/start?x=//forticlient.fortinet.net", http_check(), status);
        CHECK(finding.cause == Cause::captive_portal);
        CHECK(finding.confidence == Confidence::likely);
        CHECK(finding.detail == "HTTP " + std::to_string(status) + " sends to login.wifi.example");
    }
    for (const char* location : {"http://192.168.1.1/login", "https://[fd00::1]:8443/", "//1.1.1.1",
                                 "http://forticlient.fortinet.net@evil.io/", "HTTPS://Portal.Example:8443?x",
                                 "http://portal/", "https://fortinet.net.evil.io"})
        CHECK(redirected(location).cause == Cause::captive_portal);
    CHECK(finding_of("HTTP/1.1 302 Found\r\nLocation: //p\x1B.evil.io/\r\n\r\n").detail ==
          "HTTP 302 sends to p\\x1b.evil.io");
    // The service is asked by its name, wherever the site has it.
    Check pinned = http_check("10.0.0.5");
    pinned.server_name = "forticlient.fortinet.net";
    CHECK(redirected("http://192.168.1.1/login", pinned).cause == Cause::captive_portal);
}

TEST_CASE("http: a redirect within the house is an answer") {
    for (const char* location : {"/start", "start?to=http://evil.io/", "/a//b", "https://forticlient.fortinet.net/",
                                 "https://WWW.Fortinet.NET./x", "//cdn.fortinet.net:8443/", "https://www.fortinet.com/",
                                 "https://update.fortiguard.net", "", "#//x", "http://user:pass@x.fortinet.net/"})
        CHECK(redirected(location).cause == Cause::answered);
    CHECK(redirected("http://evil.io/", http_check("10.0.0.5")).cause == Cause::answered);
    CHECK(redirected("http://web.corp.example/", http_check("web")).cause == Cause::answered);
    CHECK(redirected("https://www.other.co.uk/", http_check("www.some.co.uk")).cause == Cause::answered);
    CHECK(redirected("http://evil.io/", http_check(), 200).cause == Cause::answered);
    CHECK(finding_of("HTTP/1.1 302 Found\r\n\r\n").cause == Cause::answered);
}
