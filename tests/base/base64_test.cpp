#include "base/base64.hpp"

#include <string>

#include "catch.hpp"

using fdnprobe::base64;

TEST_CASE("base64: the test vectors of RFC 4648, 10") {
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foob") == "Zm9vYg==");
    CHECK(base64("fooba") == "Zm9vYmE=");
    CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("base64: the credentials of RFC 7617, and bytes beyond ASCII") {
    CHECK(base64("Aladdin:open sesame") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(base64("test:123\xC2\xA3") == "dGVzdDoxMjPCow==");
    CHECK(base64(std::string("\xFB\xFF\0", 3)) == "+/8A");
}
