#include "probes/crl.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/crl.hpp"
#include "wire/http.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;

namespace {

constexpr std::chrono::sys_days made = std::chrono::year(2026) / 11 / 20;
const std::string list = wire::crl::encode(made, made + std::chrono::days(7));

Check crl_check(const std::string& path = "/ca.crl") {
    Check check = check_of("crl", Transport::tcp, 80, "10.0.0.5");
    if (!path.empty()) check.options["path"] = path;
    return check;
}

std::string response(const std::string& body, int status = 200, const std::string& date = "") {
    std::vector<wire::http::Header> headers;
    if (!date.empty()) headers.push_back({"Date", date});
    return wire::http::encode_response(status, "x", headers, body);
}

Finding finding_of(const std::string& answer, const Check& check = crl_check()) {
    return judged(crl, check, {.pieces = {answer}, .closes = true});
}

/// A list that announces a megabyte, as far as its times.
std::string beginning_of_long_list() {
    // Both of its sequences are short enough for a length of one byte, or need one more.
    const std::size_t headers = list.find("\x02\x01\x01");
    const std::size_t end = list.find("20261127000000Z") + 15;
    return "\x30\x83\x10\x00\x00\x30\x83\x0f\xf0\x00"s + list.substr(headers, end - headers);
}

}  // namespace

TEST_CASE("crl: the request is for the table's path") {
    const auto line = [](const Check& check) {
        const std::string request = play(crl, check, {}).steps[0].bytes;
        return request.substr(0, request.find("\r\n"));
    };
    CHECK(line(crl_check()) == "GET /ca.crl HTTP/1.1");
    CHECK(line(crl_check("")) == "GET / HTTP/1.1");
}

TEST_CASE("crl: a list is an answer, however it is cut") {
    for_every_split(response(list), [&](const std::vector<std::string>& pieces) {
        const Finding finding = judged(crl, crl_check(), {.pieces = pieces});
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.warnings.empty());
        CHECK(finding.detail == "a revocation list of 2026-11-20, to be replaced by 2026-11-27");
    });
    CHECK(finding_of("HTTP/1.1 200 OK\r\n\r\n" + list).cause == Cause::answered);
    // Where the table says nothing of a path, the first page may be the list all the same.
    CHECK(finding_of(response(list), crl_check("")).cause == Cause::answered);
}

TEST_CASE("crl: by the server's clock it may have ended") {
    const auto warnings = [](const char* date) { return finding_of(response(list, 200, date)).warnings; };
    CHECK(warnings("Sat, 21 Nov 2026 08:00:00 GMT").empty());
    CHECK(warnings("nonsense").empty());
    REQUIRE(warnings("Sat, 28 Nov 2026 08:00:00 GMT").size() == 1);
    CHECK(warnings("Sat, 28 Nov 2026 08:00:00 GMT")[0].find("ended on 2026-11-27") != std::string::npos);
    REQUIRE(warnings("Thu, 19 Nov 2026 08:00:00 GMT").size() == 1);
    CHECK(warnings("Thu, 19 Nov 2026 08:00:00 GMT")[0].find("begins on 2026-11-20") != std::string::npos);
    CHECK(finding_of(response(list, 200, "Sat, 28 Nov 2026 08:00:00 GMT")).cause == Cause::answered);
}

TEST_CASE("crl: of a long list the beginning is read") {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1048581\r\n\r\n";
    const std::string long_list = beginning_of_long_list() + std::string(99'999, 'x');
    const Played played = play(crl, crl_check(), {.pieces = {head + long_list}});
    CHECK(played.finished);
    CHECK(played.attempt.received_bytes().size() <= head.size() + 2 * 16'384);
    CHECK(crl.judge(crl_check(), played.attempt).cause == Cause::answered);
}

TEST_CASE("crl: a list that breaks off is none") {
    for (const bool closes : {true, false})
        for (std::size_t size = 1; size < list.size(); ++size) {
            const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(list.size()) + "\r\n\r\n";
            const FarEnd far_end{.pieces = {head + list.substr(0, size)}, .closes = closes};
            CHECK(judged(crl, crl_check(), far_end).cause == Cause::bad_answer);
        }
    CHECK(finding_of(response(list.substr(0, list.size() - 1))).detail ==
          "a revocation list that breaks off before its " + std::to_string(list.size()) + " bytes");
    CHECK(finding_of(response(beginning_of_long_list())).cause == Cause::bad_answer);
}

TEST_CASE("crl: a web server without a list, at a path that is known and at one that is not") {
    for (const std::string& answer :
         {response("<html></html>"), response("", 404), response(""), response(list, 500)}) {
        const Finding known = finding_of(answer);
        CHECK(known.cause == Cause::bad_answer);
        CHECK(known.owner == Owner::service);
        const Finding unknown = finding_of(answer, crl_check(""));
        CHECK(unknown.cause == Cause::connected);
        CHECK(unknown.confidence == Confidence::likely);
        CHECK(unknown.warnings.size() == 1);
    }
    CHECK(finding_of(response("", 404)).detail == "HTTP 404 without a revocation list");
    const Finding moved = finding_of(response("", 301));
    CHECK(moved.cause == Cause::connected);
    CHECK(moved.confidence == Confidence::likely);
    CHECK(moved.detail == "HTTP 301, a redirect that was not followed");
}

TEST_CASE("crl: portals, proxies, other protocols and silence") {
    CHECK(finding_of(response("", 511)).cause == Cause::captive_portal);
    CHECK(finding_of(response("", 407)).cause == Cause::answered_on_path);
    CHECK(finding_of(list).cause == Cause::wrong_protocol);
    CHECK(finding_of("HTTP/1.1 2\r\n\r\n").cause == Cause::bad_answer);
    CHECK(judged(crl, crl_check(), {}).cause == Cause::no_answer);
    CHECK(judged(crl, crl_check(), {.closes = true}).cause == Cause::no_answer);
    for (std::size_t step = 0; step < 3; ++step) {
        const Played played = play(crl, crl_check(), {.pieces = {"HTTP/1.1 ", response(list)}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(crl.judge(crl_check(), played.attempt).cause != Cause::answered);
    }
}
