// What was looked at more than once, in the reports: the way of packets, comparisons, resolvers, reasons.
#include <string>
#include <vector>

#include "catch.hpp"
#include "full_fixture.hpp"
#include "golden.hpp"
#include "parsed.hpp"
#include "report/path_text.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

TEST_CASE("json: golden file of a run that was looked at again") {
    golden::compare("again.json", render_json(fixture::looked_at_again()));
}

TEST_CASE("table: golden file of the evidence of a run that was looked at again") {
    TableStyle style;
    style.width = 100;
    style.evidence = true;
    golden::compare("table_again.txt", render_table(fixture::looked_at_again(), style));
}

TEST_CASE("json: the way of an attempt's packets") {
    const Json document = parsed(render_json(fixture::looked_at_again()));
    const Json path = document["checks"][0]["attempts"][0]["path"];
    CHECK(path["tested"]["transport"] == "tcp");
    CHECK(path["tested"]["destination"] == "192.0.2.10:9582");
    CHECK(path["tested"]["source_port"] == 40001);
    CHECK(path["tested"]["probes"].size() == 6);
    CHECK(path["tested"]["probes"][0].dump() ==
          R"({"hop":1,"answer":"time-exceeded","from":"10.0.0.1","type":11,"code":0,"at_ms":3601.0,"took_ms":1.2})");
    CHECK(path["tested"]["probes"][3].dump() == R"({"hop":3,"answer":"silence","at_ms":3603.0,"took_ms":300.0})");
    CHECK(path["control"]["probes"][3]["answer"] == "accepted");
    CHECK(path["control_is"] == "TCP/443 of the same host");
    CHECK(path["complete"] == false);
    CHECK(path["missing"].get<std::string>().starts_with("This kernel"));

    const Json odd = document["checks"][1]["attempts"][0]["path"];
    CHECK_FALSE(odd.contains("control"));
    CHECK_FALSE(odd.contains("control_is"));
    CHECK_FALSE(odd.contains("missing"));
    CHECK(odd["complete"] == true);
    CHECK(odd["tested"]["probes"][1]["code"] == 1);
    CHECK(odd["tested"]["probes"][5]["code"] == 1);
    CHECK_FALSE(odd["tested"]["probes"][2].contains("code"));
}

TEST_CASE("json: comparisons carry their own evidence and cause") {
    const Json attempts = parsed(render_json(fixture::looked_at_again()))["checks"][0]["attempts"];
    const Json& comparisons = attempts[0]["comparisons"];
    REQUIRE(comparisons.size() == 5);
    CHECK(comparisons[0]["change"] == "other-name");
    CHECK(comparisons[0]["with"] == "www.example");
    CHECK(comparisons[0]["cause"] == "answered");
    CHECK(comparisons[0]["evidence"].size() == 2);
    CHECK(comparisons[0]["tls"]["chain"].size() == 1);
    CHECK(comparisons[1]["change"] == "no-name");
    CHECK_FALSE(comparisons[1].contains("with"));
    CHECK_FALSE(comparisons[1].contains("tls"));
    CHECK(comparisons[1]["detail"] == "nothing came within 3500 ms");
}

TEST_CASE("json: a reason is said once, and its checks refer to it") {
    const Report report = fixture::looked_at_again();
    const Json document = parsed(render_json(report));
    REQUIRE(document["reasons"].size() == 1);
    const Json& reason = document["reasons"][0];
    CHECK(reason["code"] == "dropped-at-one-device");
    CHECK(reason["rests_on"].size() == 2);
    CHECK(reason["confidence"] == "proven");
    CHECK(reason["owner"] == "network");
    CHECK(reason["where"].dump() == R"({"hop":2,"address":"198.51.100.1","destination_hop":4})");
    CHECK(reason["checks"] == Json({document["checks"][0]["id"], document["checks"][1]["id"]}));
    CHECK(document["checks"][0]["reason"] == "dropped-at-one-device");
    CHECK(document["checks"][0]["signer"] == "DigiCert");
    // An index to nowhere is nobody's reason.
    Report broken = report;
    broken.reasons.clear();
    const Json without = parsed(render_json(broken));
    CHECK_FALSE(without["checks"][0].contains("reason"));
    CHECK_FALSE(without.contains("reasons"));
}

TEST_CASE("json: each question to a resolver with its answers, and the blackhole's") {
    const Report report = fixture::looked_at_again();
    const Json asked = parsed(render_json(report))["resolvers_asked"];
    REQUIRE(asked.size() == 6);
    CHECK(asked[0].dump() ==
          R"({"resolver":"10.0.0.53:53","transport":"udp","name":"a.fortiguard.net","type":"A","at_ms":1.0,)"
          R"("answers":[{"at_ms":2.3,"rcode":"NOERROR","addresses":["192.0.2.10","192.0.2.11"]},)"
          R"({"at_ms":41.0,"rcode":"NXDOMAIN","addresses":[]}],"truncated":false})");
    CHECK(asked[1]["type"] == "AAAA");
    CHECK(asked[1]["truncated"] == true);
    CHECK(asked[2]["error"] == 111);
    CHECK(asked[2]["error_from"] == "10.0.0.1");
    CHECK(asked[3]["malformed"] == "a name that points to itself");
    CHECK(asked[4]["cut_short"] == true);
    CHECK_FALSE(asked[4].contains("blackhole"));
    CHECK(asked[5]["blackhole"] == true);
    const Json last = parsed(render_ndjson_summary(report));
    CHECK(last["resolvers_asked"] == asked);
    CHECK(last["reasons"].size() == 1);
}

TEST_CASE("path as text: hop by hop, with the control where it fared otherwise") {
    Attempt attempt;
    CHECK(looked_again(attempt).empty());
    attempt.path = fixture::dropped_path();
    std::string line = looked_again(attempt).at(0);
    // A page shows these as spaces.
    for (std::size_t at = line.find("\xc2\xa0"); at != std::string::npos; at = line.find("\xc2\xa0"))
        line.replace(at, 2, " ");
    CHECK(line ==
          "path, control TCP/443 of the same host: hop 1  10.0.0.1 1.2 ms   hop 2  198.51.100.1 4.3 ms (1 of 2 tries "
          "silent)   hop 3  silence (3 tries); control: 203.0.113.1; not every hop had its turn. This kernel does not "
          "say who sent an ICMP error to a TCP connection.");
    attempt.path = std::make_shared<PathFacts>();
    CHECK(looked_again(attempt).at(0) == "path, with no control: no packet was sent");
}

TEST_CASE("resolvers as text: a line for each question") {
    std::vector<std::string> lines = resolver_lines(fixture::looked_at_again().resolvers);
    for (std::string& line : lines)
        for (std::size_t at = line.find("\xc2\xa0"); at != std::string::npos; at = line.find("\xc2\xa0"))
            line.replace(at, 2, " ");
    CHECK(lines ==
          std::vector<std::string>{
              "resolver 10.0.0.53:53 over UDP, a.fortiguard.net A: 192.0.2.10, 192.0.2.11 after 1.3 ms; then NXDOMAIN "
              "after 40 ms",
              "resolver 10.0.0.53:53 over UDP, b.fortiguard.net AAAA: NOERROR, no address after 2.0 ms; cut off to fit "
              "a datagram",
              "resolver 10.0.0.54:53 over TCP, a.fortiguard.net A: ECONNREFUSED, connection refused from 10.0.0.1",
              "resolver 10.0.0.55:53 over UDP, a.fortiguard.net A: not DNS: a name that points to itself",
              "resolver 10.0.0.56:53 over UDP, a.fortiguard.net A: no answer before the run ended",
              "blackhole 192.0.2.53:53 over UDP, a.fortiguard.net A: no answer"});
}

}  // namespace
}  // namespace fdnprobe::report
