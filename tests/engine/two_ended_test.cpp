#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "catch.hpp"
#include "engine/fake_responder.hpp"
#include "engine/responders.hpp"
#include "engine/run.hpp"
#include "net/context.hpp"
#include "net/own_socket.hpp"
#include "net/resolver.hpp"
#include "net/run_task.hpp"

using namespace fdnprobe;
using namespace fdnprobe::engine::testing;

namespace {

/// Room for two requests by datagrams: the second is due after half a second, the third a whole one later.
constexpr auto two_requests = std::chrono::milliseconds(1400);

Check check_of(const Port& port, std::string probe, std::vector<const char*> addresses = {"127.0.0.1"}) {
    Check check;
    check.id = "table/row/" + port.to_id() + "/" + probe;
    check.port = port;
    check.dial_port = port.number;
    check.probe = std::move(probe);
    check.host = addresses.front();
    check.host_is_address = true;
    for (const char* address : addresses) check.pinned.push_back(*Address::parse(address));
    check.secrets = std::make_shared<const Secrets>(Secrets{{"responder", key}});
    return check;
}

std::vector<CheckResult> carry_out(std::vector<Check> checks, std::chrono::milliseconds budget = net::generous,
                                   bool all_addresses = false) {
    net::Context context(64);
    net::ResolverOptions resolving;
    resolving.servers.push_back(*SocketAddress::parse("127.0.0.1:53", 53));  // never asked: every check is pinned
    net::Resolver resolver(context, resolving);
    engine::RunSettings settings;
    settings.talk.stage_budget = budget;
    settings.talk.seed = 0x1234;
    settings.all_addresses = all_addresses;
    std::vector<CheckResult> results;
    asio::co_spawn(context.io, engine::run(context, resolver, std::move(checks), settings),
                   [&](const std::exception_ptr& failure, engine::RunResult all) {
                       net::rethrow(failure);
                       results = std::move(all.checks);
                       context.io.stop();
                   });
    context.io.run();
    return results;
}

CheckResult carry_out(const Check& check, std::chrono::milliseconds budget = net::generous) {
    return carry_out(std::vector{check}, budget).at(0);
}

std::size_t asked_for_responder(const CheckResult& result) {
    return static_cast<std::size_t>(std::count_if(result.attempts.begin(), result.attempts.end(),
                                                  [](const Attempt& attempt) { return attempt.responder; }));
}

}  // namespace

TEST_CASE("a responder that confirms is all that is asked") {
    FakeResponder far_end;
    const Port tcp = far_end.open(Transport::tcp, Manner::answers);
    const Port udp = far_end.open(Transport::udp, Manner::answers);
    far_end.start();
    const auto results = carry_out({check_of(tcp, "tcp"), check_of(udp, "udp")});
    for (const CheckResult& result : results) {
        CAPTURE(result.conclusion.summary);
        CHECK(result.conclusion.cause == Cause::responder_confirmed);
        CHECK(result.conclusion.warnings.empty());
        REQUIRE(result.attempts.size() == 1);
        CHECK(result.attempts[0].responder);
        CHECK(result.attempts[0].local->port != 0);
    }
    CHECK(far_end.connections() == 1);
}

TEST_CASE("without a key nobody is asked for a responder") {
    FakeResponder far_end;
    const Port tcp = far_end.open(Transport::tcp, Manner::silent);
    far_end.start();
    Check check = check_of(tcp, "tcp");
    check.secrets = nullptr;
    const CheckResult result = carry_out(check);
    CHECK(result.conclusion.cause == Cause::connected);
    CHECK(asked_for_responder(result) == 0);
}

TEST_CASE("a service that is no responder is then asked as ever") {
    for (const Manner manner : {Manner::closes, Manner::echoes, Manner::silent}) {
        FakeResponder far_end;
        const Port tcp = far_end.open(Transport::tcp, manner);
        far_end.start();
        const auto began = std::chrono::steady_clock::now();
        const CheckResult result = carry_out(check_of(tcp, "tcp"));
        CHECK(result.conclusion.cause == Cause::connected);
        CHECK(result.conclusion.warnings.empty());
        REQUIRE(result.attempts.size() == 2);
        CHECK(result.attempts[0].responder);
        CHECK_FALSE(result.attempts[1].responder);
        CHECK(result.conclusion.attempt == 1);
        // One that is silent is not waited for to the end.
        CHECK(result.attempts[0].abandoned == (manner == Manner::silent));
        CHECK(std::chrono::steady_clock::now() - began < net::generous);
    }
}

TEST_CASE("a responder with another key is none") {
    FakeResponder far_end;
    const Port tcp = far_end.open(Transport::tcp, Manner::answers);
    far_end.start();
    Check check = check_of(tcp, "tcp");
    check.secrets = std::make_shared<const Secrets>(Secrets{{"responder", "another key of thirty-two bytes!"}});
    const CheckResult result = carry_out(check);
    CHECK(result.conclusion.cause == Cause::connected);
    CHECK(result.attempts.size() == 2);
}

TEST_CASE("what is refused to the responder's attempt is not asked again") {
    const net::Peer bound(SOCK_STREAM);
    const Port closed_tcp{Transport::tcp, bound.address().port};
    Port closed_udp;
    {
        FakeResponder other;
        closed_udp = other.open(Transport::udp, Manner::answers);
    }
    const auto results = carry_out({check_of(closed_tcp, "tcp"), check_of(closed_udp, "udp")});
    CHECK(results[0].conclusion.cause == Cause::refused);
    CHECK(results[1].conclusion.cause == Cause::port_unreachable);
    for (const CheckResult& result : results) CHECK(result.attempts.size() == 1);
}

TEST_CASE("a reply that is lost: the responder is asked elsewhere what had arrived") {
    FakeResponder far_end;
    const Port tcp = far_end.open(Transport::tcp, Manner::answers);
    const Port udp = far_end.open(Transport::udp, Manner::loses);
    far_end.start();
    const auto results = carry_out({check_of(tcp, "tcp"), check_of(udp, "udp")}, two_requests);
    CHECK(results[0].conclusion.cause == Cause::responder_confirmed);
    const Conclusion& lost = results[1].conclusion;
    CAPTURE(lost.summary);
    CHECK(lost.cause == Cause::lost_on_path);
    CHECK(lost.confidence == Confidence::proven);
    CHECK(lost.owner == Owner::network);
    CHECK(lost.summary.find("2 of 2 requests arrived at the far end (it saw 127.0.0.1:") != std::string::npos);
    CHECK(asked_for_responder(results[1]) == 1);
}

TEST_CASE("requests that never arrive, where the responder listens and where it does not") {
    FakeResponder far_end;
    const Port tcp = far_end.open(Transport::tcp, Manner::answers);
    const Port dropped = far_end.open(Transport::udp, Manner::deaf);
    const Port foreign = far_end.open(Transport::udp, Manner::deaf);
    far_end.claim(dropped);
    far_end.start();
    const auto results =
        carry_out({check_of(tcp, "tcp"), check_of(dropped, "udp"), check_of(foreign, "udp")}, two_requests);
    CHECK(results[1].conclusion.cause == Cause::lost_on_path);
    CHECK(results[1].conclusion.summary.find("none of the 2 requests reached the far end, which answers on " +
                                             tcp.to_string()) != std::string::npos);
    // Something else may have got them, and kept silent.
    CHECK(results[2].conclusion.cause == Cause::no_reply);
}

TEST_CASE("without a responder that answers over TCP, silence stays silence") {
    FakeResponder far_end;
    const Port udp = far_end.open(Transport::udp, Manner::loses);
    far_end.start();
    const CheckResult result = carry_out(check_of(udp, "udp"), two_requests);
    CHECK(result.conclusion.cause == Cause::no_reply);
    CHECK(result.attempts.size() == 2);
    for (const Attempt& attempt : result.attempts) CHECK(attempt.find(What::arrival) == nullptr);
}

TEST_CASE("the attempt at the service that answers ends the wait for a responder") {
    FakeResponder far_end;
    // It echoes: not what a responder says, and an answer to the probe.
    const Port udp = far_end.open(Transport::udp, Manner::echoes);
    far_end.start();
    const CheckResult result = carry_out(check_of(udp, "udp"));
    CHECK(result.conclusion.cause == Cause::answered);
    CHECK(result.attempts.size() == 2);
}

TEST_CASE("each address is asked for its own responder") {
    FakeResponder far_end;
    const Port first = far_end.open(Transport::tcp, Manner::answers, "127.0.0.1");
    far_end.start();
    // At the other address nobody listens.
    const Check check = check_of(first, "tcp", {"127.0.0.2", "127.0.0.1"});
    const CheckResult one = carry_out(check);
    CHECK(one.conclusion.cause == Cause::responder_confirmed);
    CHECK(one.attempts[*one.conclusion.attempt].destination->address.to_string() == "127.0.0.1");
    const CheckResult all = carry_out({check}, net::generous, true).at(0);
    CHECK(all.conclusion.cause == Cause::responder_confirmed);
    CHECK(all.attempts.size() == 2);
    REQUIRE(all.conclusion.warnings.size() == 1);
    CHECK(all.conclusion.warnings[0] == "127.0.0.2 is closed (refused).");
}

TEST_CASE("a vendor's own server is no responder, whatever the key") {
    Check check = check_of({Transport::tcp, 443}, "tls");
    CHECK(engine::may_have_responder(check));
    check.public_name = true;
    CHECK(engine::may_have_responder(check));  // the site has said where it is
    check.pinned.clear();
    CHECK_FALSE(engine::may_have_responder(check));
    check.public_name = false;
    CHECK(engine::may_have_responder(check));
    check.secrets = nullptr;
    CHECK_FALSE(engine::may_have_responder(check));
}
