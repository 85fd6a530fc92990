#include "wire/crl.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "catch.hpp"
#include "from_hex.hpp"
#include "wire/ber.hpp"

namespace ber = fdnprobe::wire::ber;
namespace crl = fdnprobe::wire::crl;
using crl::Fault;
using fdnprobe::to_rfc3339;
using namespace std::string_literals;

namespace {

/// By OpenSSL, with the names, times and entry of RFC 5280, C.4.
const std::string with_entry = from_hex(
    "3081f2308199020101300a06082a8648ce3d04030230153113301106035504030c0a4578616d706c65204341170d30353032303531323030"
    "30305a170d3035303230363132303030305a30223020020112170d3034313131393135353730335a300c300a0603551d1504030a0101a02f"
    "302d301f0603551d230418301680141d868bd6a2afd3dce5b94af51d7c1212e77f7da2300a0603551d14040302010d300a06082a8648ce3d"
    "040302034800304502205fb9a5f167936fe4141183946a796c2e43a1d110940fce62ebfc6b04b5d22445022100be6a8b83b6e4e85e5fcfad"
    "91d26218e8c85c4b6373f5db9489ba462a54a11d70");
const std::string without_entries = from_hex(
    "3081ab3054020101300a06082a8648ce3d04030230153113301106035504030c0a4578616d706c65204341170d3035303230353132303030"
    "305a170d3035303230363132303030305aa00e300c300a0603551d14040302010c300a06082a8648ce3d04030203470030440220125c67d0"
    "944a8ff1cb093966dabb883242b07c7f2fd428863b0bb7746a02ea51022048354b3777ccc2e06e40cd5f9bdb7acf6063ece4218aada69b21"
    "f7d7ad05e5ea");
const std::string pem =
    "-----BEGIN X509 CRL-----\n"
    "MIHyMIGZAgEBMAoGCCqGSM49BAMCMBUxEzARBgNVBAMMCkV4YW1wbGUgQ0EXDTA1\n"
    "MDIwNTEyMDAwMFoXDTA1MDIwNjEyMDAwMFowIjAgAgESFw0wNDExMTkxNTU3MDNa\n"
    "MAwwCgYDVR0VBAMKAQGgLzAtMB8GA1UdIwQYMBaAFB2Gi9air9Pc5blK9R18EhLn\n"
    "f32iMAoGA1UdFAQDAgENMAoGCCqGSM49BAMCA0gAMEUCIF+5pfFnk2/kFBGDlGp5\n"
    "bC5DodEQlA/OYuv8awS10iRFAiEAvmqLg7bk6F5fz62R0mIY6MhcS2Nz9duUibpG\n"
    "KlShHXA=\n"
    "-----END X509 CRL-----\n";
/// The certificate of their issuer.
const std::string certificate = from_hex(
    "3082015e30820104a003020102021429db03eeae471e6bd6fa96a0de8bf02882a2603d300a06082a8648ce3d040302301531133011060355"
    "04030c0a4578616d706c65204341301e170d3236313132303131303932365a170d3236313232303131303932365a30153113301106035504"
    "030c0a4578616d706c652043413059301306072a8648ce3d020106082a8648ce3d030107034200046eb16b476370044415e07c17bc2c70bf"
    "e3d9eeba81ffad2b7cc77c3bda23081d0dcffd345059574df42c992bc06c16068d19dc0cb01d6e39ad40d7ed35ae48b4a3323030300f0603"
    "551d130101ff040530030101ff301d0603551d0e041604141d868bd6a2afd3dce5b94af51d7c1212e77f7da2300a06082a8648ce3d040302"
    "03480030450221009689da84760124b038f6717f570871195634d3c099deb918c7cc57c3ea4a20350220165d154fa1a1b7d04c340b708408"
    "4a72d0a1655dbcfbf6dbf2a8b23b8627c601");

constexpr std::uint8_t bit_string = 3;
constexpr std::uint8_t utc_time = 23;
constexpr std::uint8_t generalized_time = 24;

/// A list of these fields, under a signature.
std::string list_of(const std::string& fields, const std::string& rest = "") {
    const std::string algorithm = ber::element(ber::sequence, "");
    return ber::element(ber::sequence,
                        ber::element(ber::sequence, fields) + algorithm + ber::element(bit_string, "\0"s) + rest);
}

std::string sequences(std::size_t count) {
    std::string text;
    for (std::size_t index = 0; index < count; ++index) text += ber::element(ber::sequence, "");
    return text;
}

std::string timed(std::uint8_t tag, std::string_view time) { return list_of(sequences(2) + ber::element(tag, time)); }

Fault fault(std::string_view bytes) {
    const auto list = crl::parse(bytes);
    REQUIRE_FALSE(list);
    return list.error();
}

}  // namespace

TEST_CASE("lists of a real CA are read") {
    for (const std::string& bytes : {with_entry, without_entries}) {
        const auto list = crl::parse(bytes);
        REQUIRE(list);
        CHECK(to_rfc3339(list->this_update) == "2005-02-05T12:00:00.000Z");
        REQUIRE(list->next_update);
        CHECK(to_rfc3339(*list->next_update) == "2005-02-06T12:00:00.000Z");
        CHECK(list->size == bytes.size());
        CHECK(list->whole);
        // A line end behind it is nothing.
        CHECK(crl::parse(bytes + "\n") == list);
    }
}

TEST_CASE("PEM is the same list") {
    CHECK(crl::parse(pem) == crl::parse(with_entry));
    const std::size_t last_line = pem.find("KlShHXA=");
    for (std::size_t size = 1; size < last_line; ++size) {
        CAPTURE(size);
        const auto part = crl::parse(pem.substr(0, size));
        if (part)
            CHECK_FALSE(part->whole);
        else
            CHECK(part.error() == Fault::incomplete);
    }
    CHECK(fault("-----BEGIN X509 CRL-----\n!!!!") == Fault::foreign);
    CHECK(fault("-----BEGIN CERTIFICATE-----\n") == Fault::foreign);
}

TEST_CASE("a beginning suffices from the times on") {
    for (const std::string& bytes : {with_entry, without_entries}) {
        const std::size_t times = bytes.find("050206120000Z") + 13;
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            CAPTURE(size);
            const auto part = crl::parse(bytes.substr(0, size));
            REQUIRE(part.has_value() == (size >= times));
            if (!part) {
                CHECK(part.error() == Fault::incomplete);
                continue;
            }
            CHECK(part->size == bytes.size());
            CHECK_FALSE(part->whole);
        }
    }
}

TEST_CASE("what is no revocation list") {
    CHECK(fault("<!DOCTYPE html>") == Fault::foreign);
    CHECK(fault(certificate) == Fault::foreign);
    CHECK(fault(list_of("")) == Fault::foreign);
    CHECK(fault(list_of(sequences(3))) == Fault::foreign);
    // A version that there is not.
    CHECK(fault(list_of(ber::number(ber::integer, 2) + sequences(2) + ber::element(utc_time, "050205120000Z"))) ==
          Fault::foreign);
    CHECK(fault(list_of(ber::element(ber::integer, "") + sequences(2))) == Fault::foreign);
    CHECK(fault(list_of(ber::number(ber::integer, 1) + ber::element(ber::set, ""))) == Fault::foreign);
    // What follows the times is entries and extensions, in this order.
    const std::string beginning = sequences(2) + ber::element(utc_time, "050205120000Z");
    const std::string extensions = ber::element(0xA0, "");
    CHECK(crl::parse(list_of(beginning + sequences(1) + extensions)));
    CHECK_FALSE(crl::parse(list_of(beginning))->next_update);
    CHECK(fault(list_of(beginning + sequences(2))) == Fault::foreign);
    CHECK(fault(list_of(beginning + extensions + sequences(1))) == Fault::foreign);
    CHECK(fault(list_of(beginning + ber::element(ber::octet_string, ""))) == Fault::foreign);
    CHECK(fault(list_of(beginning, "\x05\x00"s)) == Fault::foreign);
    // A signature that is none, and none at all.
    CHECK(fault(ber::element(ber::sequence, ber::element(ber::sequence, beginning) + sequences(2))) == Fault::foreign);
    CHECK(fault(ber::element(ber::sequence, ber::element(ber::sequence, beginning))) == Fault::foreign);
}

TEST_CASE("a list whose lengths do not add up") {
    // An inner list that is longer than the outer one.
    CHECK(fault("\x30\x10\x30\x20"s + sequences(8)) == Fault::foreign);
    CHECK(fault("\x30\x80\x30"s) == Fault::foreign);
    CHECK(fault("\x30\x85\x01\x00\x00\x00\x00\x30"s) == Fault::foreign);
    CHECK(fault("\x30\x00"s) == Fault::foreign);
    CHECK(fault("\x30\x01\x30"s) == Fault::foreign);
    CHECK(fault("\x30\x84\xff\xff\xff\xff\x30\x84\xff\xff\xff\xf9"s) == Fault::incomplete);
    CHECK(fault("") == Fault::incomplete);
    // A field that is longer than its list.
    CHECK(fault(list_of("\x30\x7f"s)) == Fault::foreign);
}

TEST_CASE("the times of a list") {
    CHECK(to_rfc3339(crl::parse(timed(utc_time, "491231235959Z"))->this_update) == "2049-12-31T23:59:59.000Z");
    CHECK(to_rfc3339(crl::parse(timed(utc_time, "500101000000Z"))->this_update) == "1950-01-01T00:00:00.000Z");
    CHECK(to_rfc3339(crl::parse(timed(generalized_time, "20500101000000Z"))->this_update) ==
          "2050-01-01T00:00:00.000Z");
    for (const char* time : {"", "0502051200Z", "050205120000", "050205120000+", "050230120000Z", "051305120000Z",
                             "050205240000Z", "050205126000Z", "050205120060Z", "-50205120000Z", "20500101000000Z"}) {
        CAPTURE(time);
        CHECK(fault(timed(utc_time, time)) == Fault::foreign);
    }
    CHECK(fault(timed(generalized_time, "20500101000000.5Z")) == Fault::foreign);
    CHECK(fault(timed(generalized_time, "050205120000Z")) == Fault::foreign);
    const std::string bad_end = ber::element(utc_time, "050205120000Z") + ber::element(utc_time, "tomorrow");
    CHECK(fault(list_of(sequences(2) + bad_end)) == Fault::foreign);
}

TEST_CASE("the list that emulated servers send can be read") {
    using namespace std::chrono_literals;
    const std::chrono::sys_seconds now{1'790'000'000s};
    const std::string bytes = crl::encode(now, now + 24h);
    const auto list = crl::parse(bytes);
    REQUIRE(list);
    CHECK(*list == crl::Crl{now, now + 24h, bytes.size(), true});
}
