#include "report/shown.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "fixture.hpp"
#include "report/alike.hpp"
#include "report/event_text.hpp"

namespace fdnprobe::report {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_CASE("shown: spans of time in the unit that a person would use") {
    CHECK(shown_span(microseconds(0)) == "0.0 ms");
    CHECK(shown_span(microseconds(3440)) == "3.4 ms");
    CHECK(shown_span(microseconds(9949)) == "9.9 ms");
    CHECK(shown_span(microseconds(9950)) == "10 ms");
    CHECK(shown_span(milliseconds(999)) == "999 ms");
    CHECK(shown_span(microseconds(999'500)) == "1.0 s");
    CHECK(shown_span(milliseconds(59'949)) == "59.9 s");
    CHECK(shown_span(milliseconds(59'950)) == "1 min 0 s");
    CHECK(shown_span(std::chrono::seconds(250)) == "4 min 10 s");
}

TEST_CASE("shown: lists and counts read as sentences") {
    CHECK(counted(1, "row") == "1 row");
    CHECK(counted(0, "row") == "0 rows");
    CHECK(listed(std::vector<std::string>{}).empty());
    CHECK(listed(std::vector<std::string>{"a"}) == "a");
    CHECK(listed(std::vector<std::string>{"a", "b"}, "or") == "a or b");
    CHECK(listed(std::vector<std::string>{"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("shown: a proxy never with its password") {
    CHECK(shown_proxy("http://proxy.example:3128") == "http://proxy.example:3128");
    CHECK(shown_proxy("http://user@proxy.example:3128") == "http://user@proxy.example:3128");
    CHECK(shown_proxy("http://user:secret@proxy.example:3128") == "http://user@proxy.example:3128");
    CHECK(shown_proxy("http://user:se@cret@[2001:db8::1]:3128") == "http://user@[2001:db8::1]:3128");
    CHECK(shown_proxy("user:secret@proxy.example") == "user@proxy.example");
    CHECK(shown_proxy("").empty());
}

TEST_CASE("shown: authorization headers are blanked, whatever their case and place") {
    CHECK(without_credentials("GET / HTTP/1.1\r\nAUTHORIZATION: Basic YQ==\r\nHost: a\r\n") ==
          "GET / HTTP/1.1\r\nAUTHORIZATION: ***** ****\r\nHost: a\r\n");
    CHECK(without_credentials("Proxy-Authorization: cut of") == "Proxy-Authorization: *** **");
    CHECK(without_credentials("authorization:") == "authorization:");
    CHECK(without_credentials("no secrets") == "no secrets");
}

TEST_CASE("shown: a check without a telling attempt shows the last that says something") {
    CheckResult result;
    CHECK(telling_attempt(result) == nullptr);
    result.attempts.resize(3);
    result.attempts[2].abandoned = true;
    CHECK(telling_attempt(result) == &result.attempts[1]);
    result.conclusion.attempt = 0;
    CHECK(telling_attempt(result) == &result.attempts[0]);
    result.conclusion.attempt = 3;
    CHECK(telling_attempt(result) == &result.attempts[1]);
}

TEST_CASE("alike: results that differ in more than host, port and time stay apart") {
    fixture::Builder b;
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::broken);
    const auto add = [&](const char* host, const char* at, const std::string& summary) -> CheckResult& {
        CheckResult& result = b.check("TCP/80", "http", host);
        fixture::Builder::attempt(result, at, microseconds(1));
        fixture::Builder::conclude(result, Cause::tls_alert, Stage::tls, Owner::service, summary, "Ask.");
        return result;
    };
    add("a.example", "192.0.2.1", "a.example (192.0.2.1) sent alert 40 after 12 ms at TCP/80.");
    add("b.example", "192.0.2.2", "b.example (192.0.2.2) sent alert 40 after 3.5 s at TCP/80.");
    add("c.example", "192.0.2.3", "c.example (192.0.2.3) sent alert 70 after 12 ms at TCP/80.");
    add("d.example", "192.0.2.4", "d.example (192.0.2.4) sent alert 40 after 12 ms at TCP/80.").conclusion.where =
        Where{2, fixture::address("10.0.0.2"), std::nullopt};
    add("e.example", "192.0.2.5", "e.example (192.0.2.5) sent alert 40 after 12 ms at TCP/80.").check.level =
        Level::notice;
    add("f.example", "192.0.2.6", "f.example (192.0.2.6) sent alert 40 after 12 ms at TCP/80.").conclusion.confidence =
        Confidence::possible;
    std::vector<const CheckResult*> results;
    for (const CheckResult& result : b.report.checks) results.push_back(&result);
    const auto groups = group_alike(results);
    REQUIRE(groups.size() == 5);
    CHECK(groups[0].size() == 2);
    CHECK(groups[0][1]->check.host == "b.example");
}

TEST_CASE("alike: hosts with the same ports share them") {
    fixture::Builder b;
    b.row("FortiGuard", "Queries", "TCP/53, TCP/8888", Need::all, State::blocked);
    b.timed_out("TCP/53", "tcp", "a.example", "192.0.2.1");
    b.timed_out("TCP/8888", "tcp", "a.example", "192.0.2.1");
    b.timed_out("TCP/53", "tcp", "192.0.2.2", "192.0.2.2").check.dial_port = 9053;
    b.timed_out("TCP/53", "tcp", "b.example", "192.0.2.3");
    b.timed_out("TCP/8888", "tcp", "b.example", "192.0.2.3");
    Check& moved = b.timed_out("TCP/53", "tcp", "c.example", "192.0.2.4").check;
    moved.dial_transport = Transport::udp;
    moved.dial_port = 53;
    std::vector<const CheckResult*> results;
    for (const CheckResult& result : b.report.checks) results.push_back(&result);
    CHECK(places(results) ==
          "TCP/53, TCP/8888 at a.example (192.0.2.1), b.example (192.0.2.3); TCP/53 (dialled 9053) at 192.0.2.2; "
          "TCP/53 (dialled UDP/53) at c.example (192.0.2.4)");
}

TEST_CASE("event text: words for what an event holds") {
    const auto words = [](What what, std::int32_t code, std::int32_t detail, std::string text, std::string_view from) {
        return describe(fixture::event({}, Stage::connect, what, code, detail, std::move(text), from));
    };
    CHECK(words(What::resolve_answer, 0, 0, "10.0.0.53", "192.0.2.1") == "192.0.2.1 from 10.0.0.53");
    CHECK(words(What::resolve_rcode, 3, 28, "10.0.0.53", "") == "NXDOMAIN for AAAA from 10.0.0.53");
    CHECK(words(What::resolve_no_data, 0, 1, "", "") == "no A record");
    CHECK(words(What::connect_start, 40000, 0, "", "10.0.0.9") == "from 10.0.0.9:40000");
    CHECK(words(What::connect_start, 0, 0, "", "10.0.0.9") == "from 10.0.0.9");
    CHECK(words(What::connect_timeout, 1, 3500, "", "") == "no answer within 3500 ms, 1 SYN sent again");
    CHECK_THAT(words(What::connect_error, 111, 0, "", ""), Contains("ECONNREFUSED"));
    CHECK_THAT(words(What::icmp_error, 3, 13, "icmp", "10.0.0.1"), Contains("3/13"));
    CHECK_THAT(words(What::icmp_error, 3, 13, "icmp", "10.0.0.1"), Contains("from 10.0.0.1"));
    CHECK_THAT(words(What::tls_alert_received, 40, 0, "", ""), Contains("40"));
    CHECK(words(What::received, 2, 0, "a\n", "") == "2 bytes \"a\\x0a\"");
    CHECK(words(What::silent, 200, 1, "", "") == "nothing came within 200 ms; what was sent was acknowledged");
    CHECK(words(What::silent, 200, -1, "", "") == "nothing came within 200 ms");
    CHECK(words(What::connect_ok, 0, 0, "", "").empty());
    CHECK(words(What::arrival, 2, 40000, "TCP/443", "203.0.113.9") ==
          "2 requests had arrived from 203.0.113.9:40000, says the responder at TCP/443");
    CHECK(words(What::arrival, 1, 0, "TCP/443", "203.0.113.9") ==
          "1 request had arrived from 203.0.113.9, says the responder at TCP/443");
    CHECK(words(What::arrival, 0, 1, "TCP/443", "") == "0 requests had arrived, says the responder at TCP/443");
    Event frame = fixture::event({}, Stage::exchange, What::received, 4, 0, "abcd", "");
    frame.hardware = HardwareAddress{{2, 0, 0, 0, 0, 1}};
    CHECK(describe(frame) == "4 bytes from 02:00:00:00:00:01 \"abcd\"");
}

}  // namespace
}  // namespace fdnprobe::report
