#include "wire/responder.hpp"

#include <string>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "catch.hpp"

using namespace fdnprobe;
using namespace fdnprobe::wire::responder;

namespace {

const std::string key = "a shared key of thirty-two bytes";
constexpr std::size_t signed_size = 128;

Request request_of(Kind kind = Kind::reach) {
    Request request;
    request.kind = kind;
    request.asked = {Transport::udp, 9443};
    request.time = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(0x0123456789AB));
    request.nonce = "0123456789abcdef";
    request.attempt = "ATTEMPT!";
    return request;
}

Reply reply_of() {
    Reply reply;
    reply.arrived_at = {Transport::tcp, 443};
    reply.time = request_of().time;
    reply.nonce = "0123456789abcdef";
    reply.attempt = "ATTEMPT!";
    reply.source = SocketAddress{*Address::parse("203.0.113.9"), 40123};
    reply.ttl = 61;
    return reply;
}

/// Signs a message anew, after a test has changed it: a holder of the key may send anything.
std::string signed_again(std::string bytes) {
    bytes.resize(signed_size);
    return bytes + hmac_sha256(key, bytes);
}

}  // namespace

TEST_CASE("a request has the bytes that the format says") {
    const std::string bytes = encode(request_of(), key);
    REQUIRE(bytes.size() == message_size);
    CHECK(hex(bytes.substr(0, 68)) ==
          "66646e70726f6265"  // magic
          "01"
          "01"
          "01"
          "00"  // version, reach, UDP, no flags
          "24e3"
          "00"
          "00"                                // port 9443, no TTL
          "00000123456789ab"                  // time
          "30313233343536373839616263646566"  // nonce
          "415454454d505421"                  // attempt
          "00000000000000000000000000000000"  // no source
          "0000"
          "0000");
    CHECK(bytes.substr(68, 60) == std::string(60, '\0'));
    CHECK(bytes.substr(signed_size) == hmac_sha256(key, bytes.substr(0, signed_size)));
}

TEST_CASE("a reply has the bytes that the format says") {
    Reply reply = reply_of();
    reply.kind = Kind::arrivals;
    reply.arrivals = 3;
    reply.listening = true;
    const std::string bytes = encode(reply, key);
    REQUIRE(bytes.size() == message_size);
    CHECK(hex(bytes.substr(8, 8)) == "0182001301bb3d00");  // arrivals' reply, TCP, TTL and IPv4 and listening, 443, 61
    CHECK(hex(bytes.substr(48, 20)) ==
          "cb007109000000000000000000000000"
          "9cbb"
          "0003");
}

TEST_CASE("requests are read as they were written") {
    for (const Kind kind : {Kind::reach, Kind::arrivals}) {
        for (const Port port : {Port{Transport::tcp, 443}, Port{Transport::udp, 53}, Port{Transport::esp, 50},
                                Port{Transport::ethernet, 0x8890}}) {
            Request request = request_of(kind);
            request.asked = port;
            const auto read = decode_request(encode(request, key), key);
            REQUIRE(read);
            CHECK(read->kind == kind);
            CHECK(read->asked == port);
            CHECK(read->time == request.time);
            CHECK(read->nonce == request.nonce);
            CHECK(read->attempt == request.attempt);
        }
    }
}

TEST_CASE("replies are read as they were written") {
    Reply reply = reply_of();
    const auto read = decode_reply(encode(reply, key), key);
    REQUIRE(read);
    CHECK(read->kind == Kind::reach);
    CHECK(read->arrived_at == reply.arrived_at);
    CHECK(read->time == reply.time);
    CHECK(read->source == reply.source);
    CHECK(read->hardware_source.empty());
    CHECK(read->ttl == reply.ttl);
    CHECK(read->arrivals == 0);
    CHECK_FALSE(read->listening);

    reply.source = SocketAddress{*Address::parse("2001:db8::9"), 1};
    reply.ttl.reset();
    reply.kind = Kind::arrivals;
    reply.arrivals = 0xFFFF;
    reply.listening = true;
    const auto six = decode_reply(encode(reply, key), key);
    REQUIRE(six);
    CHECK(six->source == reply.source);
    CHECK_FALSE(six->ttl);
    CHECK(six->kind == Kind::arrivals);
    CHECK(six->arrivals == 0xFFFF);
    CHECK(six->listening);

    reply.source.reset();
    reply.hardware_source = std::string("\x02\x00\x5E\x10\x00\xFF", 6);
    const auto frame = decode_reply(encode(reply, key), key);
    REQUIRE(frame);
    CHECK_FALSE(frame->source);
    CHECK(frame->hardware_source == reply.hardware_source);
}

TEST_CASE("a request is no reply, and a reply no request") {
    CHECK_FALSE(decode_reply(encode(request_of(), key), key));
    CHECK_FALSE(decode_request(encode(reply_of(), key), key));
}

TEST_CASE("every truncation is refused, and what stands after a message is padding") {
    for (const std::string& bytes : {encode(request_of(), key), encode(reply_of(), key)}) {
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            CHECK_FALSE(decode_request(bytes.substr(0, size), key));
            CHECK_FALSE(decode_reply(bytes.substr(0, size), key));
            CHECK(may_become_message(bytes.substr(0, size)));
        }
    }
    CHECK(decode_request(encode(request_of(), key) + std::string(40, '\0'), key));
}

TEST_CASE("every changed bit is noticed") {
    const std::string bytes = encode(reply_of(), key);
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string changed = bytes;
            changed[index] = static_cast<char>(static_cast<unsigned char>(changed[index]) ^ (1U << bit));
            CHECK_FALSE(decode_reply(changed, key));
        }
    }
}

TEST_CASE("another key is no key") {
    const std::string bytes = encode(request_of(), key);
    CHECK_FALSE(decode_request(bytes, ""));
    CHECK_FALSE(decode_request(bytes, key + "x"));
    CHECK_FALSE(decode_request(bytes, key.substr(1)));
}

TEST_CASE("what a holder of the key may get wrong is refused or bounded") {
    const std::string request = encode(request_of(), key);
    const auto with = [](std::string bytes, std::size_t at, char value) {
        bytes[at] = value;
        return signed_again(bytes);
    };
    REQUIRE(decode_request(signed_again(request), key));
    CHECK_FALSE(decode_request(with(request, 8, 2), key));  // version
    CHECK_FALSE(decode_request(with(request, 9, 0), key));  // kind
    CHECK_FALSE(decode_request(with(request, 9, 3), key));
    CHECK_FALSE(decode_request(with(request, 10, 4), key));  // transport
    CHECK_FALSE(decode_request(with(request, 10, '\xFF'), key));
    const std::string reply = encode(reply_of(), key);
    CHECK_FALSE(decode_reply(with(reply, 9, '\x83'), key));

    // A time that no clock shows is far from every clock, and does not overflow.
    std::string late = request;
    for (std::size_t index = 16; index < 24; ++index) late[index] = '\xFF';
    const auto read = decode_request(signed_again(late), key);
    REQUIRE(read);
    CHECK(read->time - request_of().time > std::chrono::hours(24 * 365));

    // With several kinds of source claimed, one is taken.
    const auto flags = decode_reply(with(reply, 11, '\xFF'), key);
    REQUIRE(flags);
    CHECK(flags->source == reply_of().source);
    CHECK(flags->hardware_source.empty());
    // Without any, none.
    const auto none = decode_reply(with(reply, 11, 0), key);
    REQUIRE(none);
    CHECK_FALSE(none->source);
    CHECK_FALSE(none->ttl);
}

TEST_CASE("what cannot become a message is told by its first bytes") {
    CHECK(may_become_message(""));
    CHECK(may_become_message("fdn"));
    CHECK(may_become_message("fdnprobe and more"));
    CHECK_FALSE(may_become_message("fdnprove"));
    CHECK_FALSE(may_become_message("GET / HTTP/1.1"));
    CHECK_FALSE(may_become_message(std::string_view("\0", 1)));
}
