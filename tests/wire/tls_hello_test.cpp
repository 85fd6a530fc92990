#include "wire/tls_hello.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "from_hex.hpp"

namespace tls = fdnprobe::wire::tls;
using tls::HelloFault;

namespace {

/// RFC 8448, 3: the hello of its simple handshake, in its record.
const std::string example = from_hex(
    "16 03 01 00 c4 01 00 00 c0 03 03 cb 34 ec b1 e7 81 63 ba 1c 38 c6 da cb 19 6a 6d ff a2 1a 8d 99 12 ec 18 a2 ef 62"
    "83 02 4d ec e7 00 00 06 13 01 13 03 13 02 01 00 00 91 00 00 00 0b 00 09 00 00 06 73 65 72 76 65 72 ff 01 00 01 00"
    "00 0a 00 14 00 12 00 1d 00 17 00 18 00 19 01 00 01 01 01 02 01 03 01 04 00 23 00 00 00 33 00 26 00 24 00 1d 00 20"
    "99 38 1d e5 60 e4 bd 43 d2 3d 8e 43 5a 7d ba fe b3 c0 6e 51 c1 3c ae 4d 54 13 69 1e 52 9a af 2c 00 2b 00 03 02 03"
    "04 00 0d 00 20 00 1e 04 03 05 03 06 03 02 03 08 04 08 05 08 06 04 01 05 01 06 01 02 01 04 02 05 02 06 02 02 02 00"
    "2d 00 02 01 01 00 1c 00 02 40 01");

/// A hello of TLS 1.0 from before there were extensions.
const std::string bare =
    from_hex("16 03 01 00 2d 01 00 00 29 03 01") + std::string(32, '\x11') + from_hex("00 00 02 00 2f 01 00");

HelloFault fault(std::string_view bytes) {
    const auto hello = tls::parse_client_hello(bytes);
    REQUIRE_FALSE(hello);
    CHECK_FALSE(hello.error().what.empty());
    return hello.error().fault;
}

std::string changed(std::string bytes, std::size_t at, int value) {
    bytes.at(at) = static_cast<char>(value);
    return bytes;
}

/// The same message in records of this size.
std::string in_records(std::string_view hello, std::size_t size) {
    std::string_view message = hello.substr(5);
    std::string records;
    while (!message.empty()) {
        const std::string_view fragment = message.substr(0, size);
        records += from_hex("16 03 01 00") + static_cast<char>(fragment.size());
        records += fragment;
        message.remove_prefix(fragment.size());
    }
    return records;
}

}  // namespace

TEST_CASE("the RFC's hello is read") {
    const auto hello = tls::parse_client_hello(example);
    REQUIRE(hello);
    CHECK(hello->version == 0x0304);
    CHECK(hello->server_name == "server");
    CHECK(hello->size == example.size());
    CHECK(tls::parse_client_hello(example + "more") == hello);
}

TEST_CASE("a hello without extensions is one") {
    const auto hello = tls::parse_client_hello(bare);
    REQUIRE(hello);
    CHECK(hello->version == 0x0301);
    CHECK(hello->server_name.empty());
}

TEST_CASE("every truncation of a hello is incomplete") {
    for (const std::string& hello : {example, bare, in_records(example, 7)})
        for (std::size_t size = 0; size < hello.size(); ++size) {
            CAPTURE(size);
            CHECK(fault(hello.substr(0, size)) == HelloFault::incomplete);
        }
}

TEST_CASE("a hello may be spread over records") {
    for (const std::size_t size : {1U, 3U, 4U, 50U, 127U}) {
        CAPTURE(size);
        const auto hello = tls::parse_client_hello(in_records(example, size));
        REQUIRE(hello);
        CHECK(hello->server_name == "server");
        CHECK(hello->size == in_records(example, size).size());
    }
    // Nothing may come between them (RFC 8446, 5.1).
    std::string broken = in_records(example, 100);
    CHECK(fault(changed(broken, 105, 23)) == HelloFault::malformed);
}

TEST_CASE("what begins otherwise is something else") {
    CHECK(fault("HTTP/1.1 200 OK") == HelloFault::foreign);
    CHECK(fault(changed(example, 0, 21)) == HelloFault::foreign);  // an alert
    CHECK(fault(changed(example, 1, 2)) == HelloFault::foreign);
    CHECK(fault(changed(example, 5, 2)) == HelloFault::foreign);  // a ServerHello
    CHECK(fault("\x80\x2e\x01") == HelloFault::foreign);          // SSL 2
    // It is known before the record is whole.
    CHECK(fault(changed(example, 5, 2).substr(0, 6)) == HelloFault::foreign);
}

TEST_CASE("a ClientHello whose lengths do not add up") {
    CHECK(fault(from_hex("16 03 01 00 00")) == HelloFault::malformed);
    CHECK(fault(from_hex("16 03 01 ff ff 01")) == HelloFault::malformed);
    CHECK(fault(changed(example, 6, 1)) == HelloFault::malformed);     // a hello of 64 KiB
    CHECK(fault(changed(example, 8, 0xbf)) == HelloFault::malformed);  // one byte follows it
    CHECK(fault(changed(example, 9, 2)) == HelloFault::malformed);     // a version of nothing
    CHECK(fault(changed(example, 43, 33)) == HelloFault::malformed);   // a session of more than 32 bytes
    CHECK(fault(changed(example, 45, 5)) == HelloFault::malformed);    // half a cipher suite
    CHECK(fault(changed(example, 45, 0)) == HelloFault::malformed);    // none
    CHECK(fault(changed(example, 52, 0)) == HelloFault::malformed);    // no compression method, not even none
    CHECK(fault(changed(example, 55, 0x90)) == HelloFault::malformed);
    CHECK(fault(changed(example, 55, 0x92)) == HelloFault::malformed);
    CHECK(fault(changed(example, 59, 0x0c)) == HelloFault::malformed);  // the name's extension
    CHECK(fault(changed(example, 61, 0x0a)) == HelloFault::malformed);  // its list
    CHECK(fault(changed(example, 64, 0xff)) == HelloFault::malformed);  // its name
}

TEST_CASE("reserved versions are passed over") {
    const std::size_t versions = example.find(from_hex("00 2b 00 03 02 03 04"));
    REQUIRE(versions != std::string::npos);
    // RFC 8701: 0x3a3a is nobody's.
    const auto hello = tls::parse_client_hello(changed(changed(example, versions + 5, 0x3a), versions + 6, 0x3a));
    REQUIRE(hello);
    CHECK(hello->version == 0x0303);
    CHECK(fault(changed(example, versions + 4, 1)) == HelloFault::malformed);
}

TEST_CASE("the hello that emulated devices send can be read") {
    for (const std::string& name : {std::string("fgfm.fortinet.com"), std::string(), std::string(255, 'a')}) {
        const auto hello = tls::parse_client_hello(tls::encode_client_hello(name));
        REQUIRE(hello);
        CHECK(hello->server_name == name);
        CHECK(hello->version == 0x0304);
    }
    // A longer name is none (RFC 1035, 2.3.4).
    CHECK(tls::parse_client_hello(tls::encode_client_hello(std::string(99'999, 'a')))->server_name.size() == 255);
}

TEST_CASE("versions of TLS by name") {
    CHECK(tls::version_name(0x0301) == "TLSv1");
    CHECK(tls::version_name(0x0303) == "TLSv1.2");
    CHECK(tls::version_name(0x0304) == "TLSv1.3");
    CHECK(tls::version_name(0x03ff) == "version 0x03ff of TLS");
}
