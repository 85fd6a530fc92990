#include "wire/ber.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "catch.hpp"

namespace ber = fdnprobe::wire::ber;
using ber::Fault;
using fdnprobe::ByteReader;
using namespace std::string_literals;

namespace {

Fault fault(std::string_view bytes) {
    ByteReader reader(bytes);
    const auto element = ber::read(reader);
    REQUIRE_FALSE(element);
    CHECK(reader.position() == 0);
    return element.error();
}

std::string_view content(std::string_view bytes, std::uint8_t tag) {
    ByteReader reader(bytes);
    const auto element = ber::read(reader);
    REQUIRE(element);
    CHECK(element->tag == tag);
    return element->content;
}

}  // namespace

TEST_CASE("BER: tags are those of X.690") {
    CHECK(ber::boolean == 0x01);
    CHECK(ber::integer == 0x02);
    CHECK(ber::octet_string == 0x04);
    CHECK(ber::enumerated == 0x0A);
    CHECK(ber::sequence == 0x30);
    CHECK(ber::set == 0x31);
    CHECK(ber::tag(ber::Class::application, true, 3) == 0x63);
    CHECK(ber::tag(ber::Class::application, false, 2) == 0x42);
    CHECK(ber::tag(ber::Class::context, false, 7) == 0x87);
}

TEST_CASE("BER: an element has the length that it announces") {
    CHECK(content("\x04\x00"s, ber::octet_string).empty());
    CHECK(content("\x04\x03"
                  "abcd",
                  ber::octet_string) == "abc");
    // Longer than it need be, as Active Directory writes it.
    CHECK(content("\x30\x84\x00\x00\x00\x02xyz"s, ber::sequence) == "xy");
    CHECK(content("\x04\x81\x80"s + std::string(128, 'a'), ber::octet_string).size() == 128);
    CHECK(content("\x04\x82\x01\x00"s + std::string(256, 'a'), ber::octet_string).size() == 256);
}

TEST_CASE("BER: every truncation is incomplete") {
    for (const std::string& whole : {"\x02\x01\x05"s, "\x30\x84\x00\x00\x00\x02xy"s, "\x04\x81\x03"s + "abc"}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            INFO(size);
            CHECK(fault(std::string_view(whole).substr(0, size)) == Fault::incomplete);
        }
        CHECK(ber::announced_size(whole) == whole.size());
    }
}

TEST_CASE("BER: what LDAP does not allow is malformed") {
    CHECK(fault("\x30\x80\x00\x00"s) == Fault::malformed);                    // indefinite
    CHECK(fault("\x04\x85\x00\x00\x00\x00\x01"s + "a") == Fault::malformed);  // a length of five bytes
    CHECK(fault("\x04\xFF"s) == Fault::malformed);                            // reserved
    CHECK(fault("\x1F\x81\x01\x00"s) == Fault::malformed);                    // a tag of several bytes
    CHECK(fault("\x04\x84\xFF\xFF\xFF\xFF"s + "abc") == Fault::incomplete);   // announced, and not there
    CHECK(ber::announced_size("\x04\x84\xFF\xFF\xFF\xFF") == 0x100000005ULL);
}

TEST_CASE("BER: numbers go there and back in the shortest form") {
    // X.690, 8.3; the bytes are those of "A Layman's Guide to a Subset of ASN.1, BER, and DER", 5.7.
    CHECK(ber::number(ber::integer, 0) == "\x02\x01\x00"s);
    CHECK(ber::number(ber::integer, 127) == "\x02\x01\x7F"s);
    CHECK(ber::number(ber::integer, 128) == "\x02\x02\x00\x80"s);
    CHECK(ber::number(ber::integer, 256) == "\x02\x02\x01\x00"s);
    CHECK(ber::number(ber::integer, -128) == "\x02\x01\x80"s);
    CHECK(ber::number(ber::integer, -129) == "\x02\x02\xFF\x7F"s);
    CHECK(ber::number(ber::enumerated, 3) == "\x0A\x01\x03"s);
    for (const std::int32_t value :
         {0, 1, -1, 127, 128, -128, -129, 32767, 32768, 0x7FFFFF, 0x800000, -0x800000,
          std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()}) {
        const std::string bytes = ber::number(ber::integer, value);
        ByteReader reader(bytes);
        CHECK(ber::read_number(reader, ber::integer) == value);
        CHECK(reader.remaining() == 0);
    }
}

TEST_CASE("BER: a number is one of at most four bytes, with the tag that was asked for") {
    for (const std::string& bytes :
         {"\x02\x00"s, "\x02\x05\x00\x00\x00\x00\x01"s, "\x0A\x01\x01"s, "\x02\x02\x01"s, ""s}) {
        ByteReader reader(bytes);
        CHECK_FALSE(ber::read_number(reader, ber::integer));
        CHECK(reader.position() == 0);
    }
    const std::string padded = "\x02\x03\x00\x00\x07"s;
    ByteReader reader(padded);
    CHECK(ber::read_number(reader, ber::integer) == 7);
}

TEST_CASE("BER: content is read by its tag, and stays where it is under another") {
    const std::string bytes = ber::element(ber::octet_string, "a") + ber::element(ber::sequence, "b");
    ByteReader reader(bytes);
    CHECK_FALSE(ber::read_content(reader, ber::sequence));
    CHECK(ber::read_content(reader, ber::octet_string) == std::string_view("a"));
    CHECK(ber::read_content(reader, ber::sequence) == std::string_view("b"));
    CHECK_FALSE(ber::read_content(reader, ber::sequence));
}

TEST_CASE("BER: elements are written with the shortest length") {
    for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U, 65536U}) {
        const std::string bytes = ber::element(ber::octet_string, std::string(size, 'x'));
        CHECK(bytes.size() == size + (size < 128 ? 2 : size < 256 ? 3 : size < 65536 ? 4 : 5));
        CHECK(content(bytes, ber::octet_string).size() == size);
    }
}
