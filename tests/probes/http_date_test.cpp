#include "probes/http_date.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "probes/registry.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {

const std::string head = "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 9\r\n\r\n";

Check date_check() { return check_of("tls", Transport::tcp, 8890, "update.fortiguard.net"); }

Finding finding_of(const std::string& answer) { return judged(http_date, date_check(), {.pieces = {answer}}); }

}  // namespace

TEST_CASE("http-date: the head of an answer is asked for inside TLS, and nothing else") {
    const Played played = play(http_date, date_check(), {.pieces = {head}});
    REQUIRE(played.steps.size() == 4);
    CHECK(played.steps[0].kind == Step::Kind::start_tls);
    CHECK(played.steps[1].kind == Step::Kind::send);
    CHECK(played.steps[1].bytes.starts_with("HEAD / HTTP/1.1\r\nHost: update.fortiguard.net:8890\r\nUser-Agent: "));
    CHECK(played.steps[1].bytes.ends_with("Connection: close\r\n\r\n"));
    CHECK(played.steps[2].kind == Step::Kind::receive);
    CHECK(played.finished);
}

TEST_CASE("http-date: no table can name it") { CHECK(find("http-date") == nullptr); }

TEST_CASE("http-date: every split of the head is read the same, and the body is not waited for") {
    for_every_split(head, [&](const std::vector<std::string>& pieces) {
        const Played played = play(http_date, date_check(), {.pieces = pieces});
        CHECK(played.finished);
        CHECK(played.steps.size() == 2 + pieces.size() + 1);
        const Finding finding = http_date.judge(date_check(), played.attempt);
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.detail == "HTTP 404, at 'Sun, 06 Nov 1994 08:49:37 GMT'");
    });
}

TEST_CASE("http-date: what is no answer") {
    for (std::size_t size = 1; size < head.size(); ++size)
        CHECK(finding_of(head.substr(0, size)).cause == Cause::bad_answer);
    CHECK(judged(http_date, date_check(), {.closes = true}).cause == Cause::no_answer);
    CHECK(judged(http_date, date_check(), {}).cause == Cause::no_answer);
    CHECK(finding_of("SSH-2.0-x\r\n").cause == Cause::wrong_protocol);
    CHECK(finding_of(std::string(20000, '\0')).cause == Cause::wrong_protocol);
    CHECK(finding_of("HTTP/1.1 200 OK\r\n\r\n").detail == "HTTP 200, without the time");
    CHECK(finding_of("HTTP/1.1 200 OK\r\nDate: \x1b[2J\r\n\r\n").detail == "HTTP 200, at '\\x1b[2J'");
    for (std::size_t step = 0; step < 3; ++step)
        CHECK_FALSE(play(http_date, date_check(), {.pieces = {head}, .dies_at_step = step}).finished);
}
