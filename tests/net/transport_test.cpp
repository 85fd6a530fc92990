#include "net/transport.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "catch.hpp"
#include "net/own_socket.hpp"
#include "net/run_task.hpp"
#include "net/socket_address.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;

namespace {

struct Tried {
    Outcome outcome = Outcome::failed;
    Attempt attempt;
};

Task<Tried> connect(Context& context, SocketAddress destination, DialOptions options, Clock::duration budget) {
    Tried tried;
    Recorder recorder(context, tried.attempt);
    Socket socket(context);
    tried.outcome = co_await connect_tcp(socket, destination, options, recorder, budget);
    co_return tried;
}

}  // namespace

TEST_CASE("an open port is connected, with this host's own end in evidence") {
    Context context(4);
    const Peer listener(SOCK_STREAM);
    ::listen(listener.descriptor(), 8);
    const Tried tried = run_task(context, connect(context, listener.address(), {}, generous));
    CHECK(tried.outcome == Outcome::ok);
    CHECK(tried.attempt.find(What::connect_ok) != nullptr);
    REQUIRE(tried.attempt.local);
    CHECK(tried.attempt.local->address == loopback);
}

TEST_CASE("a closed port is refused at once, without an ICMP message") {
    Context context(4);
    const Peer bound(SOCK_STREAM);
    const Tried tried = run_task(context, connect(context, bound.address(), {}, generous));
    CHECK(tried.outcome == Outcome::failed);
    REQUIRE(tried.attempt.find(What::connect_error) != nullptr);
    CHECK(tried.attempt.find(What::connect_error)->code == ECONNREFUSED);
    CHECK(tried.attempt.find(What::icmp_error) == nullptr);
}

TEST_CASE("a port that drops SYNs times out, and the SYNs sent again are counted") {
    Context context(4);
    const Peer listener(SOCK_STREAM);
    ::listen(listener.descriptor(), 0);
    const Peer filler(SOCK_STREAM);
    const NativeAddress native = to_native(listener.address());
    REQUIRE(::connect(filler.descriptor(), native.pointer(), native.length) == 0);
    // The kernel sends the SYN again after a second, or somewhat later where it is busy.
    const Tried tried = run_task(context, connect(context, listener.address(), {}, std::chrono::milliseconds(1800)));
    CHECK(tried.outcome == Outcome::expired);
    REQUIRE(tried.attempt.find(What::connect_timeout) != nullptr);
    CHECK(tried.attempt.find(What::connect_timeout)->code >= 1);
}

TEST_CASE("a run that is stopped ends a connect that would have waited") {
    Context context(4);
    const Peer listener(SOCK_STREAM);
    ::listen(listener.descriptor(), 0);
    const Peer filler(SOCK_STREAM);
    const NativeAddress native = to_native(listener.address());
    REQUIRE(::connect(filler.descriptor(), native.pointer(), native.length) == 0);
    Timer timer(context.io, Clock::now() + std::chrono::milliseconds(20));
    timer.async_wait([&](const asio::error_code&) { context.stop(); });
    const Tried tried = run_task(context, connect(context, listener.address(), {}, std::chrono::hours(1)));
    CHECK(tried.outcome == Outcome::stopped);
}

TEST_CASE("a source address that this host does not have is said to be so") {
    Context context(4);
    const Peer listener(SOCK_STREAM);
    ::listen(listener.descriptor(), 8);
    DialOptions options;
    options.source = *Address::parse("192.0.2.77");
    const Tried tried = run_task(context, connect(context, listener.address(), options, generous));
    CHECK(tried.outcome == Outcome::failed);
    REQUIRE(tried.attempt.find(What::connect_error) != nullptr);
    CHECK(tried.attempt.find(What::connect_error)->code == EADDRNOTAVAIL);
    CHECK(tried.attempt.find(What::connect_error)->text == "bind");
}
