#include "probes/scep.hpp"

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

Check scep_check(std::uint16_t port = 80) { return check_of("scep", Transport::tcp, port, "10.0.0.5"); }

std::string response(const std::string& body, int status = 200) {
    const std::vector<wire::http::Header> headers{{"Content-Type", "text/plain"}};
    return wire::http::encode_response(status, "x", headers, body);
}

Finding finding_of(const std::string& answer, const Check& check = scep_check()) {
    return judged(scep, check, {.pieces = {answer}, .closes = true});
}

/// RFC 8894, 3.5.2 has a list in which the lines end either way.
const std::string example = "POSTPKIOperation\nRenewal\r\nSHA-256\nAES\nFuture-Thing\n";

}  // namespace

TEST_CASE("scep: the request asks for capabilities and names nobody") {
    const auto line = [](const Step& step) { return step.bytes.substr(0, step.bytes.find("\r\n")); };
    CHECK(line(play(scep, scep_check(), {}).steps[0]) == "GET /app/cert/scep/?operation=GetCACaps HTTP/1.1");
    Check check = scep_check(443);
    check.options["path"] = "/cgi-bin/pkiclient.exe"s;
    const Played played = play(scep, check, {});
    CHECK(played.steps[0].kind == Step::Kind::start_tls);
    CHECK(line(played.steps[1]) == "GET /cgi-bin/pkiclient.exe?operation=GetCACaps HTTP/1.1");
}

TEST_CASE("scep: a list of capabilities is an answer, however it is cut") {
    for_every_split(response(example), [&](const std::vector<std::string>& pieces) {
        const Finding finding = judged(scep, scep_check(), {.pieces = pieces});
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.detail == "SCEP with POSTPKIOperation, Renewal, SHA-256, AES");
    });
    CHECK(
        finding_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nSHA-\r\n3\r\n512\r\n0\r\n\r\n").detail ==
        "SCEP with SHA-512");
    // Some servers write them as they like, and twice.
    CHECK(finding_of(response(" renewal \nRENEWAL\n")).detail == "SCEP with Renewal");
}

TEST_CASE("scep: a web server that lists none shows an open path and no more") {
    for (const std::string& answer :
         {response("", 404), response(""), response("<html>Renewal of your subscription</html>"), response("AES", 500),
          response("", 302), response("AESX\n"), "HTTP/1.1 200 OK\r\n\r\n"s}) {
        const Finding finding = finding_of(answer);
        CHECK(finding.cause == Cause::connected);
        CHECK(finding.confidence == Confidence::likely);
        CHECK(finding.owner == Owner::nobody);
        REQUIRE(finding.warnings.size() == 1);
        CHECK(finding.warnings[0].find("/app/cert/scep/") != std::string::npos);
    }
    CHECK(finding_of(response("", 404)).detail == "HTTP 404, which lists no SCEP capabilities");
}

TEST_CASE("scep: portals, proxies, other protocols and silence") {
    CHECK(finding_of(response("", 511)).cause == Cause::captive_portal);
    CHECK(finding_of(response("", 407)).cause == Cause::answered_on_path);
    CHECK(finding_of("220 mx ESMTP\r\n").cause == Cause::wrong_protocol);
    CHECK(finding_of("HTTP/1.1 \xFF\r\n\r\n").cause == Cause::bad_answer);
    CHECK(judged(scep, scep_check(), {}).cause == Cause::no_answer);
    CHECK(judged(scep, scep_check(), {.closes = true}).cause == Cause::no_answer);
    for (std::size_t step = 0; step < 3; ++step) {
        const Played played =
            play(scep, scep_check(), {.pieces = {"HTTP/1.1 ", response(example)}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(scep.judge(scep_check(), played.attempt).cause != Cause::answered);
    }
}
