#include "notify/webhook.hpp"

#include <string>

#include "base/version.hpp"
#include "catch.hpp"
#include "sample.hpp"

namespace fdnprobe::notify {
namespace {

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'790'000'000)};
using Result = Outcome::Result;

WebhookSettings settings(const std::string& secret = "") {
    return {{true, "hooks.example", 443, "/a?b", ""}, secret, {}};
}

Message message() {
    Message message = make_message(sample::event("e-1"), {});
    message.body = "{}\n";
    return message;
}

Outcome outcome(const std::string& answer) {
    INFO(answer);
    const auto found = webhook_outcome(answer, now);
    REQUIRE(found);
    return *found;
}

std::string status(int code, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(code) + " Whatever\r\n" + headers + "\r\n";
}

TEST_CASE("webhook: the signature is RFC 4231's, case 7, whose text has a dot in it") {
    CHECK(signature(std::string(131, '\xaa'),
                    "This is a test using a larger than block-size key and a larger than block-size data",
                    " The key needs to be hashed before being used by the HMAC algorithm.") ==
          "sha256=9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("webhook: the request") {
    CHECK(webhook_request(settings(), message(), now) ==
          "POST /a?b HTTP/1.1\r\nHost: hooks.example\r\nUser-Agent: fdnprobe/" + std::string(version()) +
              "\r\nContent-Type: application/json\r\nContent-Length: 3\r\nConnection: close\r\n"
              "X-Fdnprobe-Event-Id: e-1\r\nX-Fdnprobe-Timestamp: 1790000000\r\n\r\n{}\n");
    CHECK_THAT(webhook_request(settings("key"), message(), now),
               Contains("\r\nX-Fdnprobe-Signature: " + signature("key", "1790000000", "{}\n") + "\r\n"));
    WebhookSettings odd = settings();
    odd.target = {false, "2001:db8::1", 8080, "/", "user:pass"};
    CHECK_THAT(webhook_request(odd, message(), now),
               Contains("Host: [2001:db8::1]:8080\r\n") && Contains("Authorization: Basic dXNlcjpwYXNz\r\n"));
}

TEST_CASE("webhook: which answers take a message, which are tried again, which are final") {
    for (const int code : {200, 201, 202, 204, 299}) CHECK(outcome(status(code)).result == Result::taken);
    for (const int code : {301, 302, 307, 408, 425, 429, 500, 502, 503, 599, 600, 999})
        CHECK(outcome(status(code)).result == Result::failed);
    for (const int code : {400, 401, 403, 404, 410, 413, 418, 422, 451, 499})
        CHECK(outcome(status(code)).result == Result::refused);
    CHECK(outcome(status(404)).problem == "it answered 404");
    CHECK_THAT(outcome(status(302, "Location: https://evil.example/\r\n")).problem,
               Contains("redirects are not followed") && !Contains("evil"));
    CHECK(outcome("SSH-2.0-OpenSSH_9.2\r\n").result == Result::failed);
    CHECK_THAT(outcome("SSH-2.0-OpenSSH_9.2\r\n").problem, Contains("no HTTP"));
}

TEST_CASE("webhook: interim answers are passed over, and what is not complete is waited for") {
    const std::string whole = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + status(200);
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(!webhook_outcome(whole.substr(0, size), now));
    CHECK(outcome(whole).result == Result::taken);
    CHECK(outcome(status(101)).result == Result::failed);
}

TEST_CASE("webhook: an endless line ends neither the watch nor its memory") {
    const std::string line = "HTTP/1.1 200 " + std::string(1'000'000, 'A');
    const auto found = webhook_outcome(line + "\r\n\r\n", now);
    REQUIRE(found);
    CHECK(found->result == Result::failed);
}

TEST_CASE("webhook: Retry-After in seconds or as a time, where it means something") {
    using namespace std::chrono_literals;
    CHECK(outcome(status(429, "Retry-After: 120\r\n")).retry_after == 120s);
    CHECK(outcome(status(503, "retry-after:  7 \r\n")).retry_after == 7s);
    // now is Mon, 21 Sep 2026 14:13:20 GMT.
    CHECK(outcome(status(503, "Retry-After: Mon, 21 Sep 2026 14:14:20 GMT\r\n")).retry_after == 60s);
    CHECK(!outcome(status(503, "Retry-After: Mon, 21 Sep 2026 13:30:00 GMT\r\n")).retry_after);
    CHECK(!outcome(status(503, "Retry-After: -5\r\n")).retry_after);
    CHECK(!outcome(status(503, "Retry-After: 99999999999999999999\r\n")).retry_after);
    CHECK(!outcome(status(500, "Retry-After: 120\r\n")).retry_after);
    CHECK(!outcome(status(503)).retry_after);
}

}  // namespace
}  // namespace fdnprobe::notify
