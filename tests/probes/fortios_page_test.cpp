// The probes of a device's own pages: captive-portal, override, admin and sslvpn.
#include "probes/fortios_page.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "probes/admin.hpp"
#include "probes/captive_portal.hpp"
#include "probes/far_end.hpp"
#include "probes/override_page.hpp"
#include "probes/sslvpn.hpp"
#include "wire/http.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;

namespace {

using Headers = std::vector<wire::http::Header>;

Check page_check(const Probe& probe, std::uint16_t port, Direction direction = Direction::incoming) {
    Check check = check_of(std::string(probe.description.name), Transport::tcp, port, "proxy.corp.example");
    check.direction = direction;
    check.public_name = false;
    return check;
}

const Headers masked{{"Server", "xxxxxxxx-xxxxx"}};

std::string page(const Headers& headers, const std::string& body = "", int status = 200) {
    return wire::http::encode_response(status, "x", headers, body);
}

Finding finding_of(const Probe& probe, const Check& check, const std::string& answer) {
    return judged(probe, check, {.pieces = {answer}, .closes = true});
}

Finding of_admin(const std::string& answer) { return finding_of(admin, page_check(admin, 443), answer); }

}  // namespace

TEST_CASE("pages: inside TLS or not, as the port that the table names is used") {
    const std::vector<std::pair<const Probe*, std::uint16_t>> plain{
        {&admin, 80}, {&captive_portal, 1000}, {&override_page, 8008}};
    for (const auto& [probe, port] : plain) {
        Check check = page_check(*probe, port);
        check.dial_port = 443;
        const Played played = play(*probe, check, {});
        CHECK(played.steps[0].kind == Step::Kind::send);
        check.options["tls"] = true;
        CHECK(play(*probe, check, {}).steps[0].kind == Step::Kind::start_tls);
    }
    const std::vector<std::pair<const Probe*, std::uint16_t>> inside{
        {&admin, 443}, {&captive_portal, 1003}, {&override_page, 8010}, {&sslvpn, 443}, {&sslvpn, 10443}};
    for (const auto& [probe, port] : inside) {
        Check check = page_check(*probe, port);
        check.dial_port = 80;
        const Played played = play(*probe, check, {.pieces = {page(masked)}});
        REQUIRE(played.steps.size() >= 3);
        CHECK(played.steps[0].kind == Step::Kind::start_tls);
        CHECK_FALSE(played.steps[0].optional);
        CHECK(played.steps[1].kind == Step::Kind::send);
        CHECK(probe->judge(check, played.attempt).cause == Cause::answered);
        check.options["tls"] = false;
        CHECK(play(*probe, check, {}).steps[0].kind == Step::Kind::send);
    }
}

TEST_CASE("pages: the request names the host, its port and a harmless path") {
    const auto request = [](const Probe& probe, std::uint16_t port) {
        const Played played = play(probe, page_check(probe, port), {});
        for (const Step& step : played.steps)
            if (step.kind == Step::Kind::send)
                return step.bytes.substr(0, step.bytes.find("\r\nUser-Agent: fdnprobe/"));
        return ""s;
    };
    CHECK(request(admin, 443) == "GET / HTTP/1.1\r\nHost: proxy.corp.example");
    CHECK(request(admin, 80) == "GET / HTTP/1.1\r\nHost: proxy.corp.example");
    CHECK(request(captive_portal, 1003) == "GET / HTTP/1.1\r\nHost: proxy.corp.example:1003");
    CHECK(request(override_page, 8008) == "GET / HTTP/1.1\r\nHost: proxy.corp.example:8008");
    CHECK(request(sslvpn, 443) == "GET /remote/login HTTP/1.1\r\nHost: proxy.corp.example");
    Check check = page_check(sslvpn, 443);
    check.options["path"] = "/realm"s;
    CHECK(play(sslvpn, check, {}).steps[1].bytes.starts_with("GET /realm "));
}

TEST_CASE("pages: FortiOS is known by what it says") {
    CHECK(of_admin(page(masked)).detail == "HTTP 200 from FortiOS, by its Server header");
    CHECK(of_admin(page(masked)).confidence == Confidence::proven);
    CHECK(of_admin(page(masked, "", 403)).detail == "HTTP 403 from FortiOS, by its Server header");
    for (const char* cookie : {"APSCOOKIE_0123=0; path=/", "SVPNCOOKIE=; path=/", "SVPNNETWORKCOOKIE=; path=/"})
        CHECK(of_admin(page({{"Set-Cookie", "lang=en"}, {"set-cookie", cookie}})).detail ==
              "HTTP 200 from FortiOS, by its cookie");
    CHECK(of_admin(page({{"Location", "/remote/login?lang=en"}}, "", 302)).detail ==
          "HTTP 302 from FortiOS, by its redirect");
    for (const char* body :
         {"<script>top.location=\"/remote/login\";</script>", "location=\"/fgtauth?00ff\"", "x/keepalive?00ff",
          "Invalid or missing protection profile id", "Invalid FortiGuard Web Filtering override request"})
        CHECK(of_admin(page({}, body)).detail == "HTTP 200 from FortiOS, by its page");
}

TEST_CASE("pages: any other server's answer is one, and is not called the device's") {
    for (const Headers& headers : {Headers{}, Headers{{"Server", "nginx"}}, Headers{{"Server", "xxxxxxxx-xxxxx2"}},
                                   Headers{{"X-Server", "xxxxxxxx-xxxxx"}}, Headers{{"Set-Cookie", "APSCOOKIE=1"}},
                                   Headers{{"Cookie", "SVPNCOOKIE=1"}}}) {
        const Finding finding = of_admin(page(headers, "hello"));
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::likely);
        CHECK(finding.detail == "HTTP 200, which does not show that the device gave it");
    }
    // Where a device is the caller, nobody expects FortiOS to answer.
    const Check outside = page_check(captive_portal, 443, Direction::outgoing);
    const Finding finding = finding_of(captive_portal, outside, page({{"Server", "nginx"}}));
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.detail == "HTTP 200");
}

TEST_CASE("pages: what a device on the way answers too is said to be so") {
    const std::vector<std::pair<const Probe*, std::uint16_t>> ports{{&captive_portal, 1000}, {&captive_portal, 1003},
                                                                    {&override_page, 8008},  {&override_page, 8010},
                                                                    {&override_page, 8015},  {&override_page, 8020}};
    for (const auto& [probe, port] : ports) {
        const Finding finding = finding_of(*probe, page_check(*probe, port), page(masked));
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::likely);
        REQUIRE(finding.warnings.size() == 1);
        CHECK(finding.warnings[0].find("TCP/" + std::to_string(port)) != std::string::npos);
    }
    CHECK(finding_of(override_page, page_check(override_page, 443), page(masked)).warnings.empty());
    CHECK(of_admin(page(masked)).warnings.empty());
}

TEST_CASE("pages: somebody else's portal is not the device") {
    const Headers away{{"Location", "http://login.wifi.example.net/"}};
    for (const Probe* probe : {&admin, &sslvpn, &override_page}) {
        const Check check = page_check(*probe, 443);
        CHECK(finding_of(*probe, check, page(away, "", 302)).cause == Cause::captive_portal);
        CHECK(finding_of(*probe, check, page({}, "", 511)).cause == Cause::captive_portal);
        CHECK(finding_of(*probe, check, page({}, "", 407)).cause == Cause::answered_on_path);
        // FortiOS itself sends to an identity provider.
        Headers own = away;
        own.insert(own.end(), masked.begin(), masked.end());
        CHECK(finding_of(*probe, check, page(own, "", 302)).cause == Cause::answered);
    }
    // A portal that was asked for may do what portals do.
    const Check portal = page_check(captive_portal, 1000);
    CHECK(finding_of(captive_portal, portal, page(away, "", 302)).cause == Cause::answered);
    CHECK(finding_of(captive_portal, portal, page({}, "", 511)).cause == Cause::answered);
    CHECK(finding_of(captive_portal, portal, page({}, "", 407)).cause == Cause::answered_on_path);
}

TEST_CASE("pages: every split is read the same") {
    const std::string answer = page({{"Content-Type", "text/html"}}, "<script>top.location=\"/remote/login\"</script>");
    for_every_split(answer, [&](const std::vector<std::string>& pieces) {
        const Played played = play(admin, page_check(admin, 80), {.pieces = pieces});
        CHECK(played.finished);
        CHECK(admin.judge(page_check(admin, 80), played.attempt).detail == "HTTP 200 from FortiOS, by its page");
    });
}

TEST_CASE("pages: failures at each step, silence and nonsense") {
    const std::string answer = page(masked, "body");
    for (std::size_t step = 0; step < 4; ++step) {
        const Played played =
            play(admin, page_check(admin, 443), {.pieces = {"HTTP/1.1", answer}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(admin.judge(page_check(admin, 443), played.attempt).cause != Cause::answered);
    }
    for (const Probe* probe : {&admin, &sslvpn, &override_page, &captive_portal}) {
        const Check check = page_check(*probe, 443);
        CHECK(judged(*probe, check, {}).cause == Cause::no_answer);
        CHECK(judged(*probe, check, {.closes = true}).cause == Cause::no_answer);
        CHECK(finding_of(*probe, check, "SSH-2.0-x\r\n").cause == Cause::wrong_protocol);
        CHECK(finding_of(*probe, check, "HTTP/1.1 200 OK\r\nSer").cause == Cause::bad_answer);
        CHECK(finding_of(*probe, check, "HTTP/1.1 abc\r\n\r\n").cause == Cause::bad_answer);
    }
}

TEST_CASE("pages: of a long page only the beginning is read") {
    const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
    const Played played = play(admin, page_check(admin, 80), {.pieces = {head, std::string(99'999, 'x')}});
    CHECK(played.finished);
    CHECK(played.attempt.received_bytes().size() <= head.size() + 2 * 4096);
    // Neither does a body of many small chunks keep it reading.
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int count = 0; count < 9999; ++count) chunks += "1;" + std::string(200, 'y') + "\r\nx\r\n";
    CHECK(play(admin, page_check(admin, 80), {.pieces = {chunks}}).attempt.received_bytes().size() < 32'768);
}
