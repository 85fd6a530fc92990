// The engine with real sockets: the lab's listeners at the other end, everything on loopback.
#include "engine/run.hpp"

#include <algorithm>

#include "../net/run_task.hpp"
#include "catch.hpp"
#include "peers/listener.hpp"
#include "peers/service.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;
using net::Clock;
using net::Context;

namespace {

const Address loopback = *Address::parse("127.0.0.1");

Check check_of(std::uint16_t port, const char* probe, Transport transport = Transport::tcp) {
    static int count = 0;
    Check check;
    check.id = "t/r/" + std::to_string(++count);
    check.host = "127.0.0.1";
    check.port = Port{transport, port};
    check.dial_port = port;
    check.probe = probe;
    check.pinned = {loopback};
    check.trust.any = true;
    return check;
}

std::vector<CheckResult> run(Context& context, std::vector<Check> checks, const engine::RunSettings& settings) {
    net::ResolverOptions options;
    options.servers = {SocketAddress{loopback, 1}};
    net::Resolver resolver(context, options);
    return net::run_task(context, engine::run(context, resolver, std::move(checks), settings)).checks;
}

/// For what gets an answer, however late.
engine::RunSettings patient() {
    engine::RunSettings settings;
    settings.talk.stage_budget = net::generous;
    return settings;
}

}  // namespace

TEST_CASE("open, closed and silent ports are told apart, all in flight at once") {
    Context context(600);
    const auto open = peers::listen_tcp(context, nullptr, peers::serve_nothing());
    const auto closed = peers::reserve_closed_port(context);
    const auto silent = peers::listen_silently(context);
    REQUIRE((open && closed && silent));
    std::vector<Check> checks;
    for (int count = 0; count < 100; ++count)
        for (const std::uint16_t port : {*open, *closed, *silent}) checks.push_back(check_of(port, "tcp"));
    engine::RunSettings settings = patient();
    settings.talk.stage_budget = 1800ms;  // long enough for a SYN to be sent again, which is due after a second
    const auto results = run(context, checks, settings);
    REQUIRE(results.size() == 300);
    for (std::size_t index = 0; index < results.size(); ++index) {
        const Cause expected = index % 3 == 0 ? Cause::connected : index % 3 == 1 ? Cause::refused : Cause::timeout;
        CHECK(results[index].conclusion.cause == expected);
        CHECK(results[index].check.id == checks[index].id);
    }
}

TEST_CASE("a dead address costs little when another one works, and is mentioned") {
    Context context(16);
    const auto open = peers::listen_tcp(context, nullptr, peers::serve_nothing());
    REQUIRE(open);
    Check check = check_of(*open, "tcp");
    check.pinned = {*Address::parse("127.0.0.9"), loopback};  // the listener is on 127.0.0.1 alone
    SECTION("until one works") {
        const auto results = run(context, {check}, patient());
        CHECK(results[0].conclusion.cause == Cause::connected);
        REQUIRE(results[0].attempts.size() == 2);
        CHECK(results[0].attempts[0].finding.cause == Cause::refused);
        REQUIRE(results[0].conclusion.warnings.size() == 1);
        CHECK_THAT(results[0].conclusion.warnings[0], Contains("127.0.0.9"));
    }
    SECTION("all of them") {
        std::reverse(check.pinned.begin(), check.pinned.end());
        engine::RunSettings settings = patient();
        settings.all_addresses = true;
        const auto results = run(context, {check}, settings);
        CHECK(results[0].conclusion.cause == Cause::connected);
        CHECK(results[0].attempts.size() == 2);
        CHECK(results[0].attempts[1].finding.cause == Cause::refused);
    }
}

TEST_CASE("silence is tried again when that is asked for, a refusal never") {
    Context context(16);
    const auto closed = peers::reserve_closed_port(context);
    const auto mute = peers::listen_udp(context, [](std::string_view) { return std::string(); });
    REQUIRE((closed && mute));
    engine::RunSettings settings = patient();
    settings.retries = 2;
    const auto refused = run(context, {check_of(*closed, "tcp")}, settings);
    CHECK(refused[0].attempts.size() == 1);
    settings.talk.stage_budget = 50ms;
    const auto unanswered = run(context, {check_of(*mute, "udp", Transport::udp)}, settings);
    CHECK(unanswered[0].attempts.size() == 3);
    CHECK(unanswered[0].conclusion.cause == Cause::no_reply);
}

TEST_CASE("a run that is stopped keeps what it has and says of the rest that it was not run") {
    Context context(16);
    const auto open = peers::listen_tcp(context, nullptr, peers::serve_nothing());
    const auto silent = peers::listen_silently(context);
    REQUIRE((open && silent));
    engine::RunSettings settings = patient();
    settings.talk.stage_budget = 1h;
    settings.concurrency = 2;
    SECTION("by its deadline") { settings.deadline = context.now() + 2s; }
    SECTION("from outside") {
        settings.on_result = [&](const CheckResult&) { asio::post(context.io, [&] { context.stop(); }); };
    }
    const auto results = run(
        context, {check_of(*open, "tcp"), check_of(*silent, "tcp"), check_of(*silent, "tcp"), check_of(*silent, "tcp")},
        settings);
    REQUIRE(results.size() == 4);
    CHECK(results[0].conclusion.cause == Cause::connected);
    for (std::size_t index = 1; index < 4; ++index) {
        CHECK(results[index].conclusion.cause == Cause::interrupted);
        CHECK(results[index].conclusion.verdict == Verdict::local);
    }
}

TEST_CASE("checks queue for descriptors") {
    Context context(2);
    const auto open = peers::listen_tcp(context, nullptr, peers::serve_nothing());
    REQUIRE(open);
    std::vector<Check> checks;
    for (int count = 0; count < 200; ++count) checks.push_back(check_of(*open, "tcp"));
    const auto results = run(context, std::move(checks), patient());
    for (const CheckResult& result : results) CHECK(result.conclusion.cause == Cause::connected);
}

TEST_CASE("each probe gets its answer from the service that the lab emulates") {
    Context context(16);
    const auto dns_udp = peers::listen_udp(context, peers::answer_dns);
    const auto dns_tcp = peers::listen_tcp(context, nullptr, peers::serve_dns());
    const auto http = peers::listen_tcp(context, nullptr, peers::serve_http());
    const auto udp = peers::listen_udp(context, peers::answer_datagrams());
    REQUIRE((dns_udp && dns_tcp && http && udp));
    const auto results = run(context,
                             {check_of(*dns_udp, "dns", Transport::udp), check_of(*dns_tcp, "dns"),
                              check_of(*http, "http"), check_of(*udp, "udp", Transport::udp)},
                             patient());
    for (const CheckResult& result : results) CHECK(result.conclusion.cause == Cause::answered);
}
