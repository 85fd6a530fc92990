#include "app/baseline.hpp"

#include <memory>
#include <tuple>

#include "catch.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::app;

namespace {

const Port https{Transport::tcp, 443};

std::shared_ptr<TlsFacts> facts_of(const std::string& issuer, const std::string& key) {
    auto facts = std::make_shared<TlsFacts>();
    CertificateFacts leaf;
    leaf.issuer = "CN=" + issuer;
    leaf.issuer_name = issuer;
    leaf.key_sha256 = key;
    facts->chain = {leaf};
    facts->issuer_key_sha256 = "key of " + issuer;
    return facts;
}

CheckResult result_of(const std::string& host, Cause cause, std::shared_ptr<const TlsFacts> facts,
                      const std::string& probe = "tls") {
    CheckResult result;
    result.check.host = host;
    result.check.port = https;
    result.check.dial_port = 20443;
    result.check.probe = probe;
    result.attempts.emplace_back();
    result.attempts.front().tls = std::move(facts);
    result.attempts.front().finding.cause = cause;
    result.attempts.front().finding.detail = "in detail";
    result.conclusion.cause = cause;
    result.conclusion.verdict = verdict_of(cause);
    result.conclusion.attempt = 0;
    return result;
}

Learned learned_from(std::vector<CheckResult> results) {
    Report report;
    report.vantage.host = "probe-17";
    report.vantage.site = "branch-17";
    report.checks = std::move(results);
    return learn(report);
}

}  // namespace

TEST_CASE("what is reached and holds is learned, under the port that tables print", "[app][baseline]") {
    const Learned learned =
        learned_from({result_of("a.example", Cause::answered, facts_of("CA", "k1")),
                      result_of("b.example", Cause::client_certificate_required, facts_of("CA", "k2"))});
    CHECK(learned.left_out.empty());
    CHECK(learned.baseline.vantage == "probe-17 (branch-17)");
    REQUIRE(learned.baseline.endpoints.size() == 2);
    const KnownIdentity& known = learned.baseline.endpoints.at({"a.example", https});
    CHECK(known.issuer == "CN=CA");
    CHECK(known.issuer_name == "CA");
    CHECK(known.issuer_key_sha256 == "key of CA");
    CHECK(known.key_sha256 == "k1");
}

TEST_CASE("what does not hold is left out, and said", "[app][baseline]") {
    const Learned learned = learned_from({result_of("a.example", Cause::tls_intercepted, facts_of("Corp", "k1")),
                                          result_of("b.example", Cause::untrusted_issuer, facts_of("CA", "k2")),
                                          result_of("c.example", Cause::bad_answer, facts_of("CA", "k3")),
                                          result_of("d.example", Cause::timeout, nullptr),
                                          result_of("e.example", Cause::connected, nullptr, "tcp")});
    CHECK(learned.baseline.endpoints.empty());
    CHECK(learned.left_out == std::vector<std::string>{
                                  "a.example TCP/443 is left out: tls-intercepted, in detail",
                                  "b.example TCP/443 is left out: untrusted-issuer, in detail",
                                  "c.example TCP/443 is left out: bad-answer, in detail",
                                  "d.example TCP/443 is left out: no certificate was seen",
                              });
}

TEST_CASE("an endpoint that two checks reach", "[app][baseline]") {
    const auto good = [](const std::string& issuer, const std::string& key) {
        return result_of("a.example", Cause::answered, facts_of(issuer, key));
    };
    // Two hosts of a pool have keys of their own; the service behind a good certificate may be unwell.
    CHECK(learned_from({good("CA", "k1"), good("CA", "k2")}).baseline.endpoints.size() == 1);
    CHECK(learned_from({good("CA", "k1"), good("Other", "k1")}).baseline.endpoints.size() == 1);
    const Learned unwell = learned_from({result_of("a.example", Cause::bad_answer, facts_of("CA", "k1")),
                                         good("CA", "k1"), result_of("a.example", Cause::timeout, nullptr)});
    CHECK(unwell.baseline.endpoints.size() == 1);
    CHECK(unwell.left_out.empty());
    // Which of the two is it?
    const Learned two = learned_from({good("CA", "k1"), good("Corp", "k2")});
    CHECK(two.baseline.endpoints.empty());
    CHECK_THAT(two.left_out.at(0), Contains("different signers"));
    for (const auto& results :
         {std::vector{good("CA", "k1"), result_of("a.example", Cause::tls_intercepted, facts_of("Corp", "k2"))},
          std::vector{result_of("a.example", Cause::tls_intercepted, facts_of("Corp", "k2")), good("CA", "k1")}}) {
        const Learned spoilt = learned_from(results);
        CHECK(spoilt.baseline.endpoints.empty());
        CHECK(spoilt.left_out.size() == 1);
    }
}

TEST_CASE("a responder's certificate is not the service's, and a skipped check has none", "[app][baseline]") {
    CheckResult responder = result_of("a.example", Cause::responder_confirmed, facts_of("CA", "k1"));
    responder.attempts.front().responder = true;
    CheckResult skipped = result_of("b.example", Cause::not_configured, nullptr);
    skipped.check.skip = Cause::not_configured;
    const Learned learned = learned_from({responder, skipped});
    CHECK(learned.baseline.endpoints.empty());
    CHECK(learned.left_out == std::vector<std::string>{"a.example TCP/443 is left out: no certificate was seen"});
}

TEST_CASE("a baseline is given to the checks of its endpoints", "[app][baseline]") {
    config::Baseline baseline;
    baseline.endpoints[{"a.example", https}].key_sha256 = "k1";
    std::vector<Check> checks;
    for (const auto& [host, port, probe] :
         {std::tuple("a.example", https, "tls"), std::tuple("a.example", Port{Transport::tcp, 8443}, "tls"),
          std::tuple("b.example", https, "tls"), std::tuple("a.example", https, "tcp")}) {
        Check check;
        check.host = host;
        check.port = port;
        check.probe = probe;
        checks.push_back(check);
    }
    CHECK(apply_baseline(baseline, checks) == 1);
    REQUIRE(checks[0].known);
    CHECK(checks[0].known->key_sha256 == "k1");
    for (std::size_t index = 1; index < checks.size(); ++index) CHECK(checks[index].known == nullptr);
}

TEST_CASE("a baseline that cannot be read is a mistake", "[app][baseline]") {
    const ScratchFolder folder;
    for (const std::string& file : {folder.path("missing.toml"), folder.write("bad.toml", "schema =\n")}) {
        Problems problems;
        CHECK(load_baseline(file, problems).endpoints.empty());
        REQUIRE(problems.size() == 1);
        CHECK_FALSE(problems[0].warning);
        CHECK_THAT(problems[0].to_string(), Contains(file));
    }
}
