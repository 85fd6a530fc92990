#include "probes/dot.hpp"

#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/dns.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
namespace wire_dns = fdnprobe::wire::dns;

namespace {

Check dot_check() {
    Check check = check_of("dot", Transport::tcp, 853, "globalsdns.fortinet.net");
    check.block_pages = std::make_shared<const BlockPages>(
        BlockPages{{*Address::parse("208.91.112.55"), "FortiGuard's DNS filter", {}}});
    return check;
}

std::string answer(const char* address) {
    const auto query = wire_dns::decode(*wire_dns::encode_query(0x1234, "globalsdns.fortinet.net", wire_dns::type_a));
    return wire_dns::frame(*wire_dns::encode(
        wire_dns::response_to(*query, wire_dns::rcode_noerror,
                              {wire_dns::address_record("globalsdns.fortinet.net", *Address::parse(address), 60)})));
}

}  // namespace

TEST_CASE("dot: TLS first, then one framed question") {
    const Played played = play(dot, dot_check(), {.pieces = {answer("96.45.45.45")}});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 4);
    CHECK(played.steps[0].kind == Step::Kind::start_tls);
    CHECK(played.steps[1].kind == Step::Kind::send);
    const auto query = wire_dns::unframe(played.steps[1].bytes);
    REQUIRE(query);
    CHECK(wire_dns::decode(*query)->questions[0].name == "globalsdns.fortinet.net");
    const Finding finding = dot.judge(dot_check(), played.attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.detail == "globalsdns.fortinet.net is 96.45.45.45");
}

TEST_CASE("dot: every split of the stream is read the same") {
    for_every_split(answer("96.45.45.45"), [&](const std::vector<std::string>& pieces) {
        CHECK(judged(dot, dot_check(), {.pieces = pieces, .closes = true}).cause == Cause::answered);
    });
}

TEST_CASE("dot: a far end that breaks off has not answered") {
    const std::string stream = answer("96.45.45.45");
    for (const bool closes : {true, false}) {
        CHECK(judged(dot, dot_check(), {.closes = closes}).cause == Cause::no_answer);
        for (std::size_t size = 1; size < stream.size(); ++size)
            CHECK(judged(dot, dot_check(), {.pieces = {stream.substr(0, size)}, .closes = closes}).cause ==
                  Cause::bad_answer);
    }
}

TEST_CASE("dot: closed after a client certificate was asked for means that the path is open") {
    const Finding finding = judged(dot, dot_check(), {.closes = true, .wants_client_certificate = true});
    CHECK(finding.cause == Cause::client_certificate_required);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(judged(dot, dot_check(), {.wants_client_certificate = true}).cause == Cause::no_answer);
    CHECK(
        judged(dot, dot_check(), {.pieces = {answer("96.45.45.45")}, .closes = true, .wants_client_certificate = true})
            .cause == Cause::answered);
    CHECK(judged(dot, dot_check(), {.wants_client_certificate = true, .dies_at_step = 2}).cause ==
          Cause::client_certificate_required);
}

TEST_CASE("dot: a sinkhole inside TLS is one") {
    CHECK(judged(dot, dot_check(), {.pieces = {answer("208.91.112.55")}}).cause == Cause::dns_sinkhole);
}
