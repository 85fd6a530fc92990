// Every word of a report is explained, every cause has its sentence, and none of them breaks a line or a promise.
#include <memory>
#include <set>

#include "catch.hpp"
#include "judge/advice.hpp"
#include "judge/finding.hpp"
#include "judge/judge.hpp"
#include "judge/summary.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

bool is_sentence(std::string_view text) {
    return text.size() > 10 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.' &&
           text.find("  ") == std::string_view::npos && text.find("..") == std::string_view::npos &&
           text.find('\n') == std::string_view::npos;
}

Finding found(Cause cause, std::string detail = "a detail", Stage stage = Stage::connect) {
    return judge::make_finding(cause, stage, Confidence::likely, Owner::unknown, std::move(detail));
}

std::string advice(const Check& check, const Finding& finding) {
    return judge::advise(check, finding, {}).text.value_or("");
}

}  // namespace

TEST_CASE("every cause is explained, each in its own words") {
    std::set<std::string_view> seen;
    for (const Cause cause : all_causes()) {
        CAPTURE(to_string(cause));
        const judge::Explanation explanation = judge::explain(cause);
        CHECK(is_sentence(explanation.seen));
        CHECK(is_sentence(explanation.means));
        CHECK(is_sentence(explanation.advice));
        CHECK(seen.insert(explanation.seen).second);
        const Verdict verdict = verdict_of(cause);
        if (verdict == Verdict::local || verdict == Verdict::skipped)
            CHECK_THAT(std::string(explanation.means), says("othing follows"));
    }
    CHECK(seen.size() == all_causes().size());
}

TEST_CASE("every verdict and every state is explained") {
    std::set<std::string_view> seen;
    for (const Verdict verdict : all_verdicts()) {
        CHECK(is_sentence(judge::explain(verdict)));
        CHECK(seen.insert(judge::explain(verdict)).second);
    }
    seen.clear();
    for (const State state : all_states()) {
        CHECK(is_sentence(judge::explain(state)));
        CHECK(seen.insert(judge::explain(state)).second);
    }
}

TEST_CASE("every cause has a summary that names the port, with and without what is known") {
    std::set<std::string> summaries;
    for (const Cause cause : all_causes()) {
        CAPTURE(to_string(cause));
        Finding finding = found(cause);
        const std::optional<SocketAddress> at = SocketAddress{destination, 443};
        const std::string plain = judge::summarise(check_of(), finding, at);
        CHECK_THAT(plain, says("TCP/443"));
        CHECK(plain.back() == '.');
        if (cause != Cause::not_configured) CHECK_THAT(plain, says("update.fortiguard.net"));
        finding.where = judge::at_device(firewall);
        CHECK(judge::summarise(check_of(), finding, at).back() == '.');
        finding.detail.clear();
        summaries.insert(judge::summarise(check_of(), finding, at));
        finding.where.reset();
        const Check nameless = check_of("UDP/53", "");
        CHECK(is_sentence(judge::summarise(nameless, finding, std::nullopt)));
    }
    CHECK(summaries.size() == all_causes().size());
}

TEST_CASE("every fault has advice") {
    for (const Cause cause : all_causes()) {
        CAPTURE(to_string(cause));
        const bool fine = verdict_of(cause) == Verdict::reachable || cause == Cause::not_applicable;
        for (const char* port : {"TCP/443", "UDP/53", "UDP/8888", "TCP/853", "TCP/25", "TCP/514", "TCP/541", "TCP/8890",
                                 "TCP/53", "UDP/9443", "TCP/1000", "ESP/50", "ETH/0x8890"})
            for (const bool public_name : {true, false}) {
                Check check = check_of(port);
                check.public_name = public_name;
                check.vendor_host = public_name;
                const auto text = judge::advise(check, found(cause), {}).text;
                CHECK(text.has_value() != fine);
                if (text) CHECK(is_sentence(*text));
            }
    }
}

TEST_CASE("summaries as people read them") {
    const std::optional<SocketAddress> at = SocketAddress{destination, 443};
    const auto summary = [&](Cause cause, std::string detail) {
        return judge::summarise(check_of(), found(cause, std::move(detail)), at);
    };
    CHECK(summary(Cause::answered, "signed by 'support' (Fortinet)") ==
          "update.fortiguard.net TCP/443 answers, signed by 'support' (Fortinet).");
    CHECK(summary(Cause::tls_intercepted, "signed by 'Corp CA', not by a public CA") ==
          "Something answers in place of update.fortiguard.net TCP/443: signed by 'Corp CA', not by a public CA.");
    CHECK(summary(Cause::timeout, "3 SYNs in 3.5 s stayed unanswered") ==
          "update.fortiguard.net does not answer on TCP/443: 3 SYNs in 3.5 s stayed unanswered.");
    CHECK(summary(Cause::nxdomain, "NXDOMAIN from resolver 10.0.0.53") ==
          "The name update.fortiguard.net does not exist, so TCP/443 was not tried (NXDOMAIN from resolver "
          "10.0.0.53).");
    Finding own_filter = found(Cause::admin_prohibited, "ICMP 3/10");
    own_filter.where = judge::at_device(destination);
    CHECK(judge::summarise(check_of(), own_filter, at) ==
          "update.fortiguard.net itself prohibits TCP/443 (ICMP 3/10).");
    Check customised = check_of("TCP/8013", "10.0.0.2");
    customised.dial_port = 9013;
    CHECK(judge::summarise(customised, found(Cause::connected, ""), at) ==
          "10.0.0.2 TCP/8013 (at port 9013) accepts connections.");
    Check moved = check_of("TCP/1700", "10.0.0.2");
    moved.dial_transport = Transport::udp;
    moved.dial_port = 1700;
    CHECK(judge::summarise(moved, found(Cause::answered, ""), at) == "10.0.0.2 TCP/1700 (at UDP/1700) answers.");
}

TEST_CASE("a DNS service that was asked is not called a name that was not tried") {
    const Check check = check_of("UDP/53", "208.91.112.220");
    for (const Cause cause : {Cause::nxdomain, Cause::servfail, Cause::dns_refused, Cause::dns_sinkhole}) {
        const std::string text = judge::summarise(check, found(cause, "SERVFAIL", Stage::exchange), std::nullopt);
        CHECK(text == "208.91.112.220 UDP/53 answers its test question badly: SERVFAIL.");
    }
    CHECK_THAT(advice(check, found(Cause::servfail, "", Stage::exchange)), says("resolver"));
}

TEST_CASE("advice fits what was found, and names no vendor") {
    CHECK_THAT(advice(check_of("TCP/443", "update.fortiguard.net"), found(Cause::timeout)),
               says("Open TCP/443 to update.fortiguard.net"));
    CHECK_THAT(advice(check_of("TCP/443"), found(Cause::tls_intercepted)), says("Exempt"));
    CHECK_THAT(advice(check_of("TCP/443"), found(Cause::certificate_not_yet_valid)), says("NTP"));
    CHECK_THAT(
        advice(check_of("TCP/443"), found(Cause::dns_sinkhole, "208.91.112.55, the block page of Vendor's DNS filter")),
        says("DNS filter profile"));
    CHECK_THAT(advice(check_of("TCP/443"), found(Cause::dns_sinkhole, "10.1.1.1")), says("split_horizon"));
    Finding device = found(Cause::admin_prohibited);
    device.where = judge::at_device(firewall);
    CHECK_THAT(advice(check_of(), device), says("Let 198.18.0.254 pass TCP/443"));
    Finding unacknowledged = found(Cause::hello_timeout);
    unacknowledged.owner = Owner::network;
    CHECK_THAT(advice(check_of(), unacknowledged), says("MSS"));
    // A site's own host that has its own CA's certificate is no alarm.
    Check inside = check_of("TCP/541", "10.0.0.5");
    inside.public_name = false;
    inside.vendor_host = false;
    CHECK_THAT(advice(inside, found(Cause::tls_intercepted)), says("your own CA"));
    CHECK_THAT(advice(inside, found(Cause::nxdomain)), says("site file"));
    // The port to open is the one in use, where the document prints another.
    Check mail = check_of("TCP/25", "relay.example");
    mail.in_use = Port{Transport::tcp, 465};
    CHECK_THAT(advice(mail, found(Cause::timeout)), says("Open TCP/465 to relay.example"));
    // What speaks a protocol of its own on UDP/53 has no business with a resolver.
    Check rating = check_of("UDP/53");
    rating.probe = "udp";
    CHECK_THAT(advice(rating, found(Cause::dns_rewritten)), says("Exempt UDP/53"));
}

TEST_CASE("a table's own advice follows, with its commands") {
    const ProductAdvice change{
        "Use the other servers.", {"config a", "    set b", "end"}, {*Releases::parse("Box 6.2-7.6.2")}};
    const ProductAdvice later{"Use the other servers.", {"config c"}, {*Releases::parse("Box 7.6.3-")}};
    const ProductAdvice words{"Ask the vendor.", {}, {}};
    Check check = check_of();
    check.advice =
        std::make_shared<const AdviceByCode>(AdviceByCode{{"blocked", {change, later}}, {"timeout", {words}}});

    const judge::Advice blocked = judge::advise(check, found(Cause::reset_on_path), {});
    CHECK_THAT(blocked.text.value_or(""), says("Open TCP/443") && says(" Use the other servers."));
    CHECK(blocked.text.value_or("").find("servers. Use") == std::string::npos);
    REQUIRE(blocked.commands.size() == 2);
    CHECK(blocked.commands[0].releases == "Box 6.2 to 7.6.2");
    CHECK(blocked.commands[0].lines == change.commands);
    CHECK(blocked.commands[1].releases == "Box 7.6.3 and later");
    // A cause's own entry goes before its verdict's.
    const judge::Advice silent = judge::advise(check, found(Cause::timeout), {});
    CHECK_THAT(silent.text.value_or(""), says("Ask the vendor."));
    CHECK(silent.commands.empty());
    CHECK(judge::advise(check, found(Cause::tls_alert), {}).commands.empty());
}

TEST_CASE("hosts from files are escaped") {
    Check check = check_of();
    check.host = "evil\x1b[2J.example";
    for (const Cause cause : all_causes()) {
        CHECK(judge::summarise(check, found(cause), std::nullopt).find('\x1b') == std::string::npos);
        CHECK(advice(check, found(cause)).find('\x1b') == std::string::npos);
    }
}
