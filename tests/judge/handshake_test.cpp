#include "catch.hpp"
#include "judge/attempt.hpp"
#include "judge/tls_alert.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

Check check_for_fortinet() {
    Check check = check_of();
    check.trust.fortinet = true;
    return check;
}

Finding finding_of(const Attempt& attempt, const Check& check = check_for_fortinet()) {
    return judge::judge_attempt_with(content, check, attempt);
}

Trace greeted() { return Trace::to().connect().hello(); }

Trace asked_for_certificate() {
    TlsFacts facts = fortinet_facts();
    facts.client_certificate_requested = true;
    facts.complete = false;
    return greeted().add(Stage::tls, What::tls_certificate_requested).tls(std::move(facts));
}

}  // namespace

TEST_CASE("ends of a connection after the ClientHello") {
    CHECK(finding_of(greeted().add(Stage::tls, What::reset, ECONNRESET)).cause == Cause::reset_after_hello);
    CHECK(finding_of(greeted().add(Stage::tls, What::send_error, EPIPE)).cause == Cause::reset_after_hello);
    CHECK(finding_of(greeted().add(Stage::tls, What::closed)).cause == Cause::closed_after_hello);
    CHECK(finding_of(greeted()).cause == Cause::internal);
    CHECK(finding_of(greeted().add(Stage::tls, What::closed)).stage == Stage::tls);
}

TEST_CASE("a ClientHello that stays unanswered") {
    const auto silence = [](std::int32_t acknowledged) {
        return finding_of(greeted().add(Stage::tls, What::silent, 3500, acknowledged));
    };
    CHECK(silence(0).cause == Cause::hello_timeout);
    CHECK(silence(0).owner == Owner::network);
    CHECK_THAT(silence(0).detail, says("not even acknowledged"));
    CHECK_THAT(silence(1).detail, says("was acknowledged"));
    CHECK(silence(-1).confidence == Confidence::possible);
    CHECK_THAT(silence(-1).detail, !says("acknowledged"));
    const Finding later = finding_of(greeted().tls(fortinet_facts()).add(Stage::tls, What::silent, 3500, 1));
    CHECK(later.cause == Cause::hello_timeout);
    CHECK_THAT(later.detail, says("its certificate came"));
}

TEST_CASE("bytes that are not TLS") {
    const auto said = [](std::string text, const Check& check) {
        return finding_of(greeted().add(Stage::tls, What::tls_plaintext, 1, 0, std::move(text)), check);
    };
    const Finding page = said("HTTP/1.1 403 Blocked\r\nServer: x\r\n\r\n", check_for_fortinet());
    CHECK(page.cause == Cause::wrong_protocol);
    CHECK(page.owner == Owner::network);
    CHECK(page.confidence == Confidence::likely);
    CHECK_THAT(page.detail, says("plain HTTP") && says("403 Blocked"));
    Check inside = check_for_fortinet();
    inside.public_name = false;
    const Finding other = said("SSH-2.0-OpenSSH\x1b[2J" + std::string(500, 'a'), inside);
    CHECK(other.confidence == Confidence::possible);
    CHECK_THAT(other.detail, says("SSH-2.0") && !says("HTTP"));
    CHECK(other.detail.find('\x1b') == std::string::npos);
    CHECK(other.detail.size() < 150);
}

TEST_CASE("alerts are named") {
    const Finding finding = finding_of(greeted().add(Stage::tls, What::tls_alert_received, 112));
    CHECK(finding.cause == Cause::tls_alert);
    CHECK(finding.detail == "alert 112 (unrecognized_name)");
    CHECK(judge::alert_text(40) == "alert 40 (handshake_failure)");
    CHECK(judge::alert_text(116) == "alert 116 (certificate_required)");
    CHECK(judge::alert_text(250) == "alert 250");
    // The alert says more than the reset that follows it, and than OpenSSL's words for it.
    CHECK(finding_of(greeted()
                         .add(Stage::tls, What::tls_alert_received, 70)
                         .add(Stage::tls, What::tls_error, 1, 0, "tlsv1 alert protocol version")
                         .add(Stage::tls, What::reset, ECONNRESET))
              .cause == Cause::tls_alert);
    // close_notify is an orderly end.
    CHECK(finding_of(greeted().add(Stage::tls, What::tls_alert_received, 0).add(Stage::tls, What::closed)).cause ==
          Cause::closed_after_hello);
}

TEST_CASE("a handshake that fails on this side") {
    const Finding finding = finding_of(greeted().add(Stage::tls, What::tls_error, 258, 0, "unsupported protocol"));
    CHECK(finding.cause == Cause::bad_answer);
    CHECK_THAT(finding.detail, says("unsupported protocol"));
    CHECK_THAT(finding_of(greeted().add(Stage::tls, What::tls_error, 258)).detail, says("258"));
}

TEST_CASE("an alert for want of a certificate means that the path is open") {
    const auto alert = GENERATE(40, 41, 42, 43, 44, 45, 46, 48, 49, 116);
    const Finding finding = finding_of(asked_for_certificate().add(Stage::tls, What::tls_alert_received, alert));
    CAPTURE(alert);
    CHECK(finding.cause == Cause::client_certificate_required);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.confidence == (alert == 40 ? Confidence::likely : Confidence::proven));
    CHECK_THAT(finding.detail, says("alert " + std::to_string(alert)) && says("signed by 'support' (Fortinet)"));
}

TEST_CASE("the same alerts prove nothing before the far end has identified itself") {
    CHECK(finding_of(greeted().add(Stage::tls, What::tls_alert_received, 40)).cause == Cause::tls_alert);
    TlsFacts unasked = fortinet_facts();
    unasked.complete = false;
    CHECK(finding_of(greeted().tls(unasked).add(Stage::tls, What::tls_alert_received, 40)).cause == Cause::tls_alert);
    CHECK(finding_of(asked_for_certificate().add(Stage::tls, What::tls_alert_received, 80)).cause == Cause::tls_alert);
}

TEST_CASE("in TLS 1.3 the refusal comes after the handshake") {
    TlsFacts facts = fortinet_facts();
    facts.client_certificate_requested = true;
    const auto done = [&] { return greeted().add(Stage::tls, What::tls_ok).tls(facts); };
    CHECK(finding_of(done().add(Stage::exchange, What::tls_alert_received, 116)).cause ==
          Cause::client_certificate_required);
    CHECK(finding_of(done().send().add(Stage::exchange, What::closed)).cause == Cause::client_certificate_required);
    CHECK(finding_of(done().send().add(Stage::exchange, What::closed)).confidence == Confidence::likely);
    // A reset may be anybody's.
    CHECK(finding_of(done().send().add(Stage::exchange, What::reset, ECONNRESET)).cause == Cause::no_answer);
    // An answer is an answer, whatever follows it.
    CHECK(finding_of(done().send().receive().add(Stage::exchange, What::closed)).cause == Cause::answered);
    CHECK(finding_of(done()).cause == Cause::answered);
}

TEST_CASE("a server that closes for want of a certificate, and a reset in the same place") {
    CHECK(finding_of(asked_for_certificate().add(Stage::tls, What::closed)).cause ==
          Cause::client_certificate_required);
    CHECK(finding_of(asked_for_certificate().add(Stage::tls, What::closed)).confidence == Confidence::likely);
    CHECK(finding_of(asked_for_certificate().add(Stage::tls, What::closed).add(Stage::tls, What::send_error, EPIPE))
              .cause == Cause::reset_after_hello);
    const Finding reset = finding_of(asked_for_certificate().add(Stage::tls, What::reset, ECONNRESET));
    CHECK(reset.cause == Cause::reset_after_hello);
    CHECK_THAT(reset.detail, says("asked for a client certificate"));
}

TEST_CASE("whose certificate it is outranks how the handshake ended") {
    TlsFacts stranger = facts_of();
    stranger.client_certificate_requested = true;
    stranger.complete = false;
    CHECK(finding_of(greeted().tls(stranger).add(Stage::tls, What::tls_alert_received, 116)).cause ==
          Cause::tls_intercepted);
    CHECK(finding_of(greeted().tls(stranger).add(Stage::tls, What::reset, ECONNRESET)).cause == Cause::tls_intercepted);
}

TEST_CASE("a finished handshake that is reset before a request is for the probe to judge") {
    const Finding finding =
        finding_of(Trace::to().connect().handshake(fortinet_facts()).add(Stage::exchange, What::reset, ECONNRESET));
    CHECK(finding.cause == Cause::answered);
    CHECK_THAT(finding.warnings.at(0), says("reset"));
}
