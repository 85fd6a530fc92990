#include "judge/responder.hpp"

#include <string>
#include <utility>
#include <vector>

#include "judge/attempt.hpp"
#include "judge/conclude.hpp"
#include "traces.hpp"
#include "wire/responder.hpp"

using namespace fdnprobe;
using namespace traces;
namespace message = wire::responder;

namespace {

const std::string key = "a shared key of thirty-two bytes";

Check keyed(std::string_view port = "TCP/443") {
    Check check = check_of(port, "proxy.corp.example");
    check.public_name = check.vendor_host = false;
    check.secrets = std::make_shared<const Secrets>(Secrets{{"responder", key}});
    return check;
}

/// An attempt that asked for a responder this many times.
Trace asking(int requests = 1) {
    Trace trace = Trace::to();
    trace.connect();
    message::Request request;
    request.attempt = std::string(message::attempt_size, 'a');
    for (int count = 0; count < requests; ++count) {
        request.nonce = std::string(message::nonce_size, static_cast<char>('0' + count));
        trace.later(std::chrono::milliseconds(500)).send(encode(request, key));
    }
    return trace;
}

std::string reply() {
    message::Reply reply;
    reply.nonce = std::string(message::nonce_size, '0');
    reply.attempt = std::string(message::attempt_size, 'a');
    reply.arrived_at = Port{Transport::tcp, 443};
    return encode(reply, key);
}

Attempt responders(const Trace& trace) {
    Attempt attempt = trace;
    attempt.responder = true;
    return attempt;
}

Finding finding_of(const Trace& trace, const Check& check = keyed()) {
    return judge::judge_attempt_with(content, check, responders(trace));
}

Trace silence(int requests = 1, int detail = -1) {
    return asking(requests).later(std::chrono::milliseconds(2000)).add(Stage::exchange, What::silent, 2000, detail);
}

Trace& arrival(Trace& trace, std::int32_t count, std::int32_t detail) {
    return trace.add(Stage::exchange, What::arrival, count, detail, "TCP/443");
}

}  // namespace

TEST_CASE("a responder that confirms is judged without the service's judge") {
    const Finding finding = finding_of(asking().receive(reply()));
    CHECK(finding.cause == Cause::responder_confirmed);
}

TEST_CASE("what stands in the responder's way is evidence") {
    CHECK(finding_of(Trace::to().start().fail(ECONNREFUSED)).cause == Cause::refused);
    CHECK(finding_of(Trace::to().start().add(Stage::connect, What::connect_timeout, 2, 3500)).cause == Cause::timeout);
    CHECK(finding_of(Trace::to().start().icmp(3, 13, firewall).fail(EHOSTUNREACH)).cause == Cause::admin_prohibited);
    CHECK(finding_of(asking().icmp(3, 3, destination, Stage::exchange), keyed("UDP/53")).cause ==
          Cause::port_unreachable);
    CHECK(finding_of(Trace::to().without_local().fail(ENETUNREACH)).cause == Cause::no_route);
}

TEST_CASE("a service in the responder's place is no fault of the service") {
    for (const Trace& trace :
         {asking().add(Stage::exchange, What::closed), asking().add(Stage::exchange, What::reset, ECONNRESET),
          asking().receive("220 mail.example"), silence()}) {
        const Attempt attempt = responders(trace);
        CHECK(judge::judge_attempt_with(content, keyed(), attempt).cause == Cause::not_applicable);
    }
}

TEST_CASE("datagrams to a responder that stay unanswered prove nothing by themselves") {
    const Finding finding = finding_of(silence(3), keyed("UDP/9443"));
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.detail == "3 requests to a responder stayed unanswered for 3.0 s");
}

TEST_CASE("a request that arrived shows that the reply was lost") {
    for (const std::string_view port : {"UDP/9443", "TCP/443", "ESP/50", "ETH/0x8890"}) {
        Trace trace = silence(1);
        arrival(trace, 1, 40000).from(ip("203.0.113.9"));
        const Finding finding = finding_of(trace, keyed(port));
        CHECK(finding.cause == Cause::lost_on_path);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.owner == Owner::network);
        CHECK(finding.detail ==
              "the request arrived at the far end (it saw 203.0.113.9:40000), the reply was lost on the way back");
    }
    Trace some = silence(3);
    arrival(some, 2, 0).from(ip("203.0.113.9"));
    CHECK(finding_of(some, keyed("ESP/50")).detail ==
          "2 of 3 requests arrived at the far end (it saw 203.0.113.9), the replies were lost on the way back");
}

TEST_CASE("a frame's source is an Ethernet address") {
    Attempt attempt = responders(silence(1));
    Event& event = attempt.evidence.emplace_back();
    event.stage = Stage::exchange;
    event.what = What::arrival;
    event.code = 1;
    event.hardware = HardwareAddress{{2, 0, 0, 0, 0, 1}};
    CHECK_THAT(judge::judge_attempt_with(content, keyed("ETH/0x8890"), attempt).detail,
               says("(it saw 02:00:00:00:00:01)"));
}

TEST_CASE("that nothing arrived is proof only where the responder listens") {
    for (const std::string_view port : {"UDP/9443", "ESP/50", "ETH/0x8890"}) {
        Trace lost = silence(3);
        arrival(lost, 0, 1);
        const Finding finding = finding_of(lost, keyed(port));
        CHECK(finding.cause == Cause::lost_on_path);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.detail == "none of the 3 requests reached the far end, which answers on TCP/443");

        Trace elsewhere = silence(3);
        arrival(elsewhere, 0, 0);
        const Finding unknown = finding_of(elsewhere, keyed(port));
        CHECK(unknown.cause == Cause::no_reply);
        CHECK_THAT(unknown.detail, says("does not listen on this port"));
    }
    // Over TCP something has accepted the connection; that it was not the responder says nothing of the path.
    Trace accepted = silence(1);
    arrival(accepted, 0, 1);
    CHECK(finding_of(accepted).cause == Cause::not_applicable);
}

TEST_CASE("raw sockets that this user may not open are said to be so, with what grants them") {
    for (const std::string_view port : {"ESP/50", "ETH/0x8890"}) {
        const auto denied = [&](int error, std::string text) {
            return finding_of(Trace::to().without_local().fail(error, std::move(text)), keyed(port));
        };
        const Finding finding = denied(EPERM, "raw socket of /opt/fdn probe");
        CHECK(finding.cause == Cause::needs_privilege);
        CHECK(verdict_of(finding.cause) == Verdict::skipped);
        CHECK(finding.detail == "`sudo setcap cap_net_raw+ep '/opt/fdn probe'` grants it");
        CHECK(denied(EACCES, "raw socket").detail ==
              "`sudo setcap cap_net_raw+ep \"$(command -v fdnprobe)\"` grants it");
    }
    const Finding interface = finding_of(Trace::nowhere().fail(ENODEV, "interface"), keyed("ETH/0x8890"));
    CHECK(interface.cause == Cause::not_configured);
    CHECK_THAT(interface.detail, says("--interface"));
}

TEST_CASE("an absent responder does not make a check worse, nor better") {
    const auto conclude = [](std::vector<Attempt> attempts, std::string_view port) {
        return judge::conclude_with(content, keyed(port), attempts);
    };
    // The service answered.
    const Conclusion good = conclude({responders(silence(3)), Trace::to().connect().send().receive()}, "UDP/53");
    CHECK(good.cause == Cause::answered);
    CHECK(good.warnings.empty());
    CHECK(good.attempt == 1);
    // It was refused by something that closes: the service's attempt decides.
    const Conclusion closed = conclude({responders(asking().add(Stage::exchange, What::closed)),
                                        Trace::to().connect().add(Stage::exchange, What::reset, ECONNRESET)},
                                       "TCP/443");
    CHECK(closed.cause == Cause::reset_after_connect);
    CHECK(closed.attempt == 1);
    // Nor when another port's responder could say that it does not listen here: but that explains the silence.
    Trace foreign = silence(3);
    arrival(foreign, 0, 0);
    const Conclusion answered = conclude({responders(foreign), Trace::to().connect().send().receive()}, "UDP/53");
    CHECK(answered.cause == Cause::answered);
    CHECK(answered.warnings.empty());
    const Conclusion explained = conclude({responders(foreign), silence(1)}, "UDP/53");
    CHECK(explained.cause == Cause::no_reply);
    CHECK_THAT(explained.summary, says("does not listen on this port"));
    // Where nobody but a responder could answer, its silence is what there is.
    CHECK(conclude({responders(silence(3))}, "ESP/50").cause == Cause::no_reply);
    // The run ended before the service's turn.
    CHECK(conclude({responders(asking().add(Stage::exchange, What::closed)),
                    Trace::to().add(Stage::connect, What::cancelled, 0, 0, "the run was ended")},
                   "TCP/443")
              .cause == Cause::interrupted);
}

TEST_CASE("a reply that was lost explains what the service's attempt met") {
    Trace lost = silence(1);
    arrival(lost, 1, 40000).from(own);
    std::vector<Attempt> attempts{responders(lost),
                                  Trace::to().connect().send().add(Stage::exchange, What::reset, ECONNRESET)};
    const Conclusion conclusion = judge::conclude_with(content, keyed(), attempts);
    CHECK(conclusion.cause == Cause::lost_on_path);
    CHECK(conclusion.attempt == 0);
    // But an answer is an answer.
    attempts[1] = Trace::to().connect().send().receive();
    CHECK(judge::conclude_with(content, keyed(), attempts).cause == Cause::answered);
}

TEST_CASE("advice for silence is a responder, where the site can run one") {
    const auto advice = [](const Check& check, std::vector<Attempt> attempts) {
        return judge::conclude_with(content, check, attempts).advice.value();
    };
    Check own_host = keyed("UDP/9443");
    own_host.secrets = nullptr;
    CHECK_THAT(advice(own_host, {silence(1)}), says("run `fdnprobe respond`") && says("--responder-key"));
    CHECK_THAT(advice(keyed("UDP/9443"), {responders(silence(3)), silence(1)}), says("with the same key"));
    own_host.public_name = own_host.vendor_host = true;
    CHECK_THAT(advice(own_host, {silence(1)}), !says("fdnprobe respond"));
    CHECK_THAT(advice(keyed("ESP/50"), {responders(silence(3))}), says("with the same key"));
    Trace lost = silence(1);
    arrival(lost, 1, 40000).from(own);
    CHECK_THAT(advice(keyed("UDP/9443"), {responders(lost)}), says("Let the answers to UDP/9443"));
    Trace never = silence(1);
    arrival(never, 0, 1);
    CHECK_THAT(advice(keyed("UDP/9443"), {responders(never)}), says("Open UDP/9443"));
    CHECK_THAT(advice(keyed("ETH/0x8890"), {responders(never)}), says("one segment"));
}
