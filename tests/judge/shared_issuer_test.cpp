#include "judge/shared_issuer.hpp"

#include <utility>
#include <vector>

#include "catch.hpp"
#include "judge/conclude.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

CheckResult result_of(Check check, TlsFacts facts) {
    CheckResult result;
    result.check = std::move(check);
    result.attempts = {Trace::to().connect().handshake(std::move(facts))};
    result.conclusion = judge::conclude_with(content, result.check, result.attempts);
    return result;
}

Check public_host(const std::string& host) {
    Check check = check_of("TCP/443", host);
    check.trust.public_ca = true;
    return check;
}

/// Signed by somebody with this key.
TlsFacts by_key(const std::string& key, std::string issuer = "Corp Inspection CA") {
    TlsFacts facts = facts_of(std::move(issuer));
    facts.issuer_key_sha256 = key;
    return facts;
}

/// The same certificate, which signs itself, wherever it is shown.
TlsFacts self_signed(const std::string& key) {
    TlsFacts facts = by_key(key, "block page");
    facts.chain[0].self_signed = true;
    facts.chain[0].key_sha256 = key;
    return facts;
}

const std::vector<std::string> unrelated{"update.fortiguard.net", "globalsdns.fortinet.net", "api.example.org"};

std::vector<CheckResult> results_for(const std::vector<std::string>& hosts, const TlsFacts& facts) {
    std::vector<CheckResult> results;
    for (const std::string& host : hosts) results.push_back(result_of(public_host(host), facts));
    return results;
}

}  // namespace

TEST_CASE("one unexpected issuer for unrelated names is said of each") {
    std::vector<CheckResult> results = results_for(unrelated, by_key("k"));
    results.push_back(result_of(public_host("service.fortiguard.net"), by_key("k")));
    results.push_back(result_of(public_host("other.example.com"), by_key("another")));
    results.push_back(result_of(public_host("good.example.net"), public_facts()));
    const std::string other = results[4].conclusion.summary;
    const std::string good = results[5].conclusion.summary;
    judge::relate_issuers(results);
    for (std::size_t index = 0; index < 4; ++index) {
        const Conclusion& conclusion = results[index].conclusion;
        CHECK(conclusion.cause == Cause::tls_intercepted);
        CHECK(conclusion.confidence == Confidence::likely);
        CHECK_THAT(conclusion.summary, says("; the same CA signs for 3 other names."));
        CHECK_THAT(results[index].attempts[0].finding.detail, says("the same CA"));
        REQUIRE(conclusion.advice);
    }
    CHECK(results[4].conclusion.summary == other);
    CHECK(results[5].conclusion.summary == good);
    CHECK(results[5].conclusion.verdict == Verdict::reachable);
}

TEST_CASE("fewer unrelated names, or related ones, leave everything as it was") {
    const std::vector<std::vector<std::string>> cases{
        {"update.fortiguard.net"},
        {"update.fortiguard.net", "globalsdns.fortinet.net"},
        {"a.fortiguard.net", "b.fortiguard.net", "c.fortiguard.net", "fortiguard.net", "d.fortinet.net"}};
    for (const auto& hosts : cases) {
        std::vector<CheckResult> results = results_for(hosts, self_signed("k"));
        judge::relate_issuers(results);
        for (const CheckResult& result : results) {
            CHECK(result.conclusion.cause == Cause::untrusted_issuer);
            CHECK_THAT(result.conclusion.summary, !says("the same"));
        }
    }
}

TEST_CASE("a certificate that signs itself and stands for unrelated names is an inspector's") {
    std::vector<CheckResult> results = results_for(unrelated, self_signed("k"));
    CHECK(results[0].conclusion.cause == Cause::untrusted_issuer);
    judge::relate_issuers(results);
    for (const CheckResult& result : results) {
        CHECK(result.conclusion.cause == Cause::tls_intercepted);
        CHECK(result.conclusion.verdict == Verdict::intercepted);
        CHECK(result.conclusion.confidence == Confidence::likely);
        CHECK(result.conclusion.owner == Owner::network);
        CHECK_THAT(result.conclusion.summary,
                   says("Something answers in place of") && says("; the same key signs for 2 other names."));
        CHECK_THAT(result.conclusion.advice.value_or(""), says("TLS inspection"));
        CHECK(result.attempts[0].finding.cause == Cause::tls_intercepted);
    }
    // Each with a key of its own: what appliances do.
    std::vector<CheckResult> each;
    for (const std::string& host : unrelated) each.push_back(result_of(public_host(host), self_signed(host)));
    judge::relate_issuers(each);
    for (const CheckResult& result : each) CHECK(result.conclusion.cause == Cause::untrusted_issuer);
}

TEST_CASE("a baseline's doubt becomes likely where the same stranger signs for others") {
    const auto doubted = [](const std::string& host) {
        Check check = check_of("TCP/443", host);
        check.trust.any = true;
        KnownIdentity known;
        known.issuer_name = "Branch CA";
        known.issuer_key_sha256 = "branch";
        known.key_sha256 = "then";
        check.known = std::make_shared<const KnownIdentity>(known);
        return result_of(check, by_key("k"));
    };
    std::vector<CheckResult> results;
    for (const std::string& host : unrelated) results.push_back(doubted(host));
    CHECK(results[0].conclusion.confidence == Confidence::possible);
    judge::relate_issuers(results);
    for (const CheckResult& result : results) {
        CHECK(result.conclusion.confidence == Confidence::likely);
        CHECK(result.conclusion.owner == Owner::network);
        CHECK_THAT(result.conclusion.advice.value_or(""), says("TLS inspection"));
    }
}

TEST_CASE("what is proven stays so") {
    TlsFacts facts = by_key("k");
    facts.inspection_ca = "Branch Inspection";
    std::vector<CheckResult> results = results_for(unrelated, facts);
    judge::relate_issuers(results);
    for (const CheckResult& result : results) CHECK(result.conclusion.confidence == Confidence::proven);
}

TEST_CASE("a public CA that is not known here signs for many") {
    std::vector<CheckResult> results = results_for(unrelated, by_key("k", "DigiCert TLS RSA SHA256 2020 CA1"));
    judge::relate_issuers(results);
    for (const CheckResult& result : results) {
        CHECK(result.conclusion.cause == Cause::untrusted_issuer);
        CHECK(result.conclusion.confidence == Confidence::possible);
    }
}

TEST_CASE("a site's own hosts may share its own CA, or a default certificate") {
    std::vector<CheckResult> results;
    for (const char* host : {"fmg.site-a.example", "faz.site-b.test", "10.0.0.7", "10.0.0.8"}) {
        Check check = public_host(host);
        check.public_name = check.vendor_host = false;
        check.host_is_address = Address::parse(host).has_value();
        if (check.host_is_address) check.server_name.clear();
        results.push_back(result_of(check, self_signed("k")));
    }
    judge::relate_issuers(results);
    for (const CheckResult& result : results) CHECK(result.conclusion.cause == Cause::untrusted_issuer);
}

TEST_CASE("an address of a table counts by the name that it has to have") {
    std::vector<CheckResult> results = results_for({"update.fortiguard.net", "api.example.org"}, by_key("k"));
    Check check = public_host("96.45.45.45");
    check.server_name = "globalsdns.fortinet.net";
    check.host_is_address = true;
    check.public_name = check.vendor_host = false;
    results.push_back(result_of(check, by_key("k")));
    judge::relate_issuers(results);
    for (const CheckResult& result : results)
        CHECK_THAT(result.conclusion.summary, says("the same CA signs for 2 other names"));
}

TEST_CASE("an issuer without a key is known by its name, and names of any shape do no harm") {
    std::vector<CheckResult> results =
        results_for({"", ".", "a", "a.", ".b", "c.d.", "UPDATE.Example.NET"}, facts_of());
    judge::relate_issuers(results);
    for (const CheckResult& result : results) CHECK(result.conclusion.cause == Cause::tls_intercepted);
    CHECK_THAT(results[0].conclusion.summary, says("the same CA"));
    judge::relate_issuers({});
}
