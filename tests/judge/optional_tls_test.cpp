// Where TLS is only tried: what the shared judges leave to the service's own, and what they do not.
#include "catch.hpp"
#include "judge/attempt.hpp"
#include "judge/trace.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

/// A service's judge that says that it was asked.
Finding plainly_connected(const Check&, const Attempt&) {
    Finding finding;
    finding.cause = Cause::connected;
    finding.stage = Stage::exchange;
    finding.owner = Owner::nobody;
    return finding;
}

Finding finding_of(const Attempt& attempt) {
    Check check = check_of();
    check.trust.any = true;
    return judge::judge_attempt_with(plainly_connected, check, attempt);
}

Trace try_tls(Trace trace) { return trace.add(Stage::tls, What::tls_start, 0, 1, "update.fortiguard.net"); }
Trace at_once() { return try_tls(Trace::to().connect()); }
Trace after_hold() { return try_tls(Trace::to().connect().add(Stage::exchange, What::held, 2000)); }

}  // namespace

TEST_CASE("a service that had stood may dislike a ClientHello") {
    for (const What end : {What::reset, What::closed, What::send_error}) {
        const Attempt attempt = after_hold().add(Stage::tls, end, end == What::closed ? 0 : ECONNRESET);
        CHECK(judge::did_without_tls(attempt));
        const Finding finding = finding_of(attempt);
        CHECK(finding.cause == Cause::connected);
        CHECK(finding.warnings.empty());
    }
    const Attempt greeted =
        try_tls(Trace::to().connect().receive("220 hello")).add(Stage::tls, What::reset, ECONNRESET);
    CHECK(finding_of(greeted).cause == Cause::connected);
}

TEST_CASE("where nothing was seen of the service before, an end at the ClientHello may be a filter's") {
    CHECK(finding_of(at_once().add(Stage::tls, What::reset, ECONNRESET)).cause == Cause::reset_after_hello);
    CHECK(finding_of(at_once().add(Stage::tls, What::send_error, EPIPE)).cause == Cause::reset_after_hello);
    CHECK(finding_of(at_once().add(Stage::tls, What::closed)).cause == Cause::closed_after_hello);
    // A proxy's words are not the service's.
    const Trace through_proxy = Trace::to().connect().add(Stage::proxy, What::received, 3, 0, "200");
    CHECK_FALSE(judge::did_without_tls(try_tls(through_proxy).add(Stage::tls, What::reset, ECONNRESET)));
}

TEST_CASE("plain text in return for a ClientHello is for the service's judge") {
    for (const Trace& trace : {at_once(), after_hold()}) {
        Trace answered = trace;
        CHECK(finding_of(answered.add(Stage::tls, What::tls_plaintext, 3, 0, "220")).cause == Cause::connected);
    }
}

TEST_CASE("silence in return for a ClientHello, which the far end's host has acknowledged or not") {
    for (const Trace& trace : {at_once(), after_hold()}) {
        const auto silent = [&](std::int32_t acknowledged) {
            Trace copy = trace;
            return finding_of(copy.add(Stage::tls, What::silent, 3500, acknowledged));
        };
        CHECK(silent(1).cause == Cause::connected);
        CHECK(silent(-1).cause == Cause::connected);
        CHECK(silent(0).cause == Cause::hello_timeout);
        CHECK(silent(0).owner == Owner::network);
    }
}

TEST_CASE("what speaks TLS is judged by it, though it was only tried") {
    for (const Trace& trace : {at_once(), after_hold()}) {
        Trace alert = trace;
        CHECK(finding_of(alert.add(Stage::tls, What::tls_alert_received, 70).add(Stage::tls, What::closed)).cause ==
              Cause::tls_alert);
        Trace error = trace;
        CHECK(finding_of(error.add(Stage::tls, What::tls_error, 258, 0, "unsupported protocol")).cause ==
              Cause::bad_answer);
        Trace cut = trace;
        CHECK(finding_of(cut.tls(fortinet_facts()).add(Stage::tls, What::reset, ECONNRESET)).cause ==
              Cause::reset_after_hello);
        TlsFacts wants = fortinet_facts();
        wants.client_certificate_requested = true;
        wants.complete = false;
        Trace refused = trace;
        CHECK(finding_of(refused.tls(wants).add(Stage::tls, What::tls_alert_received, 116)).cause ==
              Cause::client_certificate_required);
        Trace done = trace;
        const Finding finding = finding_of(done.add(Stage::tls, What::tls_ok).tls(fortinet_facts()));
        CHECK(finding.cause == Cause::connected);  // as its judge says
        CHECK_THAT(finding.detail, says("signed by 'support'"));
    }
}

TEST_CASE("a connection that ends while it is held") {
    CHECK(finding_of(Trace::to().connect().add(Stage::exchange, What::closed)).cause == Cause::closed_after_connect);
    CHECK(finding_of(Trace::to().connect().add(Stage::exchange, What::reset, ECONNRESET)).cause ==
          Cause::reset_after_connect);
}

TEST_CASE("TLS that is not optional is not done without") {
    const Attempt attempt = Trace::to().connect().hello().add(Stage::tls, What::tls_plaintext, 3, 0, "220");
    CHECK_FALSE(judge::did_without_tls(attempt));
    CHECK(finding_of(attempt).cause == Cause::wrong_protocol);
    CHECK_FALSE(judge::did_without_tls(Trace::to().connect()));
}
