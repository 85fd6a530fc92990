#include "judge/tls_identity.hpp"

#include "catch.hpp"
#include "judge/attempt.hpp"
#include "judge/issuer.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;
using judge::Identity;

namespace {

Check trusting(bool public_ca, bool fortinet, bool any = false) {
    Check check = check_of();
    check.trust = Trust{public_ca, fortinet, any};
    return check;
}

const Check fortinet_only = trusting(false, true);
const Check public_only = trusting(true, false);
const Check either = trusting(true, true);
const Check anybody = trusting(false, false, true);

Cause cause_of(const Check& check, const TlsFacts& facts) {
    const Identity identity = judge::judge_identity(check, facts);
    REQUIRE(identity.failure);
    CHECK(identity.failure->stage == Stage::tls);
    return identity.failure->cause;
}

TlsFacts self_signed() {
    TlsFacts facts = facts_of("update.fortiguard.net");
    facts.chain[0].self_signed = true;
    return facts;
}

}  // namespace

TEST_CASE("signers that an endpoint may have") {
    CHECK_FALSE(judge::judge_identity(public_only, public_facts()).failure);
    CHECK_FALSE(judge::judge_identity(fortinet_only, fortinet_facts()).failure);
    CHECK_FALSE(judge::judge_identity(either, public_facts()).failure);
    CHECK_FALSE(judge::judge_identity(either, fortinet_facts()).failure);
    CHECK_FALSE(judge::judge_identity(anybody, facts_of()).failure);
    CHECK_FALSE(judge::judge_identity(anybody, self_signed()).failure);
    CHECK_FALSE(judge::judge_identity(check_of(), self_signed()).failure);
    const Identity identity = judge::judge_identity(fortinet_only, fortinet_facts());
    CHECK(identity.signed_by == "signed by 'support'");
    CHECK(identity.signer_is == " (Fortinet)");
    CHECK(identity.confidence == Confidence::proven);
    CHECK(identity.warnings.empty());
}

TEST_CASE("a Fortinet chain that is known by name only") {
    TlsFacts facts = fortinet_facts();
    facts.fortinet_chain = FortinetChain::by_name;
    const Identity identity = judge::judge_identity(fortinet_only, facts);
    CHECK_FALSE(identity.failure);
    CHECK(identity.confidence == Confidence::likely);
    REQUIRE(identity.warnings.size() == 1);
    CHECK_THAT(identity.warnings[0], says("'support'"));
    const Finding finding = judge::judge_attempt_with(content, fortinet_only, Trace::to().connect().handshake(facts));
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.warnings == identity.warnings);
}

TEST_CASE("a signer whom nobody expects") {
    const Identity identity = judge::judge_identity(public_only, facts_of());
    REQUIRE(identity.failure);
    CHECK(identity.failure->cause == Cause::tls_intercepted);
    CHECK(identity.failure->confidence == Confidence::likely);
    CHECK(identity.failure->owner == Owner::network);
    CHECK(identity.failure->detail == "signed by 'Corp Inspection CA', not by a public CA");
    CHECK_THAT(judge::judge_identity(fortinet_only, facts_of()).failure->detail, says("not by Fortinet"));
    CHECK_THAT(judge::judge_identity(either, facts_of()).failure->detail, says("neither"));
}

TEST_CASE("this site's inspection CA is proof, whoever else is trusted") {
    for (const Check& check : {public_only, fortinet_only, either, anybody}) {
        TlsFacts facts = public_facts();
        facts.inspection_ca = "Branch Inspection";
        CHECK(cause_of(check, facts) == Cause::tls_intercepted);
        const Identity identity = judge::judge_identity(check, facts);
        CHECK(identity.failure->confidence == Confidence::proven);
        CHECK_THAT(identity.failure->detail, says("'Branch Inspection'"));
    }
}

TEST_CASE("the wrong kind of known signer") {
    CHECK(cause_of(fortinet_only, public_facts()) == Cause::tls_intercepted);
    CHECK_THAT(judge::judge_identity(fortinet_only, public_facts()).failure->detail, says("'DigiCert Global Root CA'"));
    CHECK(cause_of(public_only, fortinet_facts()) == Cause::tls_intercepted);
    CHECK_THAT(judge::judge_identity(public_only, fortinet_facts()).failure->detail, says("another Fortinet device"));
}

TEST_CASE("a lone certificate that signs itself") {
    const Identity identity = judge::judge_identity(fortinet_only, self_signed());
    REQUIRE(identity.failure);
    CHECK(identity.failure->cause == Cause::untrusted_issuer);
    CHECK(identity.failure->confidence == Confidence::likely);
}

TEST_CASE("a chain that merely ends too early cannot be told from interception") {
    for (const char* issuer : {"DigiCert TLS RSA SHA256 2020 CA1", "Sectigo RSA Domain Validation CA"}) {
        const Identity identity = judge::judge_identity(public_only, facts_of(issuer));
        REQUIRE(identity.failure);
        CHECK(identity.failure->cause == Cause::untrusted_issuer);
        CHECK(identity.failure->confidence == Confidence::possible);
    }
    TlsFacts by_organisation = facts_of("R3");
    by_organisation.chain[0].issuer = "CN=R3,O=Let's Encrypt,C=US";
    CHECK(cause_of(public_only, by_organisation) == Cause::untrusted_issuer);
    // An intermediate was sent, and this host's bundle does not know the root.
    TlsFacts two = facts_of("DigiCert Intermediate");
    two.chain.push_back(certificate("DigiCert Intermediate", "DigiCert New Root"));
    CHECK(cause_of(public_only, two) == Cause::untrusted_issuer);
}

TEST_CASE("FortiGates that re-sign what they inspect") {
    for (const char* issuer : {"Fortinet_CA_SSL", "Fortinet_CA_Untrusted"}) {
        CHECK(cause_of(public_only, facts_of(issuer)) == Cause::tls_intercepted);
        CHECK_THAT(judge::judge_identity(fortinet_only, facts_of(issuer)).failure->detail,
                   says(issuer) && says("inspects TLS"));
    }
    TlsFacts serial = facts_of("FGT60FTK20000000");
    serial.chain[0].issuer = "CN=FGT60FTK20000000,OU=Certificate Authority,O=Fortinet,L=Sunnyvale,C=US";
    CHECK_THAT(judge::judge_identity(public_only, serial).failure->detail, says("inspects TLS"));
    // Such a CA says of itself that Fortinet signed it; a name is no proof.
    serial.fortinet_chain = FortinetChain::by_name;
    CHECK(cause_of(fortinet_only, serial) == Cause::tls_intercepted);
    TlsFacts others = facts_of("FGT Networks");
    others.chain[0].issuer = "CN=FGT Networks,O=Somebody";
    CHECK_THAT(judge::judge_identity(public_only, others).failure->detail, !says("inspects TLS"));
    // An appliance's own pages are signed so by default.
    CHECK_FALSE(judge::judge_identity(anybody, facts_of("Fortinet_CA_SSL")).failure);
}

TEST_CASE("attributes of a name") {
    CHECK(judge::attribute_of("CN=a,O=b", "O") == "b");
    CHECK(judge::attribute_of("CN=a\\,O=c,O=b", "O") == "b");
    CHECK(judge::attribute_of("CN=a\\", "CN") == "a\\");
    CHECK(judge::attribute_of("CN=a, O=b", "O") == "b");
    CHECK(judge::attribute_of("OU=b", "O").empty());
    CHECK(judge::attribute_of("", "O").empty());
}

TEST_CASE("names") {
    TlsFacts other = public_facts();
    other.name_matches = false;
    other.chain[0].names = {"a.example", "b.example", "c.example", "d.example", "e.example"};
    const Identity identity = judge::judge_identity(public_only, other);
    REQUIRE(identity.failure);
    CHECK(identity.failure->cause == Cause::name_mismatch);
    CHECK_THAT(identity.failure->detail,
               says("'a.example', 'b.example', 'c.example' and 2 more") && says("'update.fortiguard.net'"));
    // Certificates of Fortinet's own CA often name a serial number.
    TlsFacts serial = fortinet_facts();
    serial.name_matches = false;
    serial.chain[0].names.clear();
    serial.chain[0].subject_name = "FMG-VM0000000001";
    for (const Check& check : {fortinet_only, either}) {
        const Identity own_ca = judge::judge_identity(check, serial);
        CHECK_FALSE(own_ca.failure);
        REQUIRE(own_ca.warnings.size() == 1);
        CHECK_THAT(own_ca.warnings[0], says("FMG-VM0000000001"));
    }
    TlsFacts anything = facts_of();
    anything.name_matches = false;
    CHECK(judge::judge_identity(anybody, anything).warnings.empty());
    // Nobody has said what the host is called.
    Check address = public_only;
    address.server_name.clear();
    const Identity unnamed = judge::judge_identity(address, other);
    CHECK_FALSE(unnamed.failure);
    CHECK(unnamed.confidence == Confidence::likely);
    CHECK_THAT(unnamed.warnings.at(0), says("address"));
}

TEST_CASE("validity") {
    TlsFacts early = public_facts();
    early.chain[0].not_before = seen_at + std::chrono::days(1);
    CHECK(cause_of(public_only, early) == Cause::certificate_not_yet_valid);
    CHECK_THAT(judge::judge_identity(public_only, early).failure->detail, says("this host's clock says 2026-09-21"));
    TlsFacts late = public_facts();
    late.chain[0].not_after = seen_at - std::chrono::seconds(1);
    CHECK(cause_of(public_only, late) == Cause::certificate_expired);
    late.chain[0].not_after = seen_at;
    CHECK_FALSE(judge::judge_identity(public_only, late).failure);
    for (const TlsFacts& facts : {early, [] {
                                      TlsFacts past = facts_of();
                                      past.chain[0].not_after = seen_at - std::chrono::days(900);
                                      return past;
                                  }()}) {
        const Identity identity = judge::judge_identity(anybody, facts);
        CHECK_FALSE(identity.failure);
        REQUIRE(identity.warnings.size() == 1);
        CHECK_THAT(identity.warnings[0], says("not valid"));
    }
}

TEST_CASE("certificates that end soon are a warning") {
    const auto warnings = [](std::chrono::seconds left) {
        TlsFacts facts = public_facts();
        facts.chain[0].not_after = seen_at + left;
        return judge::judge_identity(public_only, facts).warnings;
    };
    CHECK(warnings(std::chrono::days(15)).empty());
    REQUIRE(warnings(std::chrono::days(14)).size() == 1);
    CHECK_THAT(warnings(std::chrono::days(14))[0], says("2026-10-05") && says("in 14 days"));
    CHECK_THAT(warnings(std::chrono::days(1)).at(0), says("in 1 day."));
    CHECK_THAT(warnings(std::chrono::hours(5)).at(0), says("within a day"));
}

TEST_CASE("stapled OCSP answers, where the device demands them") {
    Check check = public_only;
    check.ocsp_stapled = true;
    const auto with = [](Staple staple) {
        TlsFacts facts = public_facts();
        facts.staple = staple;
        return facts;
    };
    CHECK_FALSE(judge::judge_identity(check, with(Staple::good)).failure);
    CHECK(cause_of(check, with(Staple::none)) == Cause::ocsp_missing);
    CHECK(cause_of(check, with(Staple::revoked)) == Cause::certificate_revoked);
    CHECK(cause_of(check, with(Staple::unknown)) == Cause::ocsp_invalid);
    CHECK(cause_of(check, with(Staple::stale)) == Cause::ocsp_invalid);
    CHECK(cause_of(check, with(Staple::invalid)) == Cause::ocsp_invalid);
    // In TLS 1.2 the answer may still have been on its way.
    TlsFacts broken_off = with(Staple::none);
    broken_off.complete = false;
    CHECK_FALSE(judge::judge_identity(check, broken_off).failure);
    broken_off.client_certificate_requested = true;
    CHECK(cause_of(check, broken_off) == Cause::ocsp_missing);
    // Where it is not demanded it is not missed.
    CHECK(judge::judge_identity(public_only, with(Staple::none)).warnings.empty());
    CHECK_THAT(judge::judge_identity(public_only, with(Staple::revoked)).warnings.at(0), says("withdrawn"));
}

TEST_CASE("the order of what is wrong with a certificate") {
    Check check = public_only;
    check.ocsp_stapled = true;
    TlsFacts facts = facts_of();
    facts.name_matches = false;
    facts.chain[0].not_after = seen_at - std::chrono::days(1);
    CHECK(cause_of(check, facts) == Cause::tls_intercepted);
    facts.public_chain = true;
    CHECK(cause_of(check, facts) == Cause::name_mismatch);
    facts.name_matches = true;
    CHECK(cause_of(check, facts) == Cause::certificate_expired);
    facts.chain[0].not_after = seen_at + std::chrono::days(100);
    CHECK(cause_of(check, facts) == Cause::ocsp_missing);
}

TEST_CASE("who signed is said once") {
    const auto wordy = [](const Check&, const Attempt&) {
        Finding finding;
        finding.cause = Cause::answered;
        finding.detail = "TLSv1.3, 'x' signed by 'support'";
        return finding;
    };
    const Attempt attempt = Trace::to().connect().handshake(fortinet_facts());
    CHECK(judge::judge_attempt_with(wordy, fortinet_only, attempt).detail ==
          "TLSv1.3, 'x' signed by 'support' (Fortinet)");
    CHECK(judge::judge_attempt_with(content, fortinet_only, attempt).detail == "signed by 'support' (Fortinet)");
}

TEST_CASE("names from certificates are escaped") {
    const Finding finding = *judge::judge_identity(public_only, facts_of("\x1b]0;title\x07")).failure;
    CHECK(finding.detail.find('\x1b') == std::string::npos);
    CHECK(finding.detail.find('\x07') == std::string::npos);
}
