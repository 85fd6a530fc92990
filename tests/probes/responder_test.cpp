#include "probes/responder.hpp"

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using wire::responder::Kind;
using wire::responder::Reply;
using wire::responder::Request;

namespace {

const std::string key = "a shared key of thirty-two bytes";
const SocketAddress own_end{*Address::parse("10.0.0.9"), 40000};

Check check_over(Transport transport, std::uint16_t port) {
    Check check = check_of("tls", transport, port, "192.0.2.5");
    check.secrets = std::make_shared<const Secrets>(Secrets{{"responder", key}});
    return check;
}

const Check tcp_check = check_over(Transport::tcp, 443);
const Check udp_check = check_over(Transport::udp, 9443);
const Check frame_check = check_over(Transport::ethernet, 0x8890);

std::vector<Request> requests_in(const Attempt& attempt) {
    std::vector<Request> requests;
    for (const Event& event : attempt.evidence)
        if (event.what == What::sent)
            if (const auto request = wire::responder::decode_request(event.text, key)) requests.push_back(*request);
    return requests;
}

/// The requests that an attempt makes; those of another with the same seed are the same.
std::vector<Request> requests_of(const Check& check) {
    return requests_in(play(responder, check, {.datagrams = check.port.transport != Transport::tcp}).attempt);
}

Reply reply_to(const Request& request) {
    Reply reply;
    reply.arrived_at = request.asked;
    reply.time = request.time;
    reply.nonce = request.nonce;
    reply.attempt = request.attempt;
    reply.source = own_end;
    reply.ttl = 61;
    return reply;
}

Finding judged_with(const Check& check, const std::vector<std::string>& pieces,
                    const std::function<void(Attempt&)>& change = {}) {
    FarEnd far_end;
    far_end.pieces = pieces;
    far_end.datagrams = check.port.transport != Transport::tcp;
    Attempt attempt = play(responder, check, far_end).attempt;
    attempt.local = own_end;
    if (change) change(attempt);
    return responder.judge(check, attempt);
}

/// The finding about a far end that answers the first request, after `change`.
Finding answered(const Check& check, const std::function<void(Reply&)>& change = {}) {
    Reply reply = reply_to(requests_of(check).at(0));
    if (change) change(reply);
    return judged_with(check, {encode(reply, key)});
}

}  // namespace

TEST_CASE("responder: over TCP, one request that says what was dialled") {
    const Played played = play(responder, tcp_check, {});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 3);
    CHECK(played.steps[0].kind == Step::Kind::send);
    CHECK(played.steps[0].bytes.size() == wire::responder::message_size);
    CHECK(played.steps[1].limit == wire::responder::message_size);
    const auto requests = requests_in(played.attempt);
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].kind == Kind::reach);
    CHECK(requests[0].asked == Port{Transport::tcp, 443});
    CHECK(requests[0].time == std::chrono::sys_days{std::chrono::January / 1 / 2027});
}

TEST_CASE("responder: a customised port is asked about as it is dialled") {
    Check check = tcp_check;
    check.dial_port = 9013;
    check.dial_transport = Transport::udp;
    CHECK(requests_in(play(responder, check, {.datagrams = true}).attempt).at(0).asked == Port{Transport::udp, 9013});
}

TEST_CASE("responder: three datagrams, each with a nonce of its own, none sent twice") {
    for (const Check& check : {udp_check, check_over(Transport::esp, 50), frame_check}) {
        const Played played = play(responder, check, {.datagrams = true});
        CHECK(played.finished);
        std::vector<std::chrono::milliseconds> waits;
        for (const Step& step : played.steps) {
            if (step.kind == Step::Kind::send) CHECK_FALSE(step.repeat);
            if (step.kind == Step::Kind::receive) waits.push_back(step.wait);
        }
        // At 0, 0.5 and 1.5 s, and then until the end of the time.
        CHECK(waits == std::vector{std::chrono::milliseconds(500), std::chrono::milliseconds(1000),
                                   std::chrono::milliseconds(0)});
        const auto requests = requests_in(played.attempt);
        REQUIRE(requests.size() == 3);
        std::set<std::string> nonces;
        for (const Request& request : requests) {
            nonces.insert(request.nonce);
            CHECK(request.attempt == requests[0].attempt);
            CHECK(request.asked == check.port);
        }
        CHECK(nonces.size() == 3);
    }
}

TEST_CASE("responder: nonces and attempts differ between occasions") {
    const auto one = requests_in(play(responder, tcp_check, {}, 1).attempt);
    const auto other = requests_in(play(responder, tcp_check, {}, 2).attempt);
    CHECK(one.at(0).nonce != other.at(0).nonce);
    CHECK(one.at(0).attempt != other.at(0).attempt);
}

TEST_CASE("responder: a reply confirms, and says what arrived") {
    for (const Check& check : {tcp_check, udp_check}) {
        const Finding finding = answered(check);
        CHECK(finding.cause == Cause::responder_confirmed);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.owner == Owner::nobody);
        CHECK(finding.detail == "the far end saw 10.0.0.9:40000, TTL 61");
        CHECK(finding.warnings.empty());
    }
}

TEST_CASE("responder: a reply in pieces") {
    const std::string bytes = encode(reply_to(requests_of(tcp_check).at(0)), key);
    for_every_split(bytes, [&](const std::vector<std::string>& pieces) {
        CHECK(judged_with(tcp_check, pieces).cause == Cause::responder_confirmed);
    });
}

TEST_CASE("responder: a reply to any of the requests will do") {
    for (const Request& request : requests_of(udp_check)) {
        // The first two were lost; the answer comes while the third is waited for.
        Attempt attempt = play(responder, udp_check, {.datagrams = true}).attempt;
        attempt.evidence.push_back(event_of(What::received, encode(reply_to(request), key), 160));
        CHECK(responder.judge(udp_check, attempt).cause == Cause::responder_confirmed);
    }
}

TEST_CASE("responder: NAT is seen") {
    const Finding source = answered(udp_check, [](Reply& reply) {
        reply.source = SocketAddress{*Address::parse("203.0.113.9"), 1024};
    });
    CHECK(source.detail == "the far end saw 203.0.113.9:1024, TTL 61");
    REQUIRE(source.warnings.size() == 1);
    CHECK(source.warnings[0] ==
          "A NAT on the way rewrites the source: this host sent from 10.0.0.9:40000, the far end saw "
          "203.0.113.9:1024.");
    const Finding port = answered(tcp_check, [](Reply& reply) { reply.source->port = 1024; });
    REQUIRE(port.warnings.size() == 1);
    CHECK(port.warnings[0] == "Something on the way rewrites the source port: 40000 became 1024.");
    const Finding destination = answered(tcp_check, [](Reply& reply) { reply.arrived_at.number = 8443; });
    REQUIRE(destination.warnings.size() == 1);
    CHECK(destination.warnings[0] ==
          "The port is translated on the way: what was sent to TCP/443 arrived at TCP/8443.");
    // A socket of both families writes an IPv4 address in IPv6's way.
    const Finding mapped = answered(tcp_check, [](Reply& reply) {
        reply.source = SocketAddress{*Address::parse("::ffff:10.0.0.9"), 40000};
    });
    CHECK(mapped.warnings.empty());
    CHECK(mapped.detail == "the far end saw 10.0.0.9:40000, TTL 61");
}

TEST_CASE("responder: what is not known is not compared") {
    // ESP has no ports, and the source of a datagram may not be known here.
    const Finding esp = answered(check_over(Transport::esp, 50), [](Reply& reply) { reply.source->port = 0; });
    CHECK(esp.detail == "the far end saw 10.0.0.9, TTL 61");
    CHECK(esp.warnings.empty());
    const std::string reply = encode(reply_to(requests_of(udp_check).at(0)), key);
    const auto without_local = [](Attempt& attempt) { attempt.local.reset(); };
    CHECK(judged_with(udp_check, {reply}, without_local).warnings.empty());
    // A proxy connects anew, of course.
    const auto through_proxy = [](Attempt& attempt) {
        attempt.local->port = 1;
        attempt.proxy = SocketAddress{*Address::parse("192.0.2.1"), 3128};
    };
    const std::string over_tcp = encode(reply_to(requests_of(tcp_check).at(0)), key);
    CHECK(judged_with(tcp_check, {over_tcp}, through_proxy).warnings.empty());
    CHECK(answered(udp_check, [](Reply& bare) {
              bare.source.reset();
              bare.ttl.reset();
          }).detail.empty());
}

TEST_CASE("responder: frames of others are passed over") {
    Reply reply = reply_to(requests_of(frame_check).at(0));
    reply.source.reset();
    reply.ttl.reset();
    reply.hardware_source = std::string("\x02\x00\x5E\x10\x00\xFF", 6);
    const std::string heartbeat("\x52\x02 a cluster's own", 18);
    Reply others = reply;  // two checks on one segment hear each other's replies
    others.attempt[0] ^= 1;
    const Finding finding = judged_with(
        frame_check, {heartbeat, encode(requests_of(frame_check).at(0), key), encode(others, key), encode(reply, key)});
    CHECK(finding.cause == Cause::responder_confirmed);
    CHECK(finding.detail == "the far end saw 02:00:5e:10:00:ff");
    // Nothing of theirs ends the waiting either.
    CHECK(requests_in(play(responder, frame_check, {.pieces = {heartbeat}, .datagrams = true}).attempt).size() == 3);
}

TEST_CASE("responder: an answer from elsewhere is still the responder's") {
    const std::string reply = encode(reply_to(requests_of(udp_check).at(0)), key);
    const Finding finding = judged_with(udp_check, {reply}, [](Attempt& attempt) {
        attempt.evidence.back().from = Address::parse("192.0.2.77");
        attempt.evidence.back().detail = 9443;
    });
    CHECK(finding.cause == Cause::responder_confirmed);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(finding.warnings[0] ==
          "The answer came from 192.0.2.77:9443, not from the address and port that were asked.");
}

TEST_CASE("responder: what others say confirms nothing") {
    const auto none = [](const Finding& finding, const std::string& detail) {
        CHECK(finding.cause == Cause::not_applicable);
        CHECK(finding.detail == detail);
    };
    none(judged_with(tcp_check, {"HTTP/1.1 400 Bad Request\r\n"}),
         "no responder answered, something else answered: 'HTTP/1.1 400 Bad Request'");
    none(judged_with(udp_check, {""}), "no responder answered, an empty datagram came back");
    none(judged_with(tcp_check, {}), "no responder answered, nothing came");
    none(responder.judge(tcp_check, play(responder, tcp_check, {.closes = true}).attempt),
         "no responder answered, the connection was closed");
    none(responder.judge(tcp_check, play(responder, tcp_check, {.dies_at_step = 1}).attempt),
         "no responder answered, the connection was reset");
}

TEST_CASE("responder: forged, repeated and mixed-up replies confirm nothing") {
    for (const Check& check : {tcp_check, udp_check}) {
        const auto refused = [&](const std::string& bytes) {
            CHECK(judged_with(check, {bytes}).cause == Cause::not_applicable);
        };
        const Request request = requests_of(check).at(0);
        const Reply good = reply_to(request);
        refused(encode(good, "another key of thirty-two bytes!"));
        refused(encode(request, key));  // an echo
        for (std::size_t size = 0; size < wire::responder::message_size; ++size)
            refused(encode(good, key).substr(0, size));
        Reply reply = good;
        reply.nonce[0] ^= 1;  // a reply to somebody else
        refused(encode(reply, key));
        reply = good;
        reply.attempt[0] ^= 1;
        refused(encode(reply, key));
        reply = good;
        reply.kind = Kind::arrivals;
        refused(encode(reply, key));
    }
}

TEST_CASE("responder: a dialogue that is cut off anywhere is judged all the same") {
    for (std::size_t step = 0; step < 7; ++step) {
        for (const Check& check : {tcp_check, udp_check}) {
            FarEnd far_end;
            far_end.datagrams = check.port.transport == Transport::udp;
            far_end.dies_at_step = step;
            CHECK(responder.judge(check, play(responder, check, far_end).attempt).cause == Cause::not_applicable);
        }
    }
}

TEST_CASE("responder: the question about arrivals names the attempt, and takes the answer to it alone") {
    const Occasion occasion{0x1234, std::chrono::sys_days{std::chrono::January / 1 / 2027}};
    const auto request = wire::responder::decode_request(arrivals_request(udp_check, occasion), key);
    REQUIRE(request);
    CHECK(request->kind == Kind::arrivals);
    CHECK(request->asked == Port{Transport::udp, 9443});
    const auto reached = requests_of(udp_check);
    CHECK(request->attempt == reached.at(0).attempt);
    for (const Request& one : reached) CHECK(one.nonce != request->nonce);

    Reply reply = reply_to(*request);
    reply.kind = Kind::arrivals;
    reply.arrivals = 2;
    const auto read = arrivals_reply(udp_check, occasion, encode(reply, key));
    REQUIRE(read);
    CHECK(read->arrivals == 2);
    CHECK_FALSE(arrivals_reply(udp_check, occasion, encode(reply, key).substr(1)));
    CHECK_FALSE(arrivals_reply(udp_check, Occasion{0x1235, occasion.now}, encode(reply, key)));
    reply.kind = Kind::reach;
    CHECK_FALSE(arrivals_reply(udp_check, occasion, encode(reply, key)));
}
