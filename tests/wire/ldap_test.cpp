#include "wire/ldap.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "wire/ber.hpp"

namespace ber = fdnprobe::wire::ber;
namespace ldap = fdnprobe::wire::ldap;
using ldap::Kind;
using ldap::MessageFault;
using namespace std::string_literals;

namespace {

constexpr std::array<std::string_view, 1> version{"supportedLDAPVersion"};

/// What OpenLDAP 2.5 answers to a search for supportedLDAPVersion with the message id 7.
const std::string openldap_entry =
    "0&\x02\x01\x07"
    "d!\x04\x00"
    "0\x1D"
    "0\x1B\x04\x14supportedLDAPVersion"
    "1\x03\x04\x01"
    "3"s;
const std::string openldap_done =
    "0\x0C\x02\x01\x07"
    "e\x07\x0A\x01\x00\x04\x00\x04\x00"s;

/// What it answers to a search that it cannot decode.
const std::string openldap_notice =
    "02\x02\x01\x00"
    "x-\x0A\x01\x02\x04\x00\x04\x0E"
    "decoding error"
    "\x8A\x16"
    "1.3.6.1.4.1.1466.20036"s;

/// The result with lengths of four bytes, as Active Directory writes them.
const std::string active_directory_done =
    "0\x84\x00\x00\x00\x10\x02\x01\x07"
    "e\x84\x00\x00\x00\x07\x0A\x01\x00\x04\x00\x04\x00"s;

ldap::Message parsed(std::string_view bytes) {
    const auto message = ldap::parse_message(bytes);
    REQUIRE(message);
    return *message;
}

MessageFault fault(std::string_view bytes) {
    const auto message = ldap::parse_message(bytes);
    REQUIRE_FALSE(message);
    CHECK_FALSE(message.error().what.empty());
    return message.error().fault;
}

std::string message_of(std::string_view operation) {
    return ber::element(ber::sequence, ber::number(ber::integer, 7) + std::string(operation));
}

}  // namespace

TEST_CASE("LDAP: the search asks for the rootDSE and for nothing else") {
    const std::string bytes = ldap::encode_root_search(7, version);
    CHECK(bytes ==
          "0;\x02\x01\x07"
          "c6\x04\x00\x0A\x01\x00\x0A\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00\x87\x0BobjectClass"
          "0\x16\x04\x14supportedLDAPVersion"s);
    const ldap::Message search = parsed(bytes + "more");
    CHECK(search.id == 7);
    CHECK(search.kind == Kind::search);
    CHECK(search.name.empty());
    CHECK(search.scope == 0);
    CHECK(search.attributes == std::vector<ldap::Attribute>{{"supportedLDAPVersion", {}}});
    CHECK(search.size == bytes.size());
}

TEST_CASE("LDAP: real answers are read") {
    const ldap::Message entry = parsed(openldap_entry + openldap_done);
    CHECK(entry.id == 7);
    CHECK(entry.kind == Kind::entry);
    CHECK(entry.size == openldap_entry.size());
    CHECK(entry.attributes == std::vector<ldap::Attribute>{{"supportedLDAPVersion", {"3"}}});
    for (const std::string& bytes : {openldap_done, active_directory_done}) {
        const ldap::Message done = parsed(bytes);
        CHECK(done.kind == Kind::done);
        CHECK(done.id == 7);
        CHECK(done.result == 0);
        CHECK(done.diagnostic.empty());
    }
    const ldap::Message notice = parsed(openldap_notice);
    CHECK(notice.kind == Kind::disconnection);
    CHECK(notice.result == 2);
    CHECK(notice.diagnostic == "decoding error");
    CHECK(ldap::encode_disconnection(2, "decoding error") == openldap_notice);
}

TEST_CASE("LDAP: every truncation of a message is incomplete, not malformed") {
    for (const std::string& whole :
         {openldap_entry, openldap_done, active_directory_done, ldap::encode_root_search(0x7FFFFFFF, version),
          ldap::encode_unbind(1), ldap::encode_disconnection(52, "going down")}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            INFO(size);
            CHECK(fault(std::string_view(whole).substr(0, size)) == MessageFault::incomplete);
        }
        CHECK(parsed(whole).size == whole.size());
    }
}

TEST_CASE("LDAP: what an emulated server writes is read") {
    const std::vector<ldap::Attribute> attributes{{"vendorName", {"lab", "x"}}, {"empty", {}}};
    const ldap::Message entry = parsed(ldap::encode_entry(9, "dc=x", attributes));
    CHECK(entry.id == 9);
    CHECK(entry.name == "dc=x");
    CHECK(entry.attributes == attributes);
    const ldap::Message done = parsed(ldap::encode_done(9, 8, "log in first"));
    CHECK(done.result == 8);
    CHECK(done.diagnostic == "log in first");
    const ldap::Message notice = parsed(ldap::encode_disconnection(52, "going down"));
    CHECK(notice.id == 0);
    CHECK(notice.kind == Kind::disconnection);
    CHECK(notice.result == 52);
    CHECK(notice.diagnostic == "going down");
    CHECK(parsed(ldap::encode_unbind(3)).kind == Kind::unbind);
    CHECK(ldap::encode_unbind(3) == "0\x05\x02\x01\x03\x42\x00"s);
}

TEST_CASE("LDAP: referrals, references, controls and other operations are passed over") {
    const std::string with_referral =
        ber::number(ber::enumerated, 10) + ber::element(ber::octet_string, "") + ber::element(ber::octet_string, "") +
        ber::element(ber::tag(ber::Class::context, true, 3), ber::element(ber::octet_string, "ldap://x"));
    const ldap::Message done = parsed(message_of(ber::element(0x65, with_referral) + ber::element(0xA0, "")));
    CHECK(done.kind == Kind::done);
    CHECK(done.result == 10);
    CHECK(parsed(message_of(ber::element(0x73, ber::element(ber::octet_string, "ldap://x")))).kind == Kind::reference);
    CHECK(parsed(message_of(ber::element(0x61, with_referral))).kind == Kind::other);
    // An extended response that nobody asked for is a notice only under its name and the id 0.
    CHECK(parsed(message_of(ber::element(0x78, with_referral))).kind == Kind::other);
}

TEST_CASE("LDAP: what does not begin as a message is foreign") {
    CHECK(fault("HTTP/1.1 400 Bad Request\r\n") == MessageFault::foreign);
    CHECK(fault("220 mail.example ESMTP\r\n") == MessageFault::foreign);
    CHECK(fault("\x15\x03\x01\x00\x02\x02\x46"s) == MessageFault::foreign);
    CHECK(fault("0\x03\x04\x01x"s) == MessageFault::foreign);
    // SNMP: a version, then a community.
    CHECK(fault("0\x0B\x02\x01\x01\x04\x06public"s) == MessageFault::foreign);
    CHECK(fault("0\x00"s) == MessageFault::foreign);
}

TEST_CASE("LDAP: what breaks a message's rules is malformed") {
    CHECK(fault("0\x80\x02\x01\x07"s) == MessageFault::malformed);
    CHECK(fault("0\x84\xFF\xFF\xFF\xFF"s) == MessageFault::malformed);
    CHECK(fault("0\x84\x00\x00\x40\x01"s) == MessageFault::malformed);
    CHECK(fault("0\x03\x02\x01\x07"s) == MessageFault::malformed);
    CHECK(fault("0\x05\x02\x01\x07\x65\x05"s) == MessageFault::malformed);
    CHECK(fault("0\x05\x02\x01\xFF\x42\x00"s) == MessageFault::malformed);
    CHECK(fault(message_of(ber::element(0x65, ""))) == MessageFault::malformed);
    CHECK(fault(message_of(ber::element(0x65, ber::number(ber::integer, 0)))) == MessageFault::malformed);
    CHECK(fault(message_of(ber::element(0x63, ber::element(ber::octet_string, "")))) == MessageFault::malformed);
    CHECK(fault(message_of(ber::element(0x64, ber::element(ber::octet_string, "") +
                                                  ber::element(ber::sequence, "x")))) == MessageFault::malformed);
    // A value that says that it is longer than the set around it.
    const std::string attribute = ber::element(
        ber::sequence, ber::element(ber::octet_string, "a") + ber::element(ber::set, "\x04\x84\x7F\xFF\xFF\xFFz"));
    CHECK(fault(message_of(ber::element(0x64, ber::element(ber::octet_string, "") +
                                                  ber::element(ber::sequence, attribute)))) == MessageFault::malformed);
}

TEST_CASE("LDAP: a message may be 16 KiB long and no longer") {
    const auto of = [](std::size_t size) { return message_of(ber::element(0x61, std::string(size, 'x'))); };
    const std::size_t rest = of(10'000).size() - 10'000;
    CHECK(parsed(of(ldap::largest_message - rest)).size == ldap::largest_message);
    CHECK(fault(of(ldap::largest_message - rest + 1)) == MessageFault::malformed);
}

TEST_CASE("LDAP: results have the RFC's names") {
    CHECK(ldap::result_name(0) == "success");
    CHECK(ldap::result_name(8) == "strongerAuthRequired");
    CHECK(ldap::result_name(53) == "unwillingToPerform");
    CHECK(ldap::result_name(80) == "other");
    CHECK(ldap::result_name(9).empty());
    CHECK(ldap::result_name(-1).empty());
}
