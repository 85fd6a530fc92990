#include <string>

#include "catch.hpp"

#include "base/bytes.hpp"

using namespace fdnprobe;

TEST_CASE("ByteReader reads network order, never past the end, and a failed read moves nothing") {
    const std::string bytes(
        "\x01\x02\x03\xFF\xFE\xFD\xFC"
        "ab",
        9);
    ByteReader reader(bytes);
    CHECK(reader.u8() == 0x01);
    CHECK(reader.u16() == 0x0203);
    CHECK(reader.u32() == 0xFFFEFDFCU);
    CHECK(reader.position() == 7);
    CHECK(reader.remaining() == 2);
    CHECK_FALSE(reader.u32());
    CHECK_FALSE(reader.take(3));
    CHECK_FALSE(reader.skip(3));
    CHECK_FALSE(reader.take(std::string::npos));
    CHECK(reader.position() == 7);
    CHECK(reader.take(2) == "ab");
    CHECK(reader.remaining() == 0);
    CHECK(reader.take(0) == "");
    CHECK(reader.skip(0));
    CHECK_FALSE(reader.u8());
    CHECK_FALSE(reader.u16());
    CHECK(reader.all() == bytes);
}

TEST_CASE("ByteReader of nothing") {
    ByteReader reader("");
    CHECK(reader.remaining() == 0);
    CHECK_FALSE(reader.u8());
    CHECK(reader.take(0) == "");
}

TEST_CASE("ByteReader: every truncation of a message gives only what is there") {
    const std::string whole("\x12\x34\x56\x78\x9A\xBC\xDE", 7);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        ByteReader reader(std::string_view(whole).substr(0, length));
        const auto first = reader.u32();
        const auto second = reader.u16();
        const auto third = reader.u8();
        CHECK(first.has_value() == (length >= 4));
        CHECK_FALSE((first && second && third));
        CHECK(reader.position() <= length);
    }
}

TEST_CASE("ByteWriter writes what ByteReader reads") {
    ByteWriter writer;
    writer.u8(0xFE);
    writer.u16(0x1234);
    writer.u32(0x89ABCDEFU);
    writer.append(std::string_view("\0z", 2));
    CHECK(writer.size() == 9);
    const std::string bytes = writer.take();
    CHECK(bytes == std::string("\xFE\x12\x34\x89\xAB\xCD\xEF\0z", 9));
    ByteReader reader(bytes);
    CHECK(reader.u8() == 0xFE);
    CHECK(reader.u16() == 0x1234);
    CHECK(reader.u32() == 0x89ABCDEFU);
    CHECK(reader.take(2) == std::string_view("\0z", 2));
}
