// What a chain is known by, with authorities made for the purpose.
#include "net/trust_store.hpp"

#include <openssl/x509v3.h>

#include "catch.hpp"
#include "net/certificate.hpp"
#include "peers/authority.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;
using peers::Authority;
using peers::Identity;

namespace {

std::vector<Certificate> chain_of(const Identity& identity) {
    std::vector<Certificate> chain;
    chain.push_back(share(identity.leaf.get()));
    chain.push_back(share(identity.issuer.get()));
    return chain;
}

const std::string name = "update.example.net";

}  // namespace

TEST_CASE("whose signature a chain carries is told apart") {
    const ScratchFolder folder;
    const Authority public_ca("Public CA", "Test");
    const Authority vendor_ca("Vendor CA", "Test");
    const Authority inspection_ca("Inspection CA", "Test");
    TrustFiles files;
    files.public_ca = {folder.write("public.pem", public_ca.certificate_pem())};
    files.fortinet_ca = {folder.write("vendor.pem", vendor_ca.certificate_pem())};
    files.inspection_ca = {folder.write("inspection.pem", inspection_ca.certificate_pem())};
    const auto store = TrustStore::load(files);
    REQUIRE(store);

    TlsFacts facts;
    SECTION("a public CA's") {
        store->examine(chain_of(public_ca.issue({name})), name, facts);
        CHECK(facts.public_chain);
        CHECK(facts.public_anchor == "Public CA");
        CHECK(facts.fortinet_chain == FortinetChain::no);
        CHECK(facts.inspection_ca.empty());
        CHECK(facts.name_matches);
    }
    SECTION("the vendor's") {
        store->examine(chain_of(vendor_ca.issue({name})), name, facts);
        CHECK_FALSE(facts.public_chain);
        CHECK_FALSE(facts.verify_error.empty());
        CHECK(facts.fortinet_chain == FortinetChain::proven);
        CHECK(facts.fortinet_anchor == "Vendor CA");
    }
    SECTION("this site's inspection CA's") {
        store->examine(chain_of(inspection_ca.issue({name})), name, facts);
        CHECK_FALSE(facts.public_chain);
        CHECK(facts.fortinet_chain == FortinetChain::no);
        CHECK(facts.inspection_ca == "Inspection CA");
    }
    SECTION("a stranger's") {
        store->examine(chain_of(Authority("Public CA", "Test").issue({name})), name, facts);
        CHECK_FALSE(facts.public_chain);  // the name is the same, the key is not
        CHECK(facts.inspection_ca.empty());
    }
    SECTION("a name that is not in the certificate") {
        store->examine(chain_of(public_ca.issue({"other.example.net"})), name, facts);
        CHECK(facts.public_chain);
        CHECK_FALSE(facts.name_matches);
    }
    SECTION("an address") {
        store->examine(chain_of(public_ca.issue({"192.0.2.5"})), "192.0.2.5", facts);
        CHECK(facts.name_matches);
    }
    SECTION("an expired certificate still has its issuer") {
        store->examine(chain_of(public_ca.issue({name}, {std::chrono::hours(-48), std::chrono::hours(-24)})), name,
                       facts);
        CHECK(facts.public_chain);
    }
    SECTION("a chain without its issuer") {
        std::vector<Certificate> chain = chain_of(public_ca.issue({name}));
        chain.pop_back();
        store->examine(chain, name, facts);
        CHECK(facts.public_chain);  // the anchor itself has signed
    }
}

TEST_CASE("an issuer with the name of one of Fortinet's CAs is known by name only") {
    const ScratchFolder folder;
    const Authority public_ca("Public CA", "Test");
    TrustFiles files;
    files.public_ca = {folder.write("public.pem", public_ca.certificate_pem())};
    const auto store = TrustStore::load(files);
    REQUIRE(store);
    TlsFacts facts;
    // Authority sets O and CN, and no OU: not Fortinet's form of the name.
    store->examine(chain_of(Authority("support", "Fortinet").issue({name})), name, facts);
    CHECK(facts.fortinet_chain == FortinetChain::no);
}

TEST_CASE("a stapled answer vouches for its own certificate only") {
    const Authority ca("Public CA", "Test");
    const Identity identity = ca.issue({name});
    const Identity other = ca.issue({name});
    CHECK(examine_staple(identity.staple, chain_of(identity)) == Staple::good);
    CHECK(examine_staple("", chain_of(identity)) == Staple::none);
    CHECK(examine_staple(other.staple, chain_of(identity)) == Staple::invalid);
    CHECK(examine_staple("rubbish", chain_of(identity)) == Staple::invalid);
    const Authority impostor("Public CA", "Test");
    CHECK(examine_staple(impostor.issue({name}).staple, chain_of(identity)) == Staple::invalid);
    for (std::size_t length = 1; length < identity.staple.size(); length += 7)
        CHECK(examine_staple(identity.staple.substr(0, length), chain_of(identity)) == Staple::invalid);
}

TEST_CASE("a missing or damaged bundle is named") {
    const ScratchFolder folder;
    TrustFiles files;
    files.public_ca = {"/nowhere/bundle.pem"};
    CHECK_THAT(TrustStore::load(files).error(), Contains("/nowhere/bundle.pem") && Contains("No such file"));
    files.public_ca = {folder.write("empty.pem", "no certificate at all\n")};
    CHECK_THAT(TrustStore::load(files).error(), Contains("holds no certificate"));
    const std::string good = Authority("CA", "Test").certificate_pem();
    files.public_ca = {folder.write("damaged.pem", good + "-----BEGIN CERTIFICATE-----\n!!!\n")};
    CHECK_THAT(TrustStore::load(files).error(), Contains("damaged after certificate 1"));
}

TEST_CASE("a certificate's facts are read and bounded") {
    const Authority ca("Public CA", "Test");
    std::vector<std::string> names;
    for (int index = 0; index < 200; ++index) names.push_back("host" + std::to_string(index) + ".example.net");
    const Identity identity = ca.issue(names);
    const CertificateFacts facts = describe(identity.leaf.get());
    CHECK(facts.subject_name == "host0.example.net");
    CHECK(facts.issuer_name == "Public CA");
    CHECK(facts.names.size() == 64);
    CHECK(facts.sha256.size() == 64);
    CHECK(facts.key_sha256.size() == 64);
    CHECK(facts.not_before < facts.not_after);
    CHECK_FALSE(facts.self_signed);
    CHECK(describe(identity.issuer.get()).self_signed);
}
