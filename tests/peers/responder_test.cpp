// The far end without sockets: what it replies, and what it writes down.
#include "peers/responder.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace fdnprobe;
using namespace fdnprobe::peers;
using namespace std::chrono_literals;
namespace message = fdnprobe::wire::responder;

namespace {

const std::string key(64, 'k');

Instant at(std::chrono::milliseconds since) {
    return {std::chrono::steady_clock::time_point(1h + since),
            std::chrono::sys_time<std::chrono::milliseconds>(1790000000s + since)};
}

/// A responder whose lines are kept.
struct FarEnd {
    std::vector<std::string> lines;
    Responder responder{key, [this](std::string_view line) { lines.emplace_back(line); }, at(0s)};
    int nonces = 0;

    std::string request(message::Kind kind, Port asked, const std::string& attempt = "attempt1",
                        const std::string& with = key) {
        message::Request one;
        one.kind = kind;
        one.asked = asked;
        one.time = at(0s).wall;
        one.nonce = std::to_string(++nonces);
        one.nonce.resize(message::nonce_size, '.');
        one.attempt = attempt;
        return encode(one, with);
    }

    std::optional<message::Reply> ask(message::Kind kind, Port asked, const Arrival& arrival) {
        const std::string reply = responder.answer(request(kind, asked), arrival, at(0s));
        if (!reply.empty()) CHECK(reply.size() == message::message_size);
        return message::decode_reply(reply, key);
    }
};

const Port tcp_443{Transport::tcp, 443};
const Port udp_500{Transport::udp, 500};

Arrival arrival_at(Port port, const char* source = "192.0.2.1") {
    return Arrival{port, SocketAddress{*Address::parse(source), 40000}, {}, 61};
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a request is confirmed with how it arrived") {
    FarEnd far_end;
    const auto reply = far_end.ask(message::Kind::reach, tcp_443, arrival_at(tcp_443));
    REQUIRE(reply);
    CHECK(reply->kind == message::Kind::reach);
    CHECK(reply->arrived_at == tcp_443);
    CHECK(reply->source == SocketAddress{*Address::parse("192.0.2.1"), 40000});
    CHECK(reply->ttl == 61);
    CHECK(reply->nonce == "1...............");
    CHECK(reply->attempt == "attempt1");
    CHECK(reply->time == at(0s).wall);
    REQUIRE(far_end.lines.size() == 1);
    CHECK(far_end.lines[0] == "2026-09-21T14:13:20.000Z 192.0.2.1:40000 TCP/443 TTL 61: confirmed");
}

TEST_CASE("a port that was translated on the way is shown in the reply and in the log") {
    FarEnd far_end;
    const auto reply = far_end.ask(message::Kind::reach, Port{Transport::tcp, 9013}, arrival_at(tcp_443));
    REQUIRE(reply);
    CHECK(reply->arrived_at == tcp_443);
    CHECK(contains(far_end.lines[0], "confirmed, dialled as TCP/9013"));
}

TEST_CASE("a frame is confirmed with its hardware address, and without a TTL") {
    FarEnd far_end;
    const Port heartbeat{Transport::ethernet, 0x8890};
    const Arrival arrival{heartbeat, std::nullopt, std::string("\x02\x00\x5e\x00\x53\x01", 6), std::nullopt};
    const auto reply = far_end.ask(message::Kind::reach, heartbeat, arrival);
    REQUIRE(reply);
    CHECK_FALSE(reply->source);
    CHECK_FALSE(reply->ttl);
    CHECK(reply->hardware_source == arrival.hardware_source);
    CHECK(contains(far_end.lines[0], " 02:00:5e:00:53:01 ETH/0x8890: confirmed"));
}

TEST_CASE("what had arrived of an attempt can be asked over another way") {
    FarEnd far_end;
    const auto none = far_end.ask(message::Kind::arrivals, udp_500, arrival_at(tcp_443));
    REQUIRE(none);
    CHECK(none->kind == message::Kind::arrivals);
    CHECK(none->arrivals == 0);
    CHECK_FALSE(none->source);
    CHECK(none->arrived_at == tcp_443);
    CHECK_FALSE(none->listening);

    far_end.responder.listens_on({udp_500});
    REQUIRE(far_end.ask(message::Kind::reach, udp_500, arrival_at(udp_500, "192.0.2.7")));
    REQUIRE(far_end.ask(message::Kind::reach, udp_500, arrival_at(udp_500, "192.0.2.8")));
    const auto two = far_end.ask(message::Kind::arrivals, udp_500, arrival_at(tcp_443));
    REQUIRE(two);
    CHECK(two->arrivals == 2);
    CHECK(two->listening);
    CHECK(two->source == SocketAddress{*Address::parse("192.0.2.8"), 40000});
    CHECK(two->arrived_at == udp_500);
    CHECK(two->ttl == 61);
    CHECK(contains(far_end.lines.back(), "asked what had come to UDP/500: 2"));
}

TEST_CASE("what came too fast for an answer has come all the same") {
    FarEnd far_end;
    for (int index = 0; index < 600; ++index)
        static_cast<void>(far_end.ask(message::Kind::reach, udp_500, arrival_at(udp_500, "192.0.2.7")));
    const auto reply = far_end.ask(message::Kind::arrivals, udp_500, arrival_at(tcp_443, "192.0.2.8"));
    REQUIRE(reply);
    CHECK(reply->arrivals == 600);
}

TEST_CASE("strangers get nothing, and the log says why") {
    FarEnd far_end;
    const std::string good = far_end.request(message::Kind::reach, udp_500);
    const std::string wrong =
        far_end.request(message::Kind::reach, udp_500, "attempt1", "another key, as long as it must be");
    CHECK(far_end.responder.answer("\x16\x03\x01", arrival_at(tcp_443, "192.0.2.2"), at(0s)).empty());
    CHECK(far_end.responder.answer(wrong, arrival_at(udp_500, "192.0.2.3"), at(0s)).empty());
    CHECK(far_end.responder.answer(good, arrival_at(udp_500, "192.0.2.4"), at(-6min)).empty());
    CHECK(far_end.responder.answer(good, arrival_at(udp_500, "192.0.2.4"), at(6min)).empty());
    CHECK_FALSE(far_end.responder.answer(good, arrival_at(udp_500, "192.0.2.5"), at(0s)).empty());
    CHECK(far_end.responder.answer(good, arrival_at(udp_500, "192.0.2.6"), at(0s)).empty());
    REQUIRE(far_end.lines.size() == 5);  // the second of 192.0.2.4 waits for the summary
    CHECK(contains(far_end.lines[0], "192.0.2.2:40000 TCP/443 TTL 61: no request of fdnprobe"));
    CHECK(contains(far_end.lines[1], "wrong key"));
    CHECK(contains(far_end.lines[2], "the clock there is 360 s ahead of this one"));
    CHECK(contains(far_end.lines[3], "confirmed"));
    CHECK(contains(far_end.lines[4], "replay"));
    // None of them counts as having arrived.
    const auto reply = far_end.ask(message::Kind::arrivals, udp_500, arrival_at(udp_500));
    REQUIRE(reply);
    CHECK(reply->arrivals == 1);
}

TEST_CASE("a reply that comes back is neither answered nor written down") {
    FarEnd far_end;
    const std::string reply =
        far_end.responder.answer(far_end.request(message::Kind::reach, udp_500), arrival_at(udp_500), at(0s));
    far_end.lines.clear();
    CHECK(far_end.responder.answer(reply, arrival_at(udp_500), at(0s)).empty());
    CHECK(far_end.lines.empty());
}

TEST_CASE("a source that is refused again and again gets one line a second") {
    FarEnd far_end;
    for (int second = 0; second < 5; ++second) {
        for (int index = 0; index < 1000; ++index) far_end.responder.note_no_request(arrival_at(tcp_443), at(0s));
        far_end.responder.flush(at(1s));
    }
    REQUIRE(far_end.lines.size() == 6);
    CHECK(contains(far_end.lines[0], "192.0.2.1:40000 TCP/443 TTL 61: no request"));
    CHECK(far_end.lines[1] ==
          "2026-09-21T14:13:21.000Z 192.0.2.1: 999 more refused, the last at TCP/443 TTL 61: no request of fdnprobe");
    CHECK(contains(far_end.lines[5], "192.0.2.1: 1000 more refused"));
    // After a second of quiet it is news again.
    far_end.responder.flush(at(2s));
    far_end.lines.clear();
    far_end.responder.note_no_request(arrival_at(tcp_443), at(3s));
    CHECK(far_end.lines.size() == 1);
}

TEST_CASE("any number of sources gets a bounded number of lines") {
    FarEnd far_end;
    for (int round = 0; round < 3; ++round)
        for (int number = 0; number < 10000; ++number) {
            const Address source = Address::from_ipv4(
                {10, 0, static_cast<std::uint8_t>(number / 256), static_cast<std::uint8_t>(number % 256)});
            far_end.responder.note_no_request(Arrival{udp_500, SocketAddress{source, 1}, {}, {}}, at(0s));
        }
    CHECK(far_end.lines.size() == ResponderLog::most_sources);
    far_end.responder.flush(at(1s));
    CHECK(far_end.lines.size() == 2 * ResponderLog::most_sources + 1);
    CHECK(contains(far_end.lines.back(), "29952 more refused of other sources"));
    // What is confirmed is always written.
    far_end.lines.clear();
    REQUIRE(far_end.ask(message::Kind::reach, udp_500, arrival_at(udp_500)));
    CHECK(far_end.lines.size() == 1);
}
