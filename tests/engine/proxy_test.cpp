#include "engine/proxy.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/run.hpp"
#include "net/fake_proxy.hpp"
#include "net/own_socket.hpp"
#include "net/run_task.hpp"

using namespace fdnprobe;
using net::FakeProxy;

namespace {

const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";
const std::string wanted = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n";

/// A connection to a host, held for a moment.
Check check_of(std::string host, const char* pinned = nullptr) {
    Check check;
    check.id = "t/r/tcp-443/tcp/" + host;
    check.port = *Port::parse("TCP/443");
    check.dial_port = 443;
    check.probe = "tcp";
    check.host = std::move(host);
    check.public_name = true;
    if (pinned != nullptr) check.pinned.push_back(*Address::parse(pinned));
    return check;
}

std::vector<Check> many(std::size_t count) {
    std::vector<Check> checks;
    for (std::size_t index = 0; index < count; ++index)
        checks.push_back(check_of(std::to_string(index) + ".example", "198.51.100.7"));
    return checks;
}

engine::ProxySettings at(const SocketAddress& place, std::string credentials = {}) {
    engine::ProxySettings settings;
    settings.address = ProxyAddress{"", place.address.to_string(), place.port};
    settings.credentials = std::move(credentials);
    return settings;
}

std::vector<CheckResult> run(std::vector<Check> checks, engine::ProxySettings proxy,
                             std::chrono::milliseconds budget = std::chrono::seconds(5)) {
    net::Context context(64);
    net::ResolverOptions resolving;
    resolving.servers = {SocketAddress{*Address::parse("127.0.0.1"), 1}};  // where nobody listens
    net::Resolver resolver(context, resolving);
    engine::RunSettings settings;
    settings.talk.stage_budget = budget;
    settings.proxy = std::move(proxy);
    return net::run_task(context, engine::run(context, resolver, std::move(checks), settings)).checks;
}

std::ptrdiff_t with_credentials(const std::vector<std::string>& requests) {
    return std::count_if(requests.begin(), requests.end(), [](const std::string& request) {
        return request.find("Proxy-Authorization") != std::string::npos;
    });
}

}  // namespace

TEST_CASE("addresses are sent to the proxy, and names where it is to look them up") {
    const FakeProxy proxy([](int descriptor, const std::string& request) {
        if (request.empty()) return;
        FakeProxy::say(descriptor, established + "hello");
        FakeProxy::wait(descriptor);
    });
    const auto known = run({check_of("a.example", "198.51.100.7")}, at(proxy.address()));
    REQUIRE(known.size() == 1);
    CHECK(known[0].conclusion.verdict == Verdict::reachable);
    CHECK(known[0].conclusion.confidence != Confidence::proven);
    REQUIRE(known[0].attempts.size() == 1);
    CHECK(known[0].attempts[0].proxy == proxy.address());
    CHECK(known[0].attempts[0].destination->to_string() == "198.51.100.7:443");

    engine::ProxySettings settings = at(proxy.address());
    settings.resolves_names = true;
    const auto named = run({check_of("a.example"), check_of("b.example", "2001:db8::7")}, settings);
    REQUIRE(named.size() == 2);
    CHECK(named[0].conclusion.verdict == Verdict::reachable);
    CHECK_FALSE(named[0].attempts.at(0).destination);
    // What is pinned is where the site says that it is.
    CHECK(named[1].attempts.at(0).destination->to_string() == "[2001:db8::7]:443");

    const auto requests = proxy.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].starts_with("CONNECT 198.51.100.7:443 "));
    CHECK(requests[1].starts_with("CONNECT a.example:443 "));
    CHECK(requests[2].starts_with("CONNECT [2001:db8::7]:443 "));
    // Each run looks at the proxy first.
    CHECK(proxy.connections() == 5);
}

TEST_CASE("a name that does not resolve here is not asked for") {
    const FakeProxy proxy([](int, const std::string&) {});
    const auto results = run({check_of("a.example")}, at(proxy.address()));
    CHECK(results.at(0).conclusion.verdict == Verdict::unresolved);
    CHECK(proxy.requests().empty());
}

TEST_CASE("a proxy that cannot be reached is tried once for all checks") {
    const net::Peer closed(SOCK_STREAM);
    const auto results = run(many(20), at(closed.address()));
    REQUIRE(results.size() == 20);
    for (const CheckResult& result : results) {
        CHECK(result.conclusion.cause == Cause::proxy_unreachable);
        CHECK(result.conclusion.stage == Stage::proxy);
        REQUIRE(result.attempts.size() == 1);
        CHECK(result.attempts[0].proxy == closed.address());
        // The same events, to the nanosecond: there was one try.
        REQUIRE(result.attempts[0].evidence.size() == results[0].attempts[0].evidence.size());
        for (std::size_t index = 0; index < result.attempts[0].evidence.size(); ++index) {
            const Event& event = result.attempts[0].evidence[index];
            CHECK(event.at == results[0].attempts[0].evidence[index].at);
            CHECK(event.stage == Stage::proxy);
        }
    }
}

TEST_CASE("a proxy whose name does not resolve is said to be that") {
    engine::ProxySettings settings;
    settings.address = ProxyAddress{"", "proxy.example", 3128};
    const auto results = run(many(3), settings);
    for (const CheckResult& result : results) {
        CHECK(result.conclusion.cause == Cause::proxy_unreachable);
        CHECK(result.conclusion.summary.find("its name does not resolve") != std::string::npos);
        CHECK_FALSE(result.attempts.at(0).proxy);
    }
}

TEST_CASE("credentials that the proxy refuses are sent once") {
    const FakeProxy proxy([](int descriptor, const std::string& request) {
        if (!request.empty()) FakeProxy::say(descriptor, wanted);
    });
    const auto results = run(many(12), at(proxy.address(), "branch:wrong"));
    for (const CheckResult& result : results) CHECK(result.conclusion.cause == Cause::proxy_auth_required);
    CHECK(proxy.requests().size() == 12);
    CHECK(with_credentials(proxy.requests()) == 1);
}

TEST_CASE("one request at a time carries credentials that the proxy has not shown to take") {
    // It refuses two places before it looks at the credentials of the third.
    int asked = 0;
    const FakeProxy proxy([&](int descriptor, const std::string& request) {
        if (request.empty()) return;
        FakeProxy::say(descriptor, ++asked <= 2 ? "HTTP/1.1 403 Forbidden\r\n\r\n" : wanted);
    });
    const auto results = run(many(8), at(proxy.address(), "branch:wrong"));
    const auto count = [&](Cause cause) {
        return std::count_if(results.begin(), results.end(),
                             [&](const CheckResult& result) { return result.conclusion.cause == cause; });
    };
    CHECK(count(Cause::proxy_denied) == 2);
    CHECK(count(Cause::proxy_auth_required) == 6);
    CHECK(with_credentials(proxy.requests()) == 3);
}

TEST_CASE("credentials that the proxy takes go with every request, and no result holds them") {
    const FakeProxy proxy([](int descriptor, const std::string& request) {
        if (request.find("Basic YnJhbmNoOmh1bnRlcjI=\r\n") != std::string::npos)
            FakeProxy::say(descriptor, established);
        else if (!request.empty())
            FakeProxy::say(descriptor, wanted);
    });
    const auto results = run(many(6), at(proxy.address(), "branch:hunter2"));
    CHECK(with_credentials(proxy.requests()) == 6);
    for (const CheckResult& result : results) {
        CHECK(result.conclusion.stage != Stage::proxy);
        for (const Event& event : result.attempts.at(0).evidence) {
            CHECK(event.text.find("hunter2") == std::string::npos);
            CHECK(event.text.find("YnJh") == std::string::npos);
        }
    }
}

TEST_CASE("a proxy that keeps silent holds nobody up for long") {
    const FakeProxy proxy([](int descriptor, const std::string&) { FakeProxy::wait(descriptor); });
    const auto began = net::Clock::now();
    const auto results = run(many(6), at(proxy.address(), "branch:hunter2"), std::chrono::milliseconds(300));
    for (const CheckResult& result : results) CHECK(result.conclusion.cause == Cause::proxy_unreachable);
    // The first alone, then all the others together.
    CHECK(net::Clock::now() - began < std::chrono::seconds(3));
}
