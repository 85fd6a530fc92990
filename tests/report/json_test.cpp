#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "fixture.hpp"
#include "golden.hpp"
#include "parsed.hpp"
#include "report/render.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::report {
namespace {

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& item : object.items()) names.push_back(item.key());
    return names;
}

TEST_CASE("json: golden file") { golden::compare("report.json", render_json(fixture::busy_site())); }

TEST_CASE("json: the document has the keys of the contract, in its order") {
    const Json document = parsed(render_json(fixture::busy_site()));
    CHECK(keys(document) == std::vector<std::string>{"schema", "program", "started", "elapsed_ms", "vantage", "summary",
                                                     "interrupted", "rows", "checks"});
    CHECK(document["schema"] == "fdnprobe.report/1");
    CHECK(document["program"] == Json({{"name", "fdnprobe"}, {"version", "0.1.0"}}));
    CHECK(document["started"] == "2026-11-20T06:25:00.123Z");
    CHECK(document["elapsed_ms"] == 4234.512);
    CHECK(document["vantage"] ==
          Json({{"host", "probe-17"}, {"site", "branch-17"}, {"resolvers", {"10.0.0.53"}}, {"proxy", nullptr}}));
    const auto row = keys(document["rows"][0]);
    CHECK(std::vector<std::string>(row.begin(), row.begin() + 9) ==
          std::vector<std::string>{"id", "table", "direction", "peer", "purpose", "ports", "need", "state", "checks"});
    const Json& check = document["checks"][0];
    CHECK(keys(check) == std::vector<std::string>{"id",       "row",        "level", "host",    "address",
                                                  "port",     "transport",  "probe", "verdict", "cause",
                                                  "stage",    "confidence", "owner", "summary", "advice",
                                                  "warnings", "timing_ms",  "tls",   "dns",     "attempts"});
    CHECK(check["id"] == "fortiproxy-7.4/outgoing/fortiguard/av-ips-update/tcp-443/tls/update.fortiguard.net");
    CHECK(check["row"] == document["rows"][0]["id"]);
    CHECK(check["advice"].is_null());
    CHECK(check["timing_ms"].dump() == R"({"resolve":1.2,"connect":3.4,"tls":8.1,"exchange":0.0,"total":12.704})");
    CHECK(document["checks"][1]["where"].dump() == R"({"hop":1,"address":"10.0.0.1","destination_hop":9})");
}

TEST_CASE("json: every check of a row is there, and every row of a check") {
    const Json document = parsed(render_json(fixture::busy_site()));
    std::set<std::string> checks;
    for (const Json& check : document["checks"]) checks.insert(check["id"].get<std::string>());
    CHECK(checks.size() == document["checks"].size());
    std::size_t listed = 0;
    for (const Json& row : document["rows"])
        for (const Json& id : row["checks"]) {
            CHECK(checks.count(id.get<std::string>()) == 1);
            ++listed;
        }
    CHECK(listed == checks.size());
}

TEST_CASE("json: counts are of what there is, without zeros") {
    const Json summary = parsed(render_json(fixture::busy_site()))["summary"];
    CHECK(summary["rows"]["reachable"] == 4);
    CHECK(summary["rows"]["degraded"] == 1);
    CHECK_FALSE(summary["rows"].contains("broken"));
    std::size_t checks = 0;
    for (const auto& item : summary["checks"].items()) {
        CHECK(item.value() > 0);
        checks += item.value().get<std::size_t>();
    }
    CHECK(checks == fixture::busy_site().checks.size());
}

TEST_CASE("json: what TLS showed") {
    const Json tls = parsed(render_json(fixture::busy_site()))["checks"][0]["tls"];
    CHECK(tls["version"] == "TLSv1.3");
    CHECK_FALSE(tls.contains("alpn"));
    CHECK(tls["name_matches"] == true);
    CHECK(tls["staple"] == "good");
    CHECK(tls["fortinet_chain"] == "proven");
    const Json& leaf = tls["chain"][0];
    CHECK(leaf["not_before"] == "2025-01-02T00:00:00Z");
    // Later than a 64-bit count of nanoseconds can tell: RFC 5280, 4.1.2.5 has this date for "no end".
    CHECK(leaf["not_after"] == "9999-12-31T00:00:00Z");
    CHECK(leaf["names"] == Json({"update.fortiguard.net", "*.fortiguard.net"}));
}

TEST_CASE("json: what the resolver said") {
    const Json checks = parsed(render_json(fixture::busy_site()))["checks"];
    CHECK(checks[0]["dns"].dump() == R"({"answers":["173.243.138.66","173.243.138.67"],"rcode":"NOERROR"})");
    const auto unresolved =
        std::find_if(checks.begin(), checks.end(), [](const Json& check) { return check["cause"] == "nxdomain"; });
    REQUIRE(unresolved != checks.end());
    CHECK((*unresolved)["dns"].dump() == R"({"answers":[],"rcode":"NXDOMAIN"})");
    CHECK((*unresolved)["address"].is_null());
}

TEST_CASE("json: a resolver that stayed silent has no rcode, and a literal address asks nobody") {
    fixture::Builder b;
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::unresolved);
    CheckResult& silent = b.check("TCP/80", "http", "a.example");
    silent.attempts.emplace_back();
    silent.attempts[0].evidence.push_back(
        fixture::event(std::chrono::microseconds(1), Stage::resolve, What::resolve_timeout, 0, 1, "10.0.0.53"));
    b.reachable("TCP/80", "http", "192.0.2.1", "192.0.2.1", std::chrono::microseconds(1));
    const Json checks = parsed(render_json(b.report))["checks"];
    CHECK(checks[0]["dns"].dump() == R"({"answers":[],"rcode":null})");
    CHECK_FALSE(checks[1].contains("dns"));
}

TEST_CASE("json: a question to a name server shows that server's answer") {
    using namespace wire::dns;
    Message query;
    query.id = 7;
    query.questions = {{"www.example.com", type_a, class_in}};
    const std::string answer =
        encode(response_to(query, rcode_noerror,
                           {cname_record("www.example.com", "web.example.com", 60),
                            address_record("web.example.com", fixture::address("192.0.2.80"), 60)}))
            .value();
    for (const bool stream : {false, true}) {
        fixture::Builder b;
        b.row("FortiGuard", "SDNS", stream ? "TCP/853" : "UDP/53", Need::all, State::reachable);
        CheckResult& result = b.reachable(stream ? "TCP/853" : "UDP/53", stream ? "dot" : "dns", "sdns.example",
                                          "192.0.2.53", std::chrono::microseconds(1));
        auto& evidence = result.attempts[0].evidence;
        const std::string bytes = stream ? frame(answer) : answer;
        if (stream) {
            evidence.push_back(fixture::event({}, Stage::exchange, What::received, 5, 0, bytes.substr(0, 5)));
            evidence.push_back(fixture::event({}, Stage::exchange, What::received, 0, 0, bytes.substr(5)));
        } else {
            evidence.push_back(fixture::event({}, Stage::exchange, What::received, 0, 0, bytes));
            evidence.push_back(fixture::event({}, Stage::exchange, What::received, 3, 0, "???"));
        }
        CHECK(parsed(render_json(b.report))["checks"][0]["dns"].dump() ==
              R"({"answers":["web.example.com","192.0.2.80"],"rcode":"NOERROR"})");
    }
}

TEST_CASE("json: evidence keeps zeros that mean something, and leaves out what is unused") {
    fixture::Builder b;
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::blocked);
    CheckResult& result = b.check("TCP/80", "http", "a.example");
    auto& evidence = fixture::bare_evidence(result);
    using std::chrono::microseconds;
    evidence = {fixture::event(microseconds(1500), Stage::connect, What::icmp_error, 3, 0, "icmp", "10.0.0.1"),
                fixture::event(microseconds(1501), Stage::exchange, What::silent, 200, 0),
                fixture::event(microseconds(1502), Stage::connect, What::connect_ok)};
    const Json shown = parsed(render_json(b.report))["checks"][0]["attempts"][0]["evidence"];
    CHECK(shown[0].dump() ==
          R"({"at_ms":1.5,"stage":"connect","what":"icmp.error","code":3,"detail":0,"from":"10.0.0.1","text":"icmp"})");
    CHECK(shown[1].dump() == R"({"at_ms":1.501,"stage":"exchange","what":"exchange.silent","code":200,"detail":0})");
    CHECK(shown[2].dump() == R"({"at_ms":1.502,"stage":"connect","what":"connect.ok"})");
}

TEST_CASE("json: bytes are given as escaped text and in hexadecimal, both bounded") {
    fixture::Builder b;
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::broken);
    CheckResult& result = b.check("TCP/80", "http", "a.example");
    fixture::bare_evidence(result) = {
        fixture::event({}, Stage::exchange, What::received, 2000, 0, "\x1b[2J" + std::string(2000, '\xff'))};
    const Json shown = parsed(render_json(b.report))["checks"][0]["attempts"][0]["evidence"][0];
    const std::string text = shown["text"].get<std::string>();
    CHECK(text.substr(0, 12) == "\\x1b[2J\\xff\\");
    CHECK(text.size() <= 512);
    CHECK(shown["hex"].get<std::string>().substr(0, 10) == "1b5b324aff");
    CHECK(shown["hex"].get<std::string>().size() == 128);
}

TEST_CASE("json: credentials for a proxy are shown by no format") {
    fixture::Builder b;
    b.report.vantage.proxy = "http://branch:hunter2@proxy.example:3128";
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::broken);
    CheckResult& result = b.check("TCP/80", "http", "a.example");
    fixture::bare_evidence(result) = {
        fixture::event({}, Stage::proxy, What::sent, 80, 0,
                       "CONNECT a HTTP/1.1\r\nProxy-Authorization: Basic YnJhbmNo\r\nHost: a\r\n\r\n")};
    TableStyle style;
    style.evidence = true;
    for (const std::string& text : {render_json(b.report), render_table(b.report, style),
                                    render_ndjson_summary(b.report), render_check(b.report, b.report.checks[0])}) {
        CHECK(text.find("hunter2") == std::string::npos);
        CHECK(text.find("YnJhbmNo") == std::string::npos);
        CHECK(text.find(hex("YnJhbmNo")) == std::string::npos);
    }
    CHECK(parsed(render_json(b.report))["vantage"]["proxy"] == "http://branch@proxy.example:3128");
}

TEST_CASE("json: an attempt names the proxy that it went through, and a name that it looks up has no address") {
    fixture::Builder b;
    b.report.vantage.proxy = "http://proxy.example:3128";
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::broken);
    CheckResult& result = b.check("TCP/80", "http", "a.example");
    fixture::bare_evidence(result) = {
        fixture::event({}, Stage::proxy, What::resolve_answer, 0, 0, "10.0.0.53", "198.18.0.8"),
        fixture::event({}, Stage::proxy, What::sent, 30, 1, "CONNECT a.example:80 HTTP/1.1\r\n\r\n")};
    Attempt& attempt = result.attempts.front();
    attempt.destination.reset();
    attempt.proxy = SocketAddress{fixture::address("198.18.0.8"), 3128};
    const Json check = parsed(render_json(b.report))["checks"][0];
    CHECK(check["address"].is_null());
    CHECK(check["attempts"][0]["address"].is_null());
    CHECK(check["attempts"][0]["proxy"] == "198.18.0.8:3128");
    // The proxy's address is not an answer about the check's host.
    CHECK_FALSE(check.contains("dns"));

    TableStyle style;
    style.evidence = true;
    const std::string table = render_table(b.report, style);
    CHECK(table.find("attempt through the proxy at 198.18.0.8:3128, ") != std::string::npos);
    CHECK(table.find("30 bytes, and the credentials, \"CONNECT a.example:80") != std::string::npos);
    attempt.destination = SocketAddress{fixture::address("198.51.100.7"), 80};
    CHECK(render_table(b.report, style).find("attempt at 198.51.100.7:80 through the proxy at 198.18.0.8:3128") !=
          std::string::npos);
}

TEST_CASE("json: a plan has no verdicts but for what would be skipped") {
    const Json document = parsed(render_json(fixture::busy_plan()));
    CHECK(document["summary"]["rows"].empty());
    CHECK(document["summary"]["checks"].dump() == R"({"skipped":9})");
    for (const Json& row : document["rows"]) CHECK_FALSE(row.contains("state"));
    std::size_t skipped = 0;
    for (const Json& check : document["checks"]) {
        CHECK_FALSE(check.contains("attempts"));
        CHECK_FALSE(check.contains("timing_ms"));
        CHECK_FALSE(check.contains("owner"));
        if (!check.contains("verdict")) {
            CHECK_FALSE(check.contains("cause"));
            CHECK_FALSE(check.contains("summary"));
            continue;
        }
        ++skipped;
        CHECK(check["verdict"] == "skipped");
        CHECK(check["cause"].get<std::string>().substr(0, 4) == "not-");
        CHECK_FALSE(check["summary"].get<std::string>().empty());
    }
    CHECK(skipped == 9);
    CHECK(document["checks"][1]["pinned"] == Json({"127.0.0.1"}));
    CHECK(document["checks"][1]["dial_port"] == 20890);
    CHECK(document["checks"][0]["trust"] == Json({"fortinet"}));
}

TEST_CASE("json: an empty report is a whole document") {
    const Json document = parsed(render_json(Report{}));
    CHECK(document["rows"].is_array());
    CHECK(document["checks"].is_array());
    CHECK(document["summary"].dump() == R"({"rows":{},"checks":{}})");
    CHECK(document["vantage"]["site"].is_null());
}

TEST_CASE("ndjson: each check is the object of the document, on one line") {
    const Report report = fixture::busy_site();
    const Json document = parsed(render_json(report));
    for (std::size_t index = 0; index < report.checks.size(); ++index) {
        const std::string line = render_check(report, report.checks[index]);
        CHECK(line.find('\n') == line.size() - 1);
        CHECK(parsed(line) == document["checks"][index]);
    }
}

TEST_CASE("ndjson: the last line has the summary and the rows") {
    const Report report = fixture::busy_site();
    const std::string line = render_ndjson_summary(report);
    CHECK(line.find('\n') == line.size() - 1);
    const Json last = parsed(line);
    CHECK(keys(last) == std::vector<std::string>{"schema", "program", "started", "elapsed_ms", "vantage", "summary",
                                                 "rows", "interrupted"});
    const Json document = parsed(render_json(report));
    CHECK(last["rows"] == document["rows"]);
    CHECK(last["summary"] == document["summary"]);
}

}  // namespace
}  // namespace fdnprobe::report
