#include <utility>

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
    inside.public_name = inside.vendor_host = false;
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

namespace {

constexpr std::string_view host = "update.fortiguard.net";

Trace greeted_with(std::string_view name, std::int32_t size = 358) {
    return Trace::to().connect().add(Stage::tls, What::tls_start, size, 0, std::string(name));
}

Trace reset_at(std::string_view name) { return greeted_with(name).add(Stage::tls, What::reset, ECONNRESET); }
Trace silent_at(std::string_view name, std::int32_t acknowledged, std::int32_t size = 358, std::int32_t waited = 3500) {
    return greeted_with(name, size).add(Stage::tls, What::silent, waited, acknowledged);
}
Trace answered_at(std::string_view name) { return greeted_with(name).add(Stage::tls, What::tls_ok).tls(facts_of()); }
Trace unconnected() { return Trace::to().start().add(Stage::connect, What::connect_timeout, 2, 3500); }

Comparison changed(Change change, const Attempt& attempt) {
    Comparison comparison;
    comparison.change = change;
    if (change == Change::other_name) comparison.with = "example.com";
    if (change == Change::small_segments) comparison.with = "256 bytes";
    comparison.attempt = attempt;
    return comparison;
}

Finding compared(Attempt attempt, std::vector<Comparison> comparisons, const Check& check = check_for_fortinet()) {
    attempt.comparisons = std::move(comparisons);
    return finding_of(attempt, check);
}

}  // namespace

TEST_CASE("a reset that another name does not get: the name is what is filtered") {
    const Comparison other = changed(Change::other_name, answered_at("example.com"));
    const Comparison none = changed(Change::no_name, answered_at(""));
    const Comparison again = changed(Change::unchanged, reset_at(host));
    const Finding finding = compared(reset_at(host), {other, none, again});
    CHECK(finding.cause == Cause::reset_after_hello);
    CHECK(finding.owner == Owner::network);
    CHECK(finding.confidence == Confidence::likely);
    CHECK_THAT(finding.detail, says("with another server name (example.com), and with none, it answers") &&
                                   says("the name is what is filtered"));
    CHECK_THAT(compared(reset_at(host), {changed(Change::other_name, reset_at("example.com")), none, again}).detail,
               says("without a server name it answers: the name is what is filtered"));
    // Whoever sends an alert speaks TLS.
    const Trace alert = greeted_with("example.com").add(Stage::tls, What::tls_alert_received, 112);
    CHECK(compared(reset_at(host), {changed(Change::other_name, alert), again}).owner == Owner::network);
}

TEST_CASE("one step short of that: the real name was not reset again, or not tried again") {
    const Comparison other = changed(Change::other_name, answered_at("example.com"));
    const Finding flapping = compared(reset_at(host), {other, changed(Change::unchanged, answered_at(host))});
    CHECK(flapping.cause == Cause::reset_after_hello);
    CHECK(flapping.owner == Owner::unknown);
    CHECK_THAT(flapping.detail, says("comes and goes") && !says("filtered"));
    CHECK(compared(reset_at(host), {other}).confidence == Confidence::possible);
    CHECK(compared(reset_at(host), {other, changed(Change::unchanged, unconnected())}).confidence ==
          Confidence::possible);
}

TEST_CASE("a comparison that did not get that far says nothing") {
    const Finding alone = finding_of(reset_at(host));
    Attempt cut = greeted_with("example.com");
    cut.evidence.push_back({});
    cut.evidence.back().what = What::cancelled;
    const Trace page = greeted_with("example.com").add(Stage::tls, What::tls_plaintext, 20, 0, "HTTP/1.1 403 No");
    for (const Attempt& attempt : {Attempt(unconnected()), cut, Attempt(page), Attempt()}) {
        const Finding finding =
            compared(reset_at(host), {changed(Change::other_name, attempt), changed(Change::no_name, attempt),
                                      changed(Change::unchanged, attempt)});
        CHECK(finding.cause == alone.cause);
        CHECK(finding.owner == alone.owner);
        CHECK(finding.confidence == alone.confidence);
        CHECK(finding.detail == alone.detail);
    }
}

TEST_CASE("when no name helps, the names are not to blame") {
    const Finding finding =
        compared(reset_at(host), {changed(Change::other_name, reset_at("example.com")),
                                  changed(Change::no_name, reset_at("")), changed(Change::unchanged, reset_at(host))});
    CHECK(finding.cause == Cause::reset_after_hello);
    CHECK(finding.owner == Owner::unknown);
    CHECK_THAT(finding.detail, says("another server name and no name fare no better"));
}

TEST_CASE("an orderly end may be the service's own") {
    const Trace closed = greeted_with(host).add(Stage::tls, What::closed);
    const std::vector<Comparison> comparisons{changed(Change::other_name, answered_at("example.com")),
                                              changed(Change::unchanged, closed)};
    CHECK(compared(closed, comparisons).owner == Owner::network);
    Check inside = check_for_fortinet();
    inside.public_name = inside.vendor_host = false;
    const Finding finding = compared(closed, comparisons, inside);
    CHECK(finding.cause == Cause::closed_after_hello);
    CHECK(finding.owner == Owner::unknown);
    CHECK_THAT(finding.detail, says("by a filter or by the service itself"));
}

TEST_CASE("a greeting that names nobody, where one with a name is answered") {
    const Finding finding = compared(reset_at(""), {changed(Change::other_name, answered_at("example.com")),
                                                    changed(Change::unchanged, reset_at(""))});
    CHECK(finding.owner == Owner::unknown);
    CHECK_THAT(finding.detail, says("a greeting without one is not wanted"));
}

TEST_CASE("silence at one name only") {
    const Comparison other = changed(Change::other_name, answered_at("example.com"));
    const Comparison none = changed(Change::no_name, answered_at(""));
    const Finding finding =
        compared(silent_at(host, 0), {other, none, changed(Change::small_segments, silent_at(host, 0))});
    CHECK(finding.cause == Cause::hello_timeout);
    CHECK(finding.owner == Owner::network);
    CHECK(finding.confidence == Confidence::likely);
    CHECK_THAT(finding.detail, says("the name is what is filtered"));
    // The real name was answered in the end: it may have been a moment's trouble.
    CHECK(compared(silent_at(host, 0), {other, changed(Change::small_segments, answered_at(host))}).confidence ==
          Confidence::possible);
}

TEST_CASE("small packets pass and large ones vanish, whatever name they have") {
    const Comparison small = changed(Change::small_segments, answered_at(host));
    const auto at = [&](std::int32_t acknowledged) {
        return compared(silent_at(host, acknowledged),
                        {changed(Change::other_name, silent_at("example.com", acknowledged, 348)),
                         changed(Change::no_name, silent_at("", acknowledged, 333)), small});
    };
    const Finding ours = at(0);
    CHECK(ours.cause == Cause::mtu_blackhole);
    CHECK(ours.owner == Owner::network);
    CHECK(ours.confidence == Confidence::likely);
    CHECK(ours.stage == Stage::tls);
    CHECK_THAT(ours.detail, says("358 bytes") && says("256 bytes") && says("what vanishes is sent by this host"));
    const Finding theirs = at(1);
    CHECK(theirs.cause == Cause::mtu_blackhole);
    CHECK_THAT(theirs.detail, says("what vanishes is sent by the far end"));
    CHECK(at(-1).cause == Cause::mtu_blackhole);
    CHECK_THAT(at(-1).detail, !says("sent by"));
}

TEST_CASE("one step short of a black hole it stays a greeting without an answer") {
    const Comparison small = changed(Change::small_segments, answered_at(host));
    const auto with = [&](const Attempt& other, const Attempt& real = silent_at(host, 0)) {
        return compared(real, {changed(Change::other_name, other), small});
    };
    for (const Finding& finding : {compared(silent_at(host, 0), {small}), with(unconnected()),
                                   with(reset_at("example.com")), with(silent_at("example.com", 1)),
                                   // It was given too little time to be called silent.
                                   with(silent_at("example.com", 0, 348, 300)),
                                   // It was one small segment all along.
                                   with(silent_at("example.com", 0, 250), silent_at(host, 0, 256))}) {
        CHECK(finding.cause == Cause::hello_timeout);
        CHECK_THAT(finding.detail, says("in segments of 256 bytes it answers"));
    }
    const Finding dead = compared(silent_at(host, 0), {changed(Change::other_name, silent_at("example.com", 0)),
                                                       changed(Change::small_segments, silent_at(host, 0))});
    CHECK(dead.cause == Cause::hello_timeout);
    CHECK_THAT(dead.detail, says("another server name and small segments fare no better"));
}

TEST_CASE("a proxy's acknowledgements are its own") {
    const auto through_proxy = [](Attempt attempt) {
        attempt.proxy = SocketAddress{proxy, 3128};
        return attempt;
    };
    Attempt real = through_proxy(silent_at(host, 1));
    real.comparisons = {changed(Change::other_name, through_proxy(silent_at("example.com", 0))),
                        changed(Change::small_segments, through_proxy(answered_at(host)))};
    const Finding finding = finding_of(real);
    CHECK(finding.cause == Cause::mtu_blackhole);
    CHECK_THAT(finding.detail, says("between this host and the proxy"));
}

TEST_CASE("what came with a comparison is escaped") {
    Comparison other = changed(Change::other_name, answered_at("example.com"));
    other.with = "exa\x1b[2Jmple";
    const Finding finding = compared(reset_at(host), {other, changed(Change::unchanged, reset_at(host))});
    CHECK(finding.detail.find('\x1b') == std::string::npos);
}
