#include "judge/proxy.hpp"

#include <utility>
#include <vector>

#include "catch.hpp"
#include "judge/attempt.hpp"
#include "judge/conclude.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

constexpr std::int32_t without_credentials = 0;
constexpr std::int32_t with_credentials = 1;
constexpr std::int32_t withheld_credentials = 2;

Finding finding_of(const Attempt& attempt, const Check& check = check_of()) {
    return judge::judge_attempt_with(content, check, attempt);
}

/// Connected to the proxy, and asked for a tunnel.
Trace asked(std::int32_t credentials = without_credentials) {
    return Trace::through_proxy()
        .add(Stage::proxy, What::connect_start)
        .from(own)
        .add(Stage::proxy, What::connect_ok)
        .add(Stage::proxy, What::sent, 80, credentials, "CONNECT 198.18.0.80:443 HTTP/1.1\r\n\r\n");
}

Trace said(const std::string& bytes, std::int32_t credentials = without_credentials) {
    return asked(credentials).add(Stage::proxy, What::received, static_cast<std::int32_t>(bytes.size()), 0, bytes);
}

const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";

}  // namespace

TEST_CASE("a proxy's consent leaves the word to the far end") {
    CHECK(finding_of(said(established).send().receive()).cause == Cause::answered);
    CHECK(finding_of(said("HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n").send().receive()).cause == Cause::answered);
    CHECK(finding_of(said("HTTP/1.1 103 Early Hints\r\n\r\n" + established)).cause == Cause::answered);
    CHECK(finding_of(said(established).hello().add(Stage::tls, What::reset, ECONNRESET)).cause ==
          Cause::reset_after_hello);
    CHECK(finding_of(said(established).add(Stage::exchange, What::closed)).cause == Cause::closed_after_connect);
}

TEST_CASE("a proxy's refusals are told apart") {
    const Finding denied = finding_of(said("HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n\r\n"));
    CHECK(denied.cause == Cause::proxy_denied);
    CHECK(denied.confidence == Confidence::proven);
    CHECK(denied.owner == Owner::proxy);
    CHECK(denied.stage == Stage::proxy);
    CHECK(denied.detail == "'HTTP/1.1 403 Forbidden' ('ERR_ACCESS_DENIED 0')");

    for (const char* status : {"502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"}) {
        const Finding failed = finding_of(said(std::string("HTTP/1.1 ") + status + "\r\n\r\n"));
        CHECK(failed.cause == Cause::proxy_denied);
        CHECK(failed.confidence == Confidence::likely);
        CHECK(failed.detail == std::string("'HTTP/1.1 ") + status + "', so the proxy may not get there itself");
    }
    CHECK_THAT(finding_of(said("HTTP/1.1 502 x\r\nProxy-Status: p; error=connection_refused\r\n\r\n")).detail,
               says("('p; error=connection_refused')"));
    // What is not about the way beyond the proxy is not said to be.
    const Finding confused = finding_of(said("HTTP/1.1 500 Internal Server Error\r\n\r\n"));
    CHECK(confused.cause == Cause::proxy_denied);
    CHECK(confused.detail == "'HTTP/1.1 500 Internal Server Error'");
    CHECK(finding_of(said("HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n")).cause == Cause::proxy_denied);
    CHECK(finding_of(said("HTTP/1.1 101 Switching Protocols\r\n\r\n")).cause == Cause::proxy_denied);
    CHECK(finding_of(said("HTTP/1.1 405 Method Not Allowed\r\n\r\n")).cause == Cause::proxy_denied);
}

TEST_CASE("a proxy that wants credentials, and what became of ours") {
    const std::string wanted =
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
    const Finding none = finding_of(said(wanted));
    CHECK(none.cause == Cause::proxy_auth_required);
    CHECK(none.confidence == Confidence::proven);
    CHECK(none.owner == Owner::proxy);
    CHECK(none.detail == "'HTTP/1.1 407 Proxy Authentication Required'");
    CHECK_THAT(finding_of(said(wanted, with_credentials)).detail, says("they are wrong"));
    CHECK_THAT(finding_of(said(wanted, withheld_credentials)).detail, says("refused them before"));

    const Finding other = finding_of(said(
        "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM, x\r\n\r\n", without_credentials));
    CHECK_THAT(other.detail, says("it offers Negotiate, NTLM, and fdnprobe knows Basic alone"));
    CHECK(finding_of(said("HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: basic x\r\n\r\n"))
              .detail.find("knows Basic alone") == std::string::npos);
}

TEST_CASE("what is no answer of an HTTP proxy") {
    const Finding foreign = finding_of(said("SSH-2.0-OpenSSH_9.2\r\n"));
    CHECK(foreign.cause == Cause::proxy_unreachable);
    CHECK(foreign.confidence == Confidence::likely);
    CHECK(foreign.detail == "it answered 'SSH-2.0-OpenSSH_9.2', which is not HTTP");
    // Consent has to be whole, and a refusal is one however it goes on.
    CHECK(finding_of(said("HTTP/1.1 200 OK\r\nA: b\r\n").add(Stage::proxy, What::closed)).cause ==
          Cause::proxy_unreachable);
    CHECK(finding_of(said("HTTP/1.1 200 OK\r\nno header\r\n\r\n")).cause == Cause::proxy_unreachable);
    CHECK(finding_of(said("HTTP/1.1 403 Forbidden\r\nA:").add(Stage::proxy, What::closed)).cause ==
          Cause::proxy_denied);
    CHECK(finding_of(said("HTTP/1.1 407 x\r\nno header\r\n\r\n")).cause == Cause::proxy_auth_required);
    const Finding endless = finding_of(asked().add(Stage::proxy, What::received, 20000, 0, "HTTP/1.1 200 OK\r\nX: y"));
    CHECK(endless.cause == Cause::proxy_unreachable);
    CHECK_THAT(endless.detail, says("the head is too long"));
    CHECK(finding_of(said("HTTP/1.1 2")).cause == Cause::proxy_unreachable);
    CHECK(finding_of(said("\r\n")).cause == Cause::proxy_unreachable);
}

TEST_CASE("what a proxy says is escaped and cut") {
    for (const std::string& bytes : std::vector<std::string>{
             "\x1b[2J\x07 hello", "HTTP/1.1 403 \x1b[2J\r\nX-Squid-Error: \x1b]0;x\r\n\r\n",
             "HTTP/1.1 407 x\r\nProxy-Authenticate: \x1b[2J" + std::string(4000, 'x') + "\r\n\r\n"}) {
        const Finding finding = finding_of(said(bytes));
        CHECK(verdict_of(finding.cause) == Verdict::blocked);
        CHECK(finding.detail.find('\x1b') == std::string::npos);
        CHECK(finding.detail.size() < 400);
    }
}

TEST_CASE("every truncation of an answer is judged, and none but the whole consent lets through") {
    const std::string consent = "HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n";
    for (std::size_t size = 1; size < consent.size(); ++size) {
        INFO(size);
        const Finding finding = finding_of(said(consent.substr(0, size)).add(Stage::proxy, What::closed));
        CHECK(finding.cause == Cause::proxy_unreachable);
    }
}

TEST_CASE("a proxy that takes the connection and gives no answer") {
    const auto ended = [](What what, std::int32_t code = 0, std::int32_t detail = 0) {
        return finding_of(asked().add(Stage::proxy, what, code, detail));
    };
    for (const Finding& finding : {ended(What::closed), ended(What::reset, ECONNRESET), ended(What::send_error, EPIPE),
                                   ended(What::silent, 3500, 0), ended(What::silent, 3500, 1)}) {
        CHECK(finding.cause == Cause::proxy_unreachable);
        CHECK(finding.stage == Stage::proxy);
        CHECK(finding.owner == Owner::proxy);
    }
    CHECK_THAT(ended(What::reset, ECONNRESET).detail, says("took the request and reset"));
    // It may be the destination that the proxy waits for: that is said, and not decided.
    CHECK(ended(What::silent, 3500, 1).confidence == Confidence::possible);
    CHECK_THAT(ended(What::silent, 3500, 1).detail, says("waits for the destination looks the same"));
    CHECK(ended(What::silent, 3500, 0).confidence == Confidence::likely);
    const Finding unasked = finding_of(
        Trace::through_proxy().add(Stage::proxy, What::connect_ok).add(Stage::proxy, What::reset, ECONNRESET));
    CHECK(unasked.cause == Cause::proxy_unreachable);
    CHECK_THAT(unasked.detail, says("accepted the connection and reset"));
}

TEST_CASE("a proxy whose host does not answer") {
    const auto refused = [](std::int32_t number) {
        return finding_of(Trace::through_proxy()
                              .add(Stage::proxy, What::connect_start)
                              .from(own)
                              .later(std::chrono::seconds(3))
                              .add(Stage::proxy, What::connect_error, number));
    };
    CHECK(refused(ECONNREFUSED).cause == Cause::proxy_unreachable);
    CHECK(refused(ECONNREFUSED).detail == "it refuses the connection");
    CHECK(refused(ECONNREFUSED).owner == Owner::proxy);
    CHECK(refused(ECONNRESET).cause == Cause::proxy_unreachable);
    // Nobody answered ARP for it.
    CHECK(refused(EHOSTUNREACH).cause == Cause::proxy_unreachable);
    CHECK(refused(EHOSTUNREACH).owner == Owner::network);

    const Finding silent = finding_of(Trace::through_proxy().add(Stage::proxy, What::connect_timeout, 2, 3500));
    CHECK(silent.cause == Cause::proxy_unreachable);
    CHECK(silent.detail == "no answer in 3.5 s");

    const Finding icmp = finding_of(Trace::through_proxy().icmp(3, 13, firewall, Stage::proxy));
    CHECK(icmp.cause == Cause::proxy_unreachable);
    CHECK(icmp.where->address == firewall);
    CHECK(icmp.owner == Owner::network);
    CHECK(finding_of(Trace::through_proxy().icmp(3, 3, proxy, Stage::proxy)).owner == Owner::proxy);
}

TEST_CASE("this host's own trouble on the way to the proxy stays its own") {
    const auto failed = [](std::int32_t number, std::string at = {}) {
        return Trace::through_proxy().without_local().add(Stage::proxy, What::connect_error, number, 0, std::move(at));
    };
    CHECK(finding_of(failed(ENETUNREACH)).cause == Cause::no_route);
    CHECK(finding_of(failed(EADDRNOTAVAIL, "bind")).cause == Cause::source_unavailable);
    CHECK(finding_of(failed(EMFILE)).cause == Cause::out_of_descriptors);
    CHECK(finding_of(
              Trace::through_proxy().add(Stage::proxy, What::connect_start).from(own).icmp(3, 13, own, Stage::proxy))
              .cause == Cause::local_firewall);
    // The proxy on this host is no packet filter.
    Attempt on_loopback = Trace::through_proxy().icmp(3, 3, ip("127.0.0.1"), Stage::proxy);
    on_loopback.proxy = SocketAddress{ip("127.0.0.1"), 3128};
    CHECK(finding_of(on_loopback).cause == Cause::proxy_unreachable);

    std::vector<Attempt> attempts{failed(ENETUNREACH)};
    const Conclusion conclusion = judge::conclude_with(content, check_of(), attempts);
    CHECK_THAT(conclusion.summary, says("no route to the proxy for TCP/443"));
}

TEST_CASE("a proxy whose name leads nowhere") {
    Trace nowhere = Trace::nowhere();
    const Finding missing = finding_of(nowhere.add(Stage::proxy, What::resolve_rcode, 3, 1, "10.0.0.53:53"));
    CHECK(missing.cause == Cause::proxy_unreachable);
    CHECK(missing.stage == Stage::proxy);
    CHECK(missing.owner == Owner::resolver);
    CHECK(missing.detail == "its name does not resolve (nxdomain, NXDOMAIN from resolver 10.0.0.53:53)");
    CHECK_THAT(finding_of(Trace::nowhere().add(Stage::proxy, What::resolve_timeout, 0, 1, "10.0.0.53:53")).detail,
               says("dns-timeout"));
    CHECK_THAT(
        finding_of(Trace::nowhere().add(Stage::proxy, What::resolve_error, ECONNREFUSED, 0, "10.0.0.53:53")).detail,
        says("resolver-unreachable"));

    std::vector<Attempt> attempts{Trace::nowhere().add(Stage::proxy, What::resolve_rcode, 3, 1, "10.0.0.53:53")};
    const Conclusion conclusion = judge::conclude_with(content, check_of(), attempts);
    CHECK(conclusion.verdict == Verdict::blocked);
    CHECK_THAT(*conclusion.advice, says("the proxy's name"));
    // ICMP of the resolver's host is not a packet filter of this one.
    CHECK(finding_of(Trace::nowhere()
                         .icmp(3, 3, ip("127.0.0.1"), Stage::proxy)
                         .add(Stage::proxy, What::resolve_error, ECONNREFUSED, 0, "127.0.0.1:53")
                         .from(ip("127.0.0.1")))
              .cause == Cause::proxy_unreachable);
    const Finding exhausted = finding_of(Trace::nowhere().add(Stage::proxy, What::resolve_error, EMFILE, 0, "x"));
    CHECK(exhausted.cause == Cause::out_of_descriptors);
    CHECK(exhausted.stage == Stage::proxy);
    // A name that a check is about is another matter.
    CHECK(finding_of(Trace::nowhere().add(Stage::resolve, What::resolve_rcode, 3, 1, "x")).cause == Cause::nxdomain);
}

TEST_CASE("a name that the proxy looks up has no address here") {
    const auto asked_by_name = [] {
        return Trace::through_proxy(std::nullopt)
            .add(Stage::proxy, What::connect_ok)
            .add(Stage::proxy, What::sent, 80, 0, "CONNECT update.fortiguard.net:443 HTTP/1.1\r\n\r\n");
    };
    const auto answered = [&](std::string line) {
        return finding_of(asked_by_name().add(Stage::proxy, What::received, 9, 0, std::move(line)).send().receive());
    };
    CHECK(answered(established).cause == Cause::answered);
    CHECK(answered("HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n").cause ==
          Cause::proxy_denied);
    std::vector<Attempt> attempts{asked_by_name().add(Stage::proxy, What::received, 9, 0, established)};
    CHECK(judge::conclude_with(content, check_of(), attempts).verdict == Verdict::reachable);
}

TEST_CASE("a connection that a proxy vouches for is likely, not proven") {
    const auto connected = [](const Check&, const Attempt&) {
        Finding finding;
        finding.cause = Cause::connected;
        finding.stage = Stage::connect;
        finding.confidence = Confidence::proven;
        finding.owner = Owner::nobody;
        return finding;
    };
    const Finding through = judge::judge_attempt_with(connected, check_of(), said(established));
    CHECK(through.cause == Cause::connected);
    CHECK(through.confidence == Confidence::likely);
    CHECK(through.detail == "as the proxy says");
    CHECK(judge::judge_attempt_with(connected, check_of(), Trace::to().connect()).confidence == Confidence::proven);
}

TEST_CASE("the probe's judge sees the far end alone") {
    const auto counting = [](const Check&, const Attempt& attempt) {
        Finding finding;
        finding.cause =
            attempt.evidence.size() == 4 && attempt.evidence[2].text == "220" ? Cause::answered : Cause::bad_answer;
        return finding;
    };
    // connect.start, connect.ok, then what the far end said and its silence.
    CHECK(judge::judge_attempt_with(counting, check_of(),
                                    said(established).receive("220").add(Stage::exchange, What::silent, 1, 1))
              .cause == Cause::answered);
    // What the proxy has acknowledged need not have got any further.
    CHECK(finding_of(said(established).hello().add(Stage::tls, What::silent, 3500, 1)).confidence ==
          Confidence::possible);
    CHECK(finding_of(Trace::to().connect().hello().add(Stage::tls, What::silent, 3500, 1)).confidence ==
          Confidence::likely);
}

TEST_CASE("a certificate that was signed anew on the way through a proxy is interception") {
    std::vector<Attempt> attempts{said(established).handshake(facts_of("Corp Inspection CA"))};
    Check check = check_of();
    check.trust = Trust{true, false, false};
    const Conclusion conclusion = judge::conclude_with(content, check, attempts);
    CHECK(conclusion.cause == Cause::tls_intercepted);
    CHECK_THAT(*conclusion.advice, says("on the proxy first"));
}

TEST_CASE("the advice about a proxy fits what it said") {
    const auto advice = [](const Attempt& attempt) {
        std::vector<Attempt> attempts{attempt};
        return judge::conclude_with(content, check_of(), attempts).advice.value();
    };
    CHECK_THAT(advice(said("HTTP/1.1 403 Forbidden\r\n\r\n")), says("allow CONNECT for TCP/443"));
    CHECK_THAT(advice(said("HTTP/1.1 407 x\r\n\r\n")), says("`[secrets]`"));
    CHECK_THAT(advice(said("HTTP/1.1 503 x\r\n\r\n")), says("from the proxy's own network"));
    CHECK_THAT(advice(Trace::through_proxy().add(Stage::proxy, What::connect_error, ECONNREFUSED)),
               says("here and on the device"));
    CHECK_THAT(advice(Trace::through_proxy().icmp(3, 13, firewall, Stage::proxy)), says("Let 198.18.0.254 pass"));
}
