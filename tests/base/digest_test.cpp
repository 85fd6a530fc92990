#include "base/digest.hpp"

#include "base/text.hpp"
#include "catch.hpp"

using namespace fdnprobe;

TEST_CASE("digests are those of the RFCs' own examples") {
    CHECK(hex(md5("")) == "d41d8cd98f00b204e9800998ecf8427e");                // RFC 1321, A.5
    CHECK(hex(md5("message digest")) == "f96b697d7cb7938d525a2f31aaf161d0");  // RFC 1321, A.5
    CHECK(hex(sha256("abc")) ==                                               // FIPS 180-2, B.1
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(hmac_md5("Jefe", "what do ya want for nothing?")) ==  // RFC 2202, 2
          "750c783e6ab0b503eaa86e310a5db738");
    CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==  // RFC 4231, 4.3
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("digests are the same only when all of them is") {
    CHECK(same_digest("abc", "abc"));
    CHECK(same_digest("", ""));
    CHECK_FALSE(same_digest("abc", "abd"));
    CHECK_FALSE(same_digest("abc", "ab"));
}
