#include "probes/tls.hpp"

#include <memory>

#include "catch.hpp"
#include "probes/far_end.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {
Check tls_check() { return check_of("tls", Transport::tcp, 443, "update.fortiguard.net"); }
}  // namespace

TEST_CASE("tls: a handshake, and no byte inside it") {
    const Played played = play(tls, tls_check(), {.pieces = {"never read"}});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 2);
    CHECK(played.steps[0].kind == Step::Kind::start_tls);
    CHECK(tls.description.uses_tls);
}

TEST_CASE("tls: who identified itself is named, escaped") {
    TlsFacts facts;
    facts.version = "TLSv1.3";
    Attempt attempt;
    CHECK(tls.judge(tls_check(), attempt).cause == Cause::answered);
    attempt.tls = std::make_shared<const TlsFacts>(facts);
    CHECK(tls.judge(tls_check(), attempt).detail == "TLSv1.3");
    facts.chain.emplace_back();
    facts.chain[0].subject_name = "a\x1B[31m";
    facts.chain[0].issuer_name = std::string(1000, 'x');
    attempt.tls = std::make_shared<const TlsFacts>(facts);
    const Finding finding = tls.judge(tls_check(), attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.stage == Stage::exchange);
    CHECK(finding.detail == "TLSv1.3, 'a\\x1b[31m' signed by '" + std::string(77, 'x') + "...'");
}
