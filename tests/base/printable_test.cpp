// What the network sends reaches terminals, pages and logs only through printable(): these tests say what must never
// come out of it.
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "catch.hpp"

#include "base/text.hpp"

using fdnprobe::printable;

namespace {

/// A second opinion on UTF-8, written from RFC 3629's table and not from the code under test.
bool is_clean_utf8(std::string_view text) {
    const auto in = [](char byte, int low, int high) {
        const int value = static_cast<unsigned char>(byte);
        return value >= low && value <= high;
    };
    while (!text.empty()) {
        std::size_t length = 0;
        if (in(text[0], 0x20, 0x7E)) {
            length = 1;
        } else if (text.size() >= 2 && in(text[0], 0xC2, 0xDF) && in(text[1], 0x80, 0xBF)) {
            if (in(text[0], 0xC2, 0xC2) && in(text[1], 0x80, 0x9F)) return false;  // C1
            length = 2;
        } else if (text.size() >= 3 && in(text[0], 0xE0, 0xEF) && in(text[2], 0x80, 0xBF)) {
            const int low = in(text[0], 0xE0, 0xE0) ? 0xA0 : 0x80;
            const int high = in(text[0], 0xED, 0xED) ? 0x9F : 0xBF;
            if (!in(text[1], low, high)) return false;
            length = 3;
        } else if (text.size() >= 4 && in(text[0], 0xF0, 0xF4) && in(text[2], 0x80, 0xBF) && in(text[3], 0x80, 0xBF)) {
            const int low = in(text[0], 0xF0, 0xF0) ? 0x90 : 0x80;
            const int high = in(text[0], 0xF4, 0xF4) ? 0x8F : 0xBF;
            if (!in(text[1], low, high)) return false;
            length = 4;
        } else {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string utf8(char32_t point) {
    const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((point >> shift) & 0x3FU)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xC0U | (point >> 6U)), tail(0)};
    if (point < 0x10000) return {static_cast<char>(0xE0U | (point >> 12U)), tail(6), tail(0)};
    return {static_cast<char>(0xF0U | (point >> 18U)), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("printable leaves ordinary text alone") {
    CHECK(printable("") == "");
    CHECK(printable("220 mx.example ESMTP \"ready\" <'&> ~") == "220 mx.example ESMTP \"ready\" <'&> ~");
    CHECK(printable("Z\xC3\xBCrich \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x8C\x8D") ==
          "Z\xC3\xBCrich \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x8C\x8D");
    CHECK(printable("\xC2\xA0") == "\xC2\xA0");  // the first beyond C1
}

TEST_CASE("printable escapes every control character") {
    for (int code = 0; code < 0x20; ++code) {
        const std::string raw(1, static_cast<char>(code));
        CHECK(printable(raw) == "\\x" + fdnprobe::hex(raw));
    }
    CHECK(printable("\x7F") == "\\x7f");
    CHECK(printable("a\r\nb\tc") == "a\\x0d\\x0ab\\x09c");
    CHECK(printable("\x1B[2J\x1B]0;title\x07") == "\\x1b[2J\\x1b]0;title\\x07");
    for (char32_t point = 0x80; point < 0xA0; ++point) {
        const char byte = static_cast<char>(point);
        CHECK(printable(utf8(point)) == "\\u{" + fdnprobe::hex({&byte, 1}) + "}");
    }
}

TEST_CASE("printable escapes bytes that are not UTF-8, one by one") {
    CHECK(printable("\x80") == "\\x80");
    CHECK(printable("\xFF\xFE") == "\\xff\\xfe");
    CHECK(printable("\xC3") == "\\xc3");                                      // cut off
    CHECK(printable("\xE2\x82") == "\\xe2\\x82");                             // cut off
    CHECK(printable("\xC3(") == "\\xc3(");                                    // no second byte
    CHECK(printable("\xE2\x82z") == "\\xe2\\x82z");                           // no third byte
    CHECK(printable("\xC0\xAF") == "\\xc0\\xaf");                             // '/' in two bytes
    CHECK(printable("\xE0\x80\xAF") == "\\xe0\\x80\\xaf");                    // '/' in three
    CHECK(printable("\xF0\x80\x80\xAF") == "\\xf0\\x80\\x80\\xaf");           // '/' in four
    CHECK(printable("\xC1\xBF") == "\\xc1\\xbf");                             // the last overlong pair
    CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");                    // U+D800
    CHECK(printable("\xED\xBF\xBF") == "\\xed\\xbf\\xbf");                    // U+DFFF
    CHECK(printable("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");           // U+110000
    CHECK(printable("\xF8\x88\x80\x80\x80") == "\\xf8\\x88\\x80\\x80\\x80");  // five bytes
}

TEST_CASE("printable escapes what reorders text or cannot be seen") {
    CHECK(printable(utf8(0x202E) + "gpj.exe") == "\\u{202e}gpj.exe");
    CHECK(printable("example" + utf8(0x200B) + ".com") == "example\\u{200b}.com");
    CHECK(printable(utf8(0xFEFF)) == "\\u{feff}");
    CHECK(printable(utf8(0xE0041)) == "\\u{e0041}");
    for (const char32_t point :
         {0xADU,   0x34FU,  0x61CU,  0x115FU, 0x1160U, 0x180EU,  0x200DU,  0x200EU,  0x200FU,  0x2028U,  0x2029U,
          0x202AU, 0x202BU, 0x202CU, 0x202DU, 0x2060U, 0x2066U,  0x2067U,  0x2068U,  0x2069U,  0x2800U,  0x3164U,
          0xFDD0U, 0xFE0FU, 0xFFA0U, 0xFFF9U, 0xFFFEU, 0x1FFFFU, 0x1D173U, 0xE0001U, 0xE0100U, 0xF0000U, 0x10FFFFU})
        CHECK(printable(utf8(point)).substr(0, 3) == "\\u{");
    // Their neighbours can be seen.
    for (const char32_t point :
         {0xAEU, 0x2010U, 0x2027U, 0x202FU, 0x205FU, 0x2070U, 0x27FFU, 0x3165U, 0xFE10U, 0xFFFDU})
        CHECK(printable(utf8(point)) == utf8(point));
}

TEST_CASE("printable cuts between pieces, never inside one") {
    CHECK(printable("abcdef", 6) == "abcdef");
    CHECK(printable("abcdefg", 6) == "abc...");
    CHECK(printable("abcdefg", 3) == "...");
    CHECK(printable("abcdefg", 2) == "");
    CHECK(printable("ab", 2) == "ab");
    CHECK(printable("abc", 0) == "");
    CHECK(printable("\x01\x02\x03", 12) == "\\x01\\x02\\x03");
    CHECK(printable("\x01\x02\x03", 11) == "\\x01\\x02...");
    CHECK(printable("\x01\x02\x03", 10) == "\\x01...");
    CHECK(printable("ab\xE2\x82\xAC\xE2\x82\xAC", 7) == "ab...");  // no half of a euro sign
    CHECK(printable("ab\xE2\x82\xAC\xE2\x82\xAC", 8) == "ab\xE2\x82\xAC\xE2\x82\xAC");

    const std::string controls(40, '\x02');
    const std::string full = printable(controls);
    for (std::size_t limit = 0; limit < full.size(); ++limit) {
        const std::string cut = printable(controls, limit);
        REQUIRE(cut.size() <= limit);
        if (limit < 3) continue;
        REQUIRE(cut.substr(cut.size() - 3) == "...");
        REQUIRE((cut.size() - 3) % 4 == 0);
        REQUIRE(full.substr(0, cut.size() - 3) == cut.substr(0, cut.size() - 3));
    }
}

TEST_CASE("printable is clean, bounded and idempotent for any bytes") {
    std::mt19937 random(20261120);
    // Bytes that begin, continue or spoil a sequence, more often than chance would have them.
    constexpr std::string_view spice = "\xC2\xE0\xE2\xED\xF0\xF4\x80\x8F\x9F\xA0\xBF\x1B\\";
    for (int round = 0; round < 20000; ++round) {
        std::string raw(random() % 40, '\0');
        for (char& byte : raw)
            byte = random() % 2 == 0 ? spice[random() % spice.size()] : static_cast<char>(random() & 0xFFU);
        const std::size_t limit = round % 2 == 0 ? 512 : random() % 60;
        const std::string once = printable(raw, limit);
        CAPTURE(fdnprobe::hex(raw), limit, once);
        REQUIRE(once.size() <= limit);
        REQUIRE(is_clean_utf8(once));
        REQUIRE(printable(once, limit) == once);
    }
}

TEST_CASE("printable shows every code point either as it is or as its number") {
    for (char32_t point = 0x80; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        const std::string raw = utf8(point);
        const std::string shown = printable(raw);
        if (shown != raw && (shown.substr(0, 3) != "\\u{" || shown.back() != '}'))
            FAIL("U+" << std::hex << static_cast<std::uint32_t>(point) << " became " << shown);
    }
}
