// What a chain is known by, with authorities made for the purpose.
#include "net/trust_store.hpp"

#include <fstream>
#include <iterator>

#include <openssl/x509v3.h>

#include "catch.hpp"
#include "net/certificate.hpp"
#include "net/public_roots.hpp"
#include "peers/authority.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;
using peers::Authority;
using peers::Identity;

namespace {

std::vector<system::Certificate> chain_of(const Identity& identity) {
    std::vector<system::Certificate> chain;
    chain.push_back(system::share(identity.leaf.get()));
    chain.push_back(system::share(identity.issuer.get()));
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
        std::vector<system::Certificate> chain = chain_of(public_ca.issue({name}));
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

namespace {

/// The first of the public roots that this list was made from; nothing where the package is not installed.
std::string a_public_root() {
    std::ifstream file("/usr/share/ca-certificates/mozilla/DigiCert_Global_Root_G2.crt");
    return {std::istreambuf_iterator<char>(file), {}};
}

TlsFacts examined(const TrustStore& store, const Authority& ca) {
    TlsFacts facts;
    store.examine(chain_of(ca.issue({name})), name, facts);
    return facts;
}

}  // namespace

TEST_CASE("a root that an administrator has added to the host's bundle is no public one") {
    const ScratchFolder folder;
    const Authority corporate("Corp Inspection CA", "Corp");
    const Authority distributed("A New Public Root", "Test");
    const Authority stranger("Stranger", "Test");
    TrustFiles files;
    files.host.bundles = {
        folder.path("missing.crt"),
        folder.write("bundle.crt", a_public_root() + corporate.certificate_pem() + distributed.certificate_pem())};
    // Files of other kinds, a damaged one, and what an administrator put into a folder of its own there.
    folder.write("mozilla/readme", "no certificate\n");
    folder.write("mozilla/damaged.crt",
                 "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n" + distributed.certificate_pem());
    folder.write("mozilla/anchors/corp.crt", corporate.certificate_pem());
    files.host.distribution = {folder.path("nowhere"), folder.path("mozilla")};
    const auto store = TrustStore::load(files);
    REQUIRE(store);

    const TlsFacts by_corporate = examined(*store, corporate);
    CHECK_FALSE(by_corporate.public_chain);
    CHECK(by_corporate.public_anchor.empty());
    CHECK(by_corporate.host_anchor == "Corp Inspection CA");
    CHECK(by_corporate.issuer_key_sha256.size() == 64);
    const TlsFacts by_distributed = examined(*store, distributed);
    CHECK(by_distributed.public_chain);
    CHECK(by_distributed.public_anchor == "A New Public Root");
    CHECK(by_distributed.host_anchor.empty());
    const TlsFacts by_stranger = examined(*store, stranger);
    CHECK_FALSE(by_stranger.public_chain);
    CHECK(by_stranger.host_anchor.empty());
}

TEST_CASE("a bundle that the user names counts as public as a whole") {
    const ScratchFolder folder;
    const Authority corporate("Corp CA", "Corp");
    const std::string bundle = folder.write("bundle.crt", corporate.certificate_pem());
    TrustFiles in_place;
    in_place.public_ca = {bundle};
    TrustFiles beside;
    beside.host.bundles = {folder.write("host.crt", Authority("Other", "Test").certificate_pem())};
    beside.host.distribution = {};
    beside.more_public_ca = {bundle};
    for (const TrustFiles& files : {in_place, beside}) {
        const auto store = TrustStore::load(files);
        REQUIRE(store);
        const TlsFacts facts = examined(*store, corporate);
        CHECK(facts.public_chain);
        CHECK(facts.host_anchor.empty());
    }
}

TEST_CASE("the built-in list has the public roots of this distribution") {
    const auto roots = read_certificates("/usr/share/ca-certificates/mozilla/DigiCert_Global_Root_G2.crt");
    if (!roots) return;  // the package ca-certificates is not installed here
    CHECK(is_public_root(fingerprint(roots->front().get())));
    CHECK_FALSE(is_public_root(std::string(64, '0')));
    CHECK_FALSE(is_public_root(""));
    const ScratchFolder folder;
    TrustFiles files;
    files.host.bundles = {folder.write("bundle.crt", a_public_root())};
    files.host.distribution = {};
    const auto store = TrustStore::load(files);
    REQUIRE(store);
    TlsFacts facts;
    // The root itself, as if it were a server's.
    std::vector<system::Certificate> chain;
    chain.push_back(system::share(roots->front().get()));
    store->examine(chain, "", facts);
    CHECK(facts.public_chain);
    CHECK(facts.host_anchor.empty());
}

TEST_CASE("a host without a bundle, and a chosen one that is missing") {
    TrustFiles files;
    files.host.bundles = {"/nowhere/one.crt", "/nowhere/two.crt"};
    CHECK_THAT(TrustStore::load(files).error(), Contains("no bundle of public CAs"));
    files.host.bundles = {"/nowhere/chosen.crt"};
    CHECK_THAT(TrustStore::load(files).error(), Contains("/nowhere/chosen.crt"));
}

TEST_CASE("the key that has really signed is told from one that lies beside it") {
    const ScratchFolder folder;
    const Authority ca("Public CA", "Test");
    const Authority impostor("Public CA", "Test");
    TrustFiles files;
    files.public_ca = {folder.write("public.pem", ca.certificate_pem())};
    const auto store = TrustStore::load(files);
    REQUIRE(store);
    const Identity genuine = ca.issue({name});
    const std::string key = key_fingerprint(genuine.issuer.get());

    CHECK(examined(*store, ca).issuer_key_sha256 == key);
    // An inspector takes the issuer's name and sends the issuer's own certificate along.
    std::vector<system::Certificate> forged = chain_of(impostor.issue({name}));
    forged[1] = system::share(genuine.issuer.get());
    TlsFacts facts;
    store->examine(forged, name, facts);
    CHECK(facts.issuer_key_sha256.empty());
    // The issuer was not sent, and this host knows it.
    std::vector<system::Certificate> alone = chain_of(genuine);
    alone.pop_back();
    TlsFacts by_anchor;
    store->examine(alone, name, by_anchor);
    CHECK(by_anchor.issuer_key_sha256 == key);
    // It signs itself.
    std::vector<system::Certificate> own;
    own.push_back(system::share(genuine.issuer.get()));
    TlsFacts by_itself;
    store->examine(own, name, by_itself);
    CHECK(by_itself.issuer_key_sha256 == key);
}
