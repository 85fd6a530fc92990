// Traces: what is written can be had back to the byte, nothing that judges read is missing, nothing secret is there.
#include "report/trace.hpp"

#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "enumerators.hpp"
#include "fields.hpp"
#include "full_fixture.hpp"
#include "golden.hpp"
#include "parsed.hpp"
#include "report/event_text.hpp"
#include "trace_file.hpp"

namespace fdnprobe::report {
namespace {

using std::chrono::nanoseconds;

/// Every field of everything set to something that is not its default.
Report full_report() {
    Report report = fixture::looked_at_again();
    report.interrupted = true;
    report.elapsed = nanoseconds(4'234'512'345);
    report.vantage.proxy = "http://proxy.example:3128";
    Row& row = report.rows[0].row;
    row.product = "FortiProxy";
    row.note = "A note.";
    row.port_list = {fixture::port("TCP/9582"), fixture::port("ETH/0x8890")};

    CheckResult& result = report.checks[0];
    Check& check = result.check;
    check.direction = Direction::incoming;
    check.level = Level::notice;
    check.alternative = "either";
    check.host_is_address = true;
    check.pinned = {fixture::address("127.0.0.1"), fixture::address("2001:db8::1")};
    check.dial_port = 20890;
    check.dial_transport = Transport::udp;
    check.options = {{"flag", true}, {"count", std::int64_t{7}}, {"whole", 2.0}, {"text", std::string("a\nb")}};
    check.trust = {true, true, true};
    check.ocsp = Stapling::demanded;
    check.choice = check.vendor_host = check.for_others = true;
    check.condition = "push = true";
    check.in_use = fixture::port("TCP/465");
    check.proxy = ProxyAddress{{}, "2001:db8::8", 3128};
    check.block_pages =
        std::make_shared<const BlockPages>(BlockPages{{fixture::address("208.91.112.55"), "a filter", "Blocked Page"}});
    check.advice = std::make_shared<const AdviceByCode>(
        AdviceByCode{{std::string(to_string(result.conclusion.cause)),
                      {{"Say it.", {"config a", "end"}, {{"Box", "6.2", "7.6.2"}}}}}});
    check.known = std::make_shared<const KnownIdentity>(KnownIdentity{"CN=a", "a", "aa", "bb"});
    check.server_name = "a.example";
    check.public_name = true;
    check.note = "Another note.";
    check.skip = Cause::not_applicable;
    check.skip_reason = "It is skipped.";
    check.permitted = true;
    check.secrets = std::make_shared<const Secrets>(Secrets{{"proxy", "branch:hunter2"}, {"radius", "hunter3"}});
    result.conclusion.advice = "Do it.";
    result.conclusion.commands = {{"Box 6.2 to 7.6.2", {"config a", "end"}}};
    result.conclusion.warnings = {"One.", "Two."};

    Attempt& attempt = result.attempts[0];
    attempt.proxy = SocketAddress{fixture::address("2001:db8::3"), 3128};
    attempt.local = SocketAddress{fixture::address("2001:db8::9"), 0};
    attempt.responder = true;
    attempt.abandoned = true;
    attempt.timing = {nanoseconds(1), nanoseconds(2), nanoseconds(3), nanoseconds(4), nanoseconds(5)};
    attempt.finding = {Cause::answered, Stage::exchange, Confidence::possible,     Owner::service,
                       "a detail",      Where{1, {}, 3}, {"A warning of its own."}};
    Event frame = fixture::event(std::chrono::microseconds(7), Stage::exchange, What::received, -3, 4, "text", "::1");
    frame.hardware = HardwareAddress{{2, 0, 0x5e, 0x10, 0xff, 1}};
    attempt.evidence.push_back(frame);
    TlsFacts tls = *fixture::fortiguard_tls();
    tls.version = tls.cipher = tls.alpn = tls.server_name = "word";
    tls.public_chain = tls.name_matches = tls.client_certificate_requested = tls.complete = true;
    tls.public_anchor = tls.host_anchor = tls.fortinet_anchor = tls.inspection_ca = tls.verify_error = "an anchor";
    tls.anchor_retired = "2026-04-15";
    tls.issuer_key_sha256 = std::string(64, 'c');
    tls.fortinet_chain = FortinetChain::by_name;
    tls.staple = Staple::stale;
    tls.seen_at = fixture::day(2026, 11, 20) + std::chrono::seconds(5);
    tls.staple_from = fixture::day(2026, 11, 19);
    tls.staple_until = fixture::day(2026, 11, 21);
    tls.chain[0].self_signed = true;
    tls.chain[0].subject_name = tls.chain[0].issuer_name = "a name";
    attempt.tls = std::make_shared<const TlsFacts>(tls);
    return report;
}

TEST_CASE("trace: golden file") { golden::compare("trace.json", render_trace(fixture::looked_at_again())); }

TEST_CASE("trace: what is read back writes the same trace") {
    for (const Report& report :
         {fixture::busy_site(), fixture::quiet_night(), fixture::looked_at_again(), full_report(), Report{}}) {
        const std::string text = render_trace(report);
        CHECK(render_trace(trace_file::read(text).report) == text);
    }
}

TEST_CASE("trace: every field comes back, and none was forgotten") {
    const Report report = full_report();
    const Report back = trace_file::read(render_trace(report)).report;
    const Check& check = back.checks[0].check;
    CHECK(check.options == report.checks[0].check.options);
    CHECK(check.pinned == report.checks[0].check.pinned);
    CHECK(check.trust == report.checks[0].check.trust);
    CHECK(check.known->key_sha256 == "bb");
    CHECK(check.skip == Cause::not_applicable);
    CHECK(check.secrets->size() == 2);
    CHECK(check.proxy == report.checks[0].check.proxy);
    CHECK(check.in_use == report.checks[0].check.in_use);
    CHECK(check.block_page(fixture::address("208.91.112.55"))->certificate == "Blocked Page");
    CHECK(check.advice->at(std::string(to_string(report.checks[0].conclusion.cause)))[0].releases[0].to == "7.6.2");
    CHECK(back.checks[0].conclusion.commands == report.checks[0].conclusion.commands);
    const Attempt& attempt = back.checks[0].attempts[0];
    CHECK(attempt.evidence.back().hardware == report.checks[0].attempts[0].evidence.back().hardware);
    CHECK(attempt.local == report.checks[0].attempts[0].local);
    CHECK(attempt.timing.exchange == nanoseconds(4));
    CHECK(attempt.finding.where == Where{1, {}, 3});
    CHECK(attempt.tls->staple_until == fixture::day(2026, 11, 21));
    CHECK(attempt.path->control->probes.size() == 4);
    CHECK(attempt.comparisons.at(2).with == "536 bytes");
    CHECK(back.elapsed == report.elapsed);
    CHECK(back.started == report.started);

    // Whoever adds a field that a judge may read writes it into the trace, reads it in trace_file.cpp, sets it in
    // full_report(), and then counts it here.
    CHECK(fields::count<Check>() == 34);  // without `source` and `sure`, which only reports show
    CHECK(fields::count<Trust>() == 3);
    CHECK(fields::count<KnownIdentity>() == 4);
    CHECK(fields::count<CheckResult>() == 3);
    CHECK(fields::count<Conclusion>() == 12);
    CHECK(fields::count<Attempt>() == 11);
    CHECK(fields::count<Event>() == 8);
    CHECK(fields::count<TlsFacts>() == 21);
    CHECK(fields::count<CertificateFacts>() == 10);
    CHECK(fields::count<Timing>() == 5);
    CHECK(fields::count<PathFacts>() == 5);
    CHECK(fields::count<Flow>() == 4);
    CHECK(fields::count<HopProbe>() == 7);
    CHECK(fields::count<Comparison>() == 3);
    CHECK(fields::count<Finding>() == 7);
    CHECK(fields::count<Where>() == 3);
    CHECK(fields::count<Row>() == 18);  // without its checks, conditions and advice, which the plan has used up
    CHECK(fields::count<RowResult>() == 3);
    CHECK(fields::count<Vantage>() == 4);
    CHECK(fields::count<Reason>() == 9);
    CHECK(fields::count<ResolverFacts>() == 2);
    CHECK(fields::count<DnsQuestion>() == 11);
    CHECK(fields::count<DnsAnswer>() == 3);
    CHECK(fields::count<Report>() == 12);  // without `device`, which the plan has used up, and without `planned_only`
                                           // and `missing`: a plan has no trace
}

TEST_CASE("trace: every kind of event, hop and change has a code, and is read back") {
    std::set<std::string_view> codes;
    Report report = fixture::quiet_night();
    Attempt& attempt = report.checks[0].attempts[0];
    attempt.evidence.clear();
    for (const What what : enumerators::all<What>()) {
        CHECK(codes.insert(to_string(what)).second);
        CHECK_FALSE(to_string(what).empty());
        CHECK(what_from(to_string(what)) == what);
        attempt.evidence.push_back(fixture::event({}, Stage::exchange, what, 1, 1, "text"));
        // Its text may say nothing more than its name, but it is not left out.
        CHECK((uses_code(what) || uses_detail(what) || !describe(attempt.evidence.back()).empty()));
    }
    CHECK(codes.size() == static_cast<std::size_t>(What::cancelled) + 1);
    codes.clear();
    auto path = std::make_shared<PathFacts>();
    for (const HopAnswer answer : enumerators::all<HopAnswer>()) {
        CHECK(codes.insert(to_string(answer)).second);
        CHECK_FALSE(to_string(answer).empty());
        CHECK(hop_answer_from(to_string(answer)) == answer);
        path->tested.probes.push_back(fixture::hop(1, answer));
    }
    attempt.path = path;
    codes.clear();
    for (const Change change : enumerators::all<Change>()) {
        CHECK(codes.insert(to_string(change)).second);
        CHECK_FALSE(to_string(change).empty());
        CHECK(change_from(to_string(change)) == change);
        attempt.comparisons.push_back(fixture::again(change, "", Cause::answered));
    }
    const Attempt back = trace_file::read(render_trace(report)).report.checks[0].attempts[0];
    REQUIRE(back.evidence.size() == attempt.evidence.size());
    for (std::size_t index = 0; index < back.evidence.size(); ++index)
        CHECK(back.evidence[index].what == attempt.evidence[index].what);
    for (std::size_t index = 0; index < path->tested.probes.size(); ++index)
        CHECK(back.path->tested.probes[index].answer == path->tested.probes[index].answer);
    for (std::size_t index = 0; index < attempt.comparisons.size(); ++index)
        CHECK(back.comparisons[index].change == attempt.comparisons[index].change);
}

template <class Enum>
void codes_are_read() {
    std::set<std::string_view> codes;
    for (const Enum value : enumerators::all<Enum>()) {
        const std::string_view code = trace_file::code_of(value);
        CHECK_FALSE(code.empty());
        CHECK(codes.insert(code).second);
        CHECK(trace_file::enumerator<Enum>(std::string(code)) == value);
    }
}

TEST_CASE("trace: every word has a code of its own, and is read back") {
    codes_are_read<Verdict>();
    codes_are_read<Cause>();
    codes_are_read<Stage>();
    codes_are_read<Confidence>();
    codes_are_read<Owner>();
    codes_are_read<State>();
    codes_are_read<Staple>();
    codes_are_read<FortinetChain>();
    codes_are_read<Direction>();
    codes_are_read<Transport>();
    codes_are_read<Level>();
    codes_are_read<Need>();
    CHECK_THROWS(trace_file::enumerator<Verdict>("no such word"));
}

TEST_CASE("trace: bytes come back as they were, whatever they are") {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    for (const std::string& text :
         {every_byte, std::string("plain"), std::string("base64:"), std::string("base64:cGxhaW4="), std::string("a"),
          std::string("ab\x1b"), std::string("\xff\xfe\xff"), std::string("GET / HTTP/1.1\r\n\r\n"),
          std::string("\xe2\x80\xae right to left"), std::string("日本語"), std::string(2000, 'x'), std::string()}) {
        Report report = fixture::quiet_night();
        report.checks[0].attempts[0].evidence = {fixture::event({}, Stage::exchange, What::received, 1, 0, text)};
        report.checks[0].check.host = text;
        const std::string trace = render_trace(report);
        for (const std::string& line : split(trace, '\n')) CHECK(printable(line, line.size()) == line);
        const CheckResult back = trace_file::read(trace).report.checks[0];
        CHECK(back.attempts[0].evidence[0].text == text);
        CHECK(back.check.host == text);
    }
    const Json shown = parsed(render_trace(fixture::busy_site()));
    CHECK(shown["checks"][0]["attempts"][0]["evidence"][0]["text"] == "10.0.0.53");
}

TEST_CASE("trace: one event a line, keys in their order") {
    const Report report = fixture::busy_site();
    std::size_t events = 0;
    for (const CheckResult& result : report.checks)
        for (const Attempt& attempt : result.attempts) events += attempt.evidence.size();
    std::size_t lines = 0;
    for (const std::string& line : split(render_trace(report), '\n')) {
        const bool event = line.find("\"what\":") != std::string::npos;
        lines += event ? 1U : 0U;
        if (event) CHECK(trim(line).starts_with("{\"at_ns\":"));
    }
    CHECK(lines == events);
}

TEST_CASE("trace: secrets are named and not given, and credentials are not there in any form") {
    Report report = full_report();
    report.vantage.proxy = "http://branch:hunter2@proxy.example:3128";
    const std::string credentials = "YnJhbmNoOmh1bnRlcjI=";
    Attempt& attempt = report.checks[1].attempts[0];
    attempt.evidence = {
        fixture::event({}, Stage::proxy, What::sent, 80, 1, "CONNECT a\r\nProxy-Authorization: Basic " + credentials),
        // A proxy that repeats what it was sent, in pieces.
        fixture::event({}, Stage::proxy, What::received, 30, 0, "HTTP/1.1 407 no\r\n\r\nProxy-Author"),
        fixture::event({}, Stage::proxy, What::received, 30, 0, "ization: Basic " + credentials.substr(0, 9)),
        fixture::event({}, Stage::proxy, What::received, 30, 0, credentials.substr(9) + "\r\nHost: a")};
    attempt.finding.detail = "it says Authorization: Basic " + credentials;
    const std::string text = render_trace(report);
    CHECK(text.find("hunter") == std::string::npos);
    CHECK(text.find(credentials) == std::string::npos);
    CHECK(text.find(credentials.substr(0, 9)) == std::string::npos);
    const CheckResult back = trace_file::read(text).report.checks[1];
    std::string heard;
    for (const Event& event : back.attempts[0].evidence) heard += event.text;
    CHECK(heard.find("Basic") == std::string::npos);
    CHECK(heard.find(credentials.substr(0, 9)) == std::string::npos);
    CHECK(heard.find(credentials.substr(9)) == std::string::npos);
    CHECK(heard.find("Host: a") != std::string::npos);
    const Json check = parsed(render_trace(report))["checks"][0]["check"];
    CHECK(check["secrets"] == Json({"proxy", "radius"}));
}

TEST_CASE("trace: what is verified with a secret is judged again only with it") {
    Report report = fixture::quiet_night();
    report.checks[0].check.probe = "radius";
    report.checks[0].check.secrets = std::make_shared<const Secrets>(Secrets{{"radius", "hunter2"}});
    report.checks[1].check.secrets = report.checks[0].check.secrets;
    const std::string text = render_trace(report);
    const trace_file::Trace without = trace_file::read(text);
    CHECK(without.withheld == std::vector<bool>{true, false});
    CHECK(trace_file::judge_again(without).checks[0].conclusion.cause == report.checks[0].conclusion.cause);
    const trace_file::Trace with = trace_file::read(text, {{"radius", "hunter2"}});
    CHECK(with.withheld == std::vector<bool>{false, false});
    CHECK(with.report.checks[0].check.secret("radius") == "hunter2");
}

TEST_CASE("trace: a difference between two conclusions is noticed") {
    const Report report = fixture::looked_at_again();
    CHECK(trace_file::differences(report, report).empty());
    Report other = report;
    other.checks[0].conclusion.where->hop = 3;
    other.checks[1].conclusion.reason.reset();
    other.reasons[0].confidence = Confidence::possible;
    other.rows[0].state = State::degraded;
    CHECK(trace_file::differences(report, other).size() == 4);
}

}  // namespace
}  // namespace fdnprobe::report
