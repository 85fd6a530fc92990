// The probes of services that may speak TLS or not: oftp, fsso, wanopt and tls-or-tcp.
#include "probes/optional_tls.hpp"

#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "probes/fsso.hpp"
#include "probes/oftp.hpp"
#include "probes/tls_or_tcp.hpp"
#include "probes/wanopt.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;

namespace {

struct Service {
    const Probe& probe;
    std::uint16_t port;
};

/// TLS is the rule there.
const std::vector<Service> tls_services{{oftp, 514}, {fsso, 8001}, {tls_or_tcp, 8013}};
const std::vector<Service> other_services{{fsso, 8000}, {wanopt, 7810}, {tls_or_tcp, 9582}};

Check check_of(const Service& service) {
    return testing::check_of(std::string(service.probe.description.name), Transport::tcp, service.port, "10.0.0.5");
}

std::vector<Step::Kind> kinds(const Played& played) {
    std::vector<Step::Kind> list;
    for (const Step& step : played.steps) list.push_back(step.kind);
    return list;
}

Played play(const Service& service, const FarEnd& far_end) { return play(service.probe, check_of(service), far_end); }

Finding judge(const Service& service, const Attempt& attempt) {
    return service.probe.judge(check_of(service), attempt);
}

/// What the driver would have written down, with the ClientHello's fate in the end.
Attempt tried(bool held, Event fate) {
    Attempt attempt;
    attempt.evidence.push_back(event_of(What::connect_ok));
    if (held) attempt.evidence.push_back(event_of(What::held, "", 2000));
    attempt.evidence.push_back(event_of(What::tls_start, "", 0, 1));
    attempt.evidence.push_back(std::move(fate));
    return attempt;
}

using Kind = Step::Kind;

}  // namespace

TEST_CASE("optional TLS: it comes first where it is the rule") {
    for (const Service& service : tls_services) {
        const Played played = play(service, {});
        CHECK(played.finished);
        CHECK(kinds(played) == std::vector{Kind::start_tls, Kind::finish});
        CHECK(played.steps[0].optional);
        CHECK(judge(service, played.attempt).cause == Cause::answered);
        CHECK(kinds(play(service, {.speaks_tls = false})) == std::vector{Kind::start_tls, Kind::finish});
    }
}

TEST_CASE("optional TLS: elsewhere the connection is held first") {
    for (const Service& service : other_services) {
        const Played played = play(service, {});
        CHECK(played.finished);
        CHECK(kinds(played) == std::vector{Kind::hold, Kind::start_tls, Kind::finish});
        CHECK(played.steps[0].wait == std::chrono::seconds(2));
        CHECK(played.steps[1].optional);
        CHECK(judge(service, played.attempt).cause == Cause::answered);
        CHECK(kinds(play(service, {.speaks_tls = false})) == std::vector{Kind::hold, Kind::start_tls, Kind::finish});
    }
}

TEST_CASE("optional TLS: a table may say how long is held, and a site's port does not change it") {
    Check check = check_of({oftp, 514});
    check.options["hold"] = 0.5;
    CHECK(play(oftp, check, {}).steps[0].wait == std::chrono::milliseconds(500));
    check = check_of({wanopt, 7810});
    check.options["hold"] = std::int64_t{0};
    CHECK(play(wanopt, check, {}).steps[0].kind == Kind::start_tls);
    check = check_of({tls_or_tcp, 8013});
    check.dial_port = 9013;
    CHECK(play(tls_or_tcp, check, {}).steps[0].kind == Kind::start_tls);
    for (const Probe* probe : {&oftp, &fsso, &wanopt, &tls_or_tcp}) {
        const ProbeOption& hold = probe->description.options[0];
        CHECK(hold.name == "hold");
        CHECK(hold.accepts(OptionValue(std::int64_t{60})));
        CHECK_FALSE(hold.accepts(OptionValue(60.5)));
        CHECK_FALSE(hold.accepts(OptionValue(-1.0)));
        CHECK_FALSE(hold.accepts(OptionValue("2"s)));
    }
}

TEST_CASE("optional TLS: what speaks first is quoted, and not asked for TLS") {
    for (const Service& service : other_services) {
        for (const bool closes : {false, true}) {
            const Played played = play(service, {.pieces = {"\x80\x01hello\x1B[0m\r\nmore"}, .closes = closes});
            CHECK(kinds(played) == std::vector{Kind::hold, Kind::finish});
            const Finding finding = judge(service, played.attempt);
            CHECK(finding.cause == Cause::connected);
            CHECK(finding.detail == "it said '\\x80\\x01hello\\x1b[0m'");
        }
        const Finding ssh = judge(service, play(service, {.pieces = {"SSH-2.0-OpenSSH_9.2\r\n"}}).attempt);
        CHECK(ssh.cause == Cause::wrong_protocol);
        CHECK(ssh.detail == "it speaks SSH: 'SSH-2.0-OpenSSH_9.2'");
    }
}

TEST_CASE("optional TLS: a connection that is dropped while it is held is none") {
    for (const Service& service : other_services) {
        const Played closed = play(service, {.closes = true});
        CHECK(kinds(closed) == std::vector{Kind::hold, Kind::finish});
        CHECK(judge(service, closed.attempt).cause == Cause::no_answer);
        const Played reset = play(service, {.dies_at_step = 0});
        CHECK_FALSE(reset.finished);
        CHECK(judge(service, reset.attempt).cause == Cause::no_answer);
        // After the hold, an end says no more than that TLS is not wanted.
        const Finding later = judge(service, play(service, {.dies_at_step = 1}).attempt);
        CHECK(later.cause == Cause::connected);
    }
    for (const Service& service : tls_services)
        CHECK(judge(service, play(service, {.dies_at_step = 0}).attempt).cause == Cause::no_answer);
}

TEST_CASE("optional TLS: without it, the connection has to have stood") {
    for (const Service& service : other_services) {
        const Finding reset = judge(service, tried(true, event_of(What::reset, "", 104)));
        CHECK(reset.cause == Cause::connected);
        CHECK(reset.confidence == Confidence::proven);
        CHECK(reset.owner == Owner::nobody);
        CHECK(reset.detail == "the connection stood for 2.0 s; it does not speak TLS");
        CHECK(judge(service, tried(true, event_of(What::closed))).detail == reset.detail);
        const Finding silent = judge(service, tried(true, event_of(What::silent, "", 3500, 1)));
        CHECK(silent.cause == Cause::connected);
        CHECK(silent.confidence == Confidence::proven);
        CHECK(silent.detail == "the connection stood for 2.0 s, and a TLS greeting stayed unanswered");
        CHECK(silent.warnings.empty());
    }
    for (const Service& service : tls_services) {
        const Finding silent = judge(service, tried(false, event_of(What::silent, "", 3500, 1)));
        CHECK(silent.cause == Cause::connected);
        CHECK(silent.confidence == Confidence::possible);
        CHECK(silent.detail == "the connection stood for 3.5 s, in which a TLS greeting stayed unanswered");
        CHECK(silent.warnings.size() == 1);
        CHECK(judge(service, tried(false, event_of(What::closed))).cause == Cause::no_answer);
    }
}

TEST_CASE("optional TLS: plain text in place of TLS") {
    for (const std::vector<Service>& services : {tls_services, other_services}) {
        for (const Service& service : services) {
            const auto said = [&](std::string text) {
                return judge(service, tried(false, event_of(What::tls_plaintext, std::move(text), 9)));
            };
            for (const char* text : {"HTTP/1.1 400 Bad Request\r\n", "<HTML><body>", "<!DOCTYPE html>", "220 mx ESMTP",
                                     "220-ftp", "554 go away", "+OK POP3", "* OK IMAP4", "SSH-2.0-x"}) {
                const Finding finding = said(text);
                CHECK(finding.cause == Cause::wrong_protocol);
                CHECK(finding.confidence == Confidence::likely);
            }
            CHECK(said("\x01\x02nonsense").cause == Cause::connected);
            CHECK(said("HTT").cause == Cause::connected);
        }
    }
}

TEST_CASE("optional TLS: an appliance is called by its serial number") {
    const auto text = [](const std::string& name, const Probe& probe) {
        TlsFacts facts;
        facts.version = "TLSv1.2";
        facts.complete = true;
        facts.chain.emplace_back();
        facts.chain[0].subject_name = name;
        facts.chain[0].issuer_name = "support";
        Attempt attempt = tried(false, event_of(What::tls_ok));
        attempt.tls = std::make_shared<const TlsFacts>(facts);
        return probe.judge(check_of({probe, 514}), attempt).detail;
    };
    CHECK(text("FAZ-VM0000000001", oftp) == "TLSv1.2, serial number FAZ-VM0000000001 signed by 'support'");
    CHECK(text("FL3K5E3M15000074", oftp) == "TLSv1.2, serial number FL3K5E3M15000074 signed by 'support'");
    CHECK(text("FAZ-VM0000000001", fsso) == "TLSv1.2, 'FAZ-VM0000000001' signed by 'support'");
    for (const std::string& name : {"faz.example.com"s, "FORTINET"s, "FORTIANALYZER-01"s, "FAZ-VM000\x1B[0m"s, ""s,
                                    "FAZ-VM0000000001FAZ-VM0000000001"s, "XAZ-VM0000000001"s}) {
        const std::string detail = text(name, oftp);
        CHECK(detail.find("serial number") == std::string::npos);
        CHECK(detail.find('\x1B') == std::string::npos);
    }
}
