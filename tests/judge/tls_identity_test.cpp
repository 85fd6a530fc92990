#include "judge/tls_identity.hpp"

#include <utility>

#include "catch.hpp"
#include "judge/advice.hpp"
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
    check.ocsp = Stapling::demanded;
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
    check.ocsp = Stapling::demanded;
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

// A CA that only this host trusts.

namespace {

TlsFacts host_facts() {
    TlsFacts facts = facts_of();
    facts.host_anchor = "Corp Inspection CA";
    return facts;
}

Check signed_by_digicert(Check check = public_only) {
    check.signer = "DigiCert";
    return check;
}

KnownIdentity known_as(std::string issuer, std::string issuer_key, std::string key = "key of then") {
    KnownIdentity known;
    known.issuer = "CN=" + issuer;
    known.issuer_name = std::move(issuer);
    known.issuer_key_sha256 = std::move(issuer_key);
    known.key_sha256 = std::move(key);
    return known;
}

Check knowing(Check check, KnownIdentity known) {
    check.known = std::make_shared<const KnownIdentity>(std::move(known));
    return check;
}

/// With the keys that a handshake shows.
TlsFacts keyed(TlsFacts facts, std::string issuer_key, std::string key = "key of now") {
    facts.chain[0].key_sha256 = std::move(key);
    facts.issuer_key_sha256 = std::move(issuer_key);
    return facts;
}

}  // namespace

TEST_CASE("a CA that only this host trusts is no public one") {
    for (const Check& check : {public_only, fortinet_only, either}) {
        const Identity identity = judge::judge_identity(check, host_facts());
        REQUIRE(identity.failure);
        CHECK(identity.failure->cause == Cause::tls_intercepted);
        CHECK(identity.failure->confidence == Confidence::likely);
        CHECK(identity.failure->owner == Owner::network);
        CHECK(identity.failure->detail ==
              "signed by 'Corp Inspection CA', which this host trusts but which is no public CA");
    }
    CHECK_FALSE(judge::judge_identity(anybody, host_facts()).failure);
    TlsFacts under = host_facts();
    under.host_anchor = "Corp Root CA";
    CHECK(judge::judge_identity(public_only, under).failure->detail ==
          "signed by 'Corp Inspection CA' under 'Corp Root CA', which this host trusts but which is no public CA");
}

TEST_CASE("a root with a public CA's name that no list has may be a new one") {
    TlsFacts facts = facts_of("DigiCert TLS RSA4096 Root G9");
    facts.host_anchor = "DigiCert TLS RSA4096 Root G9";
    const Identity identity = judge::judge_identity(public_only, facts);
    REQUIRE(identity.failure);
    CHECK(identity.failure->cause == Cause::untrusted_issuer);
    CHECK(identity.failure->confidence == Confidence::possible);
    CHECK_THAT(identity.failure->detail, says("DigiCert") && says("this host trusts"));
}

TEST_CASE("a certificate that signs itself stays one where this host trusts it") {
    TlsFacts facts = self_signed();
    facts.host_anchor = "update.fortiguard.net";
    CHECK(cause_of(public_only, facts) == Cause::untrusted_issuer);
}

TEST_CASE("who should have signed is named") {
    CHECK(judge::judge_identity(signed_by_digicert(), facts_of()).failure->detail ==
          "signed by 'Corp Inspection CA', not by DigiCert");
    CHECK(judge::judge_identity(signed_by_digicert(), host_facts()).failure->detail ==
          "signed by 'Corp Inspection CA', not by DigiCert; this host trusts that CA, but it is no public one");
    CHECK(judge::judge_identity(signed_by_digicert(either), facts_of()).failure->detail ==
          "signed by 'Corp Inspection CA', neither by DigiCert nor by Fortinet");
    CHECK_THAT(judge::judge_identity(signed_by_digicert(), facts_of("Fortinet_CA_SSL")).failure->detail,
               says("not by DigiCert") && says("inspects TLS"));
}

TEST_CASE("another public CA than the one that is known is worth a warning, and no more") {
    CHECK(judge::judge_identity(signed_by_digicert(), public_facts()).warnings.empty());
    TlsFacts by_anchor = public_facts();
    by_anchor.chain[0] = certificate("update.fortiguard.net", "Some Issuing CA");
    CHECK(judge::judge_identity(signed_by_digicert(), by_anchor).warnings.empty());
    TlsFacts other = facts_of("R11");
    other.public_chain = true;
    other.public_anchor = "ISRG Root X1";
    const Identity identity = judge::judge_identity(signed_by_digicert(), other);
    CHECK_FALSE(identity.failure);
    CHECK(identity.confidence == Confidence::proven);
    REQUIRE(identity.warnings.size() == 1);
    CHECK(identity.warnings[0] ==
          "The certificate is signed by 'R11' under 'ISRG Root X1', a public CA, where DigiCert was expected.");
    CHECK(judge::judge_identity(public_only, other).warnings.empty());
    // What is wrong with it otherwise is what matters.
    other.name_matches = false;
    const Identity misnamed = judge::judge_identity(signed_by_digicert(), other);
    CHECK(misnamed.failure->cause == Cause::name_mismatch);
    CHECK(misnamed.warnings.empty());
}

TEST_CASE("a missing staple supports what an unexpected issuer says") {
    Check stapled = public_only;
    stapled.ocsp = Stapling::demanded;
    const Identity both = judge::judge_identity(stapled, facts_of());
    CHECK(both.failure->cause == Cause::tls_intercepted);
    CHECK(both.failure->confidence == Confidence::proven);
    CHECK(
        both.failure->detail ==
        "signed by 'Corp Inspection CA', not by a public CA, and no OCSP answer is stapled, as the real service does");
    CHECK(judge::judge_identity(stapled, host_facts()).failure->confidence == Confidence::proven);
    // One step short: nothing demanded, something stapled, or a handshake that broke off before it.
    TlsFacts with_staple = facts_of();
    with_staple.staple = Staple::good;
    TlsFacts broken_off = facts_of();
    broken_off.complete = false;
    for (const auto& [check, facts] :
         {std::pair(public_only, facts_of()), std::pair(stapled, with_staple), std::pair(stapled, broken_off)}) {
        const Identity identity = judge::judge_identity(check, facts);
        CHECK(identity.failure->confidence == Confidence::likely);
        CHECK_THAT(identity.failure->detail, !says("staple"));
    }
    // A server that forgets its intermediate cannot staple.
    const Identity incomplete = judge::judge_identity(stapled, facts_of("DigiCert TLS RSA SHA256 2020 CA1"));
    CHECK(incomplete.failure->cause == Cause::untrusted_issuer);
    CHECK(incomplete.failure->confidence == Confidence::possible);
    // The right issuer without a staple is what it was.
    const Identity right = judge::judge_identity(stapled, public_facts());
    CHECK(right.failure->cause == Cause::ocsp_missing);
    CHECK(right.failure->confidence == Confidence::proven);
}

// A baseline.

TEST_CASE("the endpoint of the baseline may renew its certificate") {
    for (const Check& check : {public_only, anybody}) {
        const auto judged = [&](const KnownIdentity& known, const TlsFacts& facts) {
            return judge::judge_identity(knowing(check, known), facts);
        };
        const TlsFacts now = keyed(public_facts(), "issuer", "key");
        // The same key, whoever signed it since; the same issuer, whatever the key.
        for (const KnownIdentity& known :
             {known_as("DigiCert TLS RSA SHA256 2020 CA1", "issuer", "key"), known_as("Other", "other", "key"),
              known_as("Other", "", "key"), known_as("DigiCert TLS RSA SHA256 2020 CA1", "issuer"),
              known_as("Renamed", "issuer")}) {
            const Identity identity = judged(known, now);
            CHECK_FALSE(identity.failure);
            CHECK(identity.warnings.empty());
        }
    }
}

TEST_CASE("a public CA in place of another is worth a warning that names both") {
    const KnownIdentity known = known_as("R11", "key of R11");
    for (const Check& check : {public_only, either, anybody}) {
        const Identity identity =
            judge::judge_identity(knowing(check, known), keyed(public_facts(), "key of DigiCert"));
        CHECK_FALSE(identity.failure);
        REQUIRE(identity.warnings.size() == 1);
        CHECK(identity.warnings[0] ==
              "The certificate is signed by 'DigiCert TLS RSA SHA256 2020 CA1'; at the good place it was 'R11'.");
    }
    // The same for Fortinet's own, where they are expected.
    const Identity fortinet =
        judge::judge_identity(knowing(fortinet_only, known), keyed(fortinet_facts(), "key of support"));
    CHECK_FALSE(fortinet.failure);
    CHECK_THAT(fortinet.warnings.at(0), says("'support'") && says("'R11'"));
}

TEST_CASE("where nothing else vouches for a certificate, another signer may be somebody on the way") {
    const KnownIdentity known = known_as("Branch CA", "key of branch");
    TlsFacts by_name = fortinet_facts();
    by_name.fortinet_chain = FortinetChain::by_name;
    TlsFacts misnamed = public_facts();
    misnamed.name_matches = false;
    const std::pair<Check, TlsFacts> cases[] = {{anybody, facts_of()},
                                                {check_of(), facts_of()},
                                                {fortinet_only, by_name},
                                                {anybody, misnamed},
                                                {anybody, fortinet_facts()}};
    for (const auto& [check, facts] : cases) {
        const Identity identity = judge::judge_identity(knowing(check, known), keyed(facts, "another key"));
        REQUIRE(identity.failure);
        CHECK(identity.failure->cause == Cause::tls_intercepted);
        CHECK(identity.failure->confidence == Confidence::possible);
        CHECK(identity.failure->owner == Owner::unknown);
        CHECK_THAT(identity.failure->detail, says("; at the good place it was 'Branch CA'"));
        // Nothing known: nothing said.
        CHECK_FALSE(judge::judge_identity(check, keyed(facts, "another key")).failure);
    }
    CHECK(judge::judge_identity(knowing(anybody, known), keyed(facts_of(), "another key")).failure->detail ==
          "signed by 'Corp Inspection CA'; at the good place it was 'Branch CA'");
    CHECK_THAT(
        judge::judge_identity(knowing(anybody, known), keyed(facts_of("Branch CA"), "another key")).failure->detail,
        says("it was 'Branch CA' with another key"));
}

TEST_CASE("names alone do not tell that a signer is the same, nor that it is another with the same name") {
    const Check check = knowing(anybody, known_as("Corp Inspection CA", ""));
    CHECK_FALSE(judge::judge_identity(check, keyed(facts_of(), "some key")).failure);
    CHECK_FALSE(
        judge::judge_identity(knowing(anybody, known_as("Corp Inspection CA", "some key")), keyed(facts_of(), ""))
            .failure);
    CHECK(judge::judge_identity(check, keyed(facts_of("Another CA"), "")).failure);
    // Its issuer's certificate lies beside it, and has not signed it.
    TlsFacts forged = keyed(facts_of(), "");
    forged.chain.push_back(certificate("Corp Inspection CA", "Corp Root CA"));
    CHECK(judge::judge_identity(check, forged).failure);
    // A file holds names as they are shown.
    TlsFacts odd = keyed(facts_of("a\x1b"), "");
    CHECK_FALSE(judge::judge_identity(knowing(anybody, known_as("a\\x1b", "")), odd).failure);
    CHECK_FALSE(judge::judge_identity(knowing(anybody, known_as("a\x1b", "")), odd).failure);
}

TEST_CASE("an appliance that signs for itself is known by its key") {
    const KnownIdentity known = known_as("FortiManager", "its key", "its key");
    CHECK_FALSE(judge::judge_identity(knowing(anybody, known), keyed(self_signed(), "its key", "its key")).failure);
    const Identity changed = judge::judge_identity(knowing(anybody, known), keyed(self_signed(), "new key", "new key"));
    REQUIRE(changed.failure);
    CHECK(changed.failure->cause == Cause::tls_intercepted);
    CHECK(changed.failure->confidence == Confidence::possible);
    CHECK(changed.failure->detail == "signed by itself; at the good place it signed itself with another key");
    CHECK(judge::judge_identity(knowing(anybody, known), keyed(facts_of(), "corp")).failure->detail ==
          "signed by 'Corp Inspection CA'; at the good place it had signed itself");
}

TEST_CASE("what a baseline adds to a signer that the table does not accept") {
    const Identity changed =
        judge::judge_identity(knowing(public_only, known_as("R11", "key of R11")), keyed(facts_of(), "corp"));
    CHECK(changed.failure->detail ==
          "signed by 'Corp Inspection CA', not by a public CA; at the good place it was 'R11'");
    CHECK(changed.failure->confidence == Confidence::likely);
    // The same one at the good place: table and baseline disagree.
    const Identity same =
        judge::judge_identity(knowing(public_only, known_as("Corp Inspection CA", "corp")), keyed(facts_of(), "corp"));
    CHECK(same.failure->cause == Cause::tls_intercepted);
    CHECK(same.failure->confidence == Confidence::possible);
    CHECK(same.failure->detail == "signed by 'Corp Inspection CA', not by a public CA, as at the good place");
    // A site knows its own inspection CA.
    TlsFacts inspected = keyed(facts_of(), "corp");
    inspected.inspection_ca = "Corp Inspection CA";
    const Identity own = judge::judge_identity(knowing(public_only, known_as("Corp Inspection CA", "corp")), inspected);
    CHECK(own.failure->confidence == Confidence::proven);
}

TEST_CASE("what to do about a signer that only a baseline speaks against") {
    const auto finding = [](const KnownIdentity& known) {
        const Attempt attempt = Trace::to().connect().handshake(keyed(facts_of(), "corp"));
        return std::pair(knowing(anybody, known), judge::judge_attempt_with(content, knowing(anybody, known), attempt));
    };
    const auto [check, changed] = finding(known_as("R11", "key of R11"));
    CHECK(changed.cause == Cause::tls_intercepted);
    CHECK_THAT(judge::advise(check, changed, {}).text.value_or(""), says("--learn"));
    CHECK(finding(known_as("Corp Inspection CA", "corp")).second.cause == Cause::answered);
}
