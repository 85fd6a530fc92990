#include "net/proxy.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include "catch.hpp"
#include "net/fake_proxy.hpp"
#include "net/run_task.hpp"
#include "net/stream.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;

namespace {

constexpr auto impatient = std::chrono::milliseconds(300);
const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";

struct Tried {
    Tunnel tunnel;
    Attempt attempt;
    std::string heard;  ///< through the tunnel
};

TunnelRequest request_for(std::string authority, Credentials use = Credentials::none, std::string credentials = {}) {
    TunnelRequest request;
    request.authority = std::move(authority);
    request.use = use;
    request.credentials = std::move(credentials);
    return request;
}

/// Asks for a tunnel, and where there is one, reads `expected` bytes through it.
Task<Tried> ask(Context& context, SocketAddress proxy, TunnelRequest request, Clock::duration budget,
                std::size_t expected) {
    Tried tried;
    Recorder recorder(context, tried.attempt);
    Socket socket(context);
    const Outcome connected = co_await connect_tcp(socket, proxy, DialOptions(), recorder, generous, Stage::proxy);
    if (connected != Outcome::ok) co_return tried;
    tried.tunnel = co_await open_tunnel(socket, request, Clock::now() + budget, recorder);
    if (tried.tunnel.outcome != Outcome::ok) co_return tried;
    Stream stream(socket, recorder);
    stream.begin_with(tried.tunnel.early);
    while (tried.heard.size() < expected) {
        std::string buffer(3, '\0');
        const Received received = co_await stream.receive(buffer, Clock::now() + generous);
        if (received.outcome != Outcome::ok) break;
        tried.heard.append(buffer, 0, received.size);
    }
    co_return tried;
}

Tried ask(const FakeProxy& proxy, TunnelRequest request, Clock::duration budget = generous, std::size_t expected = 0) {
    Context context(4);
    return run_task(context, ask(context, proxy.address(), std::move(request), budget, expected));
}

bool all_of_stage_proxy(const Attempt& attempt) {
    for (const Event& event : attempt.evidence)
        if (event.stage != Stage::proxy) return false;
    return !attempt.evidence.empty();
}

const Event* find(const Attempt& attempt, What what) {
    for (const Event& event : attempt.evidence)
        if (event.what == what) return &event;
    return nullptr;
}

}  // namespace

TEST_CASE("a tunnel is asked for, and what follows the answer is the far end's") {
    const FakeProxy proxy([](int descriptor, const std::string&) {
        // The far end speaks first, in the same packet as the proxy, and goes on later.
        FakeProxy::say(descriptor, established + "220 ma");
        FakeProxy::say(descriptor, "il ready\r\n");
        FakeProxy::wait(descriptor);
    });
    const std::string banner = "220 mail ready\r\n";
    const Tried tried = ask(proxy, request_for("198.51.100.7:25"), generous, banner.size());
    CHECK(tried.tunnel.outcome == Outcome::ok);
    CHECK(tried.tunnel.status == 200);
    CHECK(tried.heard == banner);
    REQUIRE(proxy.requests().size() == 1);
    CHECK(proxy.requests()[0].starts_with("CONNECT 198.51.100.7:25 HTTP/1.1\r\nHost: 198.51.100.7:25\r\n"));
    CHECK(proxy.requests()[0].find("Authorization") == std::string::npos);
    CHECK(all_of_stage_proxy(tried.attempt));
    CHECK(find(tried.attempt, What::sent)->text == proxy.requests()[0]);
    CHECK(find(tried.attempt, What::received)->text == established);
    // The proxy's words are not the far end's.
    CHECK(tried.attempt.received_bytes().empty());
    CHECK(tried.attempt.sent_bytes().empty());
}

TEST_CASE("an answer may come in any pieces") {
    const std::string whole = "HTTP/1.1 103 Early\r\n\r\n" + established + "x";
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        INFO(cut);
        const FakeProxy proxy([&](int descriptor, const std::string&) {
            FakeProxy::say(descriptor, std::string_view(whole).substr(0, cut));
            FakeProxy::say(descriptor, std::string_view(whole).substr(cut));
            FakeProxy::wait(descriptor);
        });
        const Tried tried = ask(proxy, request_for("a.example:443"), generous, 1);
        CHECK(tried.tunnel.outcome == Outcome::ok);
        CHECK(tried.heard == "x");
    }
}

TEST_CASE("credentials go to the proxy and nowhere else") {
    const FakeProxy proxy([](int descriptor, const std::string&) { FakeProxy::say(descriptor, established); });
    const Tried tried = ask(proxy, request_for("a.example:443", Credentials::sent, "Aladdin:open sesame"));
    REQUIRE(proxy.requests().size() == 1);
    CHECK(proxy.requests()[0].find("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") !=
          std::string::npos);
    for (const Event& event : tried.attempt.evidence) {
        INFO(event.text);
        CHECK(event.text.find("QWxh") == std::string::npos);
        CHECK(event.text.find("uthorization") == std::string::npos);
        CHECK(event.text.find("sesame") == std::string::npos);
        // Nor how long they are.
        if (event.what == What::sent) CHECK(event.code == static_cast<int>(event.text.size()));
    }
    CHECK(find(tried.attempt, What::sent)->detail == 1);
    CHECK(
        ask(proxy, request_for("a.example:443", Credentials::withheld, "Aladdin:open sesame")).attempt.evidence.size() >
        0);
    CHECK(proxy.requests()[1].find("Authorization") == std::string::npos);
}

TEST_CASE("a refusal is read, and its page is not") {
    const FakeProxy proxy([](int descriptor, const std::string&) {
        FakeProxy::say(descriptor, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 5\r\n\r\n<html");
        FakeProxy::wait(descriptor);
    });
    const Tried tried = ask(proxy, request_for("a.example:443"));
    CHECK(tried.tunnel.outcome == Outcome::failed);
    CHECK(tried.tunnel.status == 407);
    CHECK(tried.tunnel.early.empty());
    CHECK(find(tried.attempt, What::received)->text.ends_with("\r\n\r\n"));
}

TEST_CASE("a proxy that closes, resets or says nothing leaves that as evidence") {
    const FakeProxy closing([](int, const std::string&) {});
    const Tried closed = ask(closing, request_for("a.example:443"));
    CHECK(closed.tunnel.outcome == Outcome::closed);
    CHECK(find(closed.attempt, What::closed) != nullptr);

    const FakeProxy cutting([](int descriptor, const std::string&) { FakeProxy::cut(descriptor); });
    const Tried reset = ask(cutting, request_for("a.example:443"));
    CHECK(reset.tunnel.outcome == Outcome::failed);
    REQUIRE(find(reset.attempt, What::reset) != nullptr);
    CHECK(find(reset.attempt, What::reset)->code == ECONNRESET);

    const FakeProxy mute([](int descriptor, const std::string&) { FakeProxy::wait(descriptor); });
    const Tried silent = ask(mute, request_for("a.example:443"), impatient);
    CHECK(silent.tunnel.outcome == Outcome::expired);
    REQUIRE(find(silent.attempt, What::silent) != nullptr);
    CHECK(find(silent.attempt, What::silent)->detail == 1);

    for (const Tried* tried : {&closed, &reset, &silent}) CHECK(all_of_stage_proxy(tried->attempt));
}

TEST_CASE("half an answer is no consent") {
    const FakeProxy proxy([](int descriptor, const std::string&) {
        FakeProxy::say(descriptor, std::string_view(established).substr(0, established.size() - 2));
    });
    const Tried tried = ask(proxy, request_for("a.example:443"));
    CHECK(tried.tunnel.outcome == Outcome::closed);
    CHECK(tried.tunnel.status == 0);
    CHECK(find(tried.attempt, What::received) != nullptr);
    CHECK(find(tried.attempt, What::closed) != nullptr);
}

TEST_CASE("nonsense ends the talk at once, and little of it is kept") {
    const FakeProxy proxy([](int descriptor, const std::string&) {
        FakeProxy::say(descriptor, "SSH-2.0-" + std::string(100000, 'x'));
        FakeProxy::wait(descriptor);
    });
    const Tried tried = ask(proxy, request_for("a.example:443"));
    CHECK(tried.tunnel.outcome == Outcome::failed);
    CHECK(tried.tunnel.status == 0);
    REQUIRE(find(tried.attempt, What::received) != nullptr);
    CHECK(find(tried.attempt, What::received)->text.size() <= 512);

    // A head without an end is bounded too.
    const FakeProxy endless([](int descriptor, const std::string&) {
        FakeProxy::say(descriptor, "HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'x'));
        FakeProxy::wait(descriptor);
    });
    CHECK(ask(endless, request_for("a.example:443")).tunnel.outcome == Outcome::failed);
}
