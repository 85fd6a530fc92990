#include "engine/second_look.hpp"

#include <netinet/tcp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/run.hpp"
#include "judge/changes.hpp"
#include "net/fake_proxy.hpp"
#include "net/run_task.hpp"
#include "net/tls_session.hpp"
#include "net/trust_store.hpp"
#include "wire/tls_hello.hpp"

using namespace fdnprobe;
using net::FakeProxy;

namespace {

const std::string filtered = "update.fortiguard.net";
/// unrecognized_name (RFC 8446, 6): whoever says that speaks TLS.
const std::string alert{"\x15\x03\x03\x00\x02\x02\x70", 7};

/// The server's name in the ClientHello that comes next; "?" where none comes.
std::string hear_name(int descriptor) {
    std::string bytes;
    for (;;) {
        const auto hello = wire::tls::parse_client_hello(bytes);
        if (hello) return hello->server_name;
        const std::string byte = FakeProxy::hear(descriptor, 1);
        if (hello.error().fault != wire::tls::HelloFault::incomplete || byte.empty()) return "?";
        bytes += byte;
    }
}

/// The largest segment that this end may send.
int segment_of(int descriptor) {
    int size = 0;
    socklen_t length = sizeof size;
    ::getsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &size, &length);
    return size;
}

/// A far end on loopback that does with each connection what a test tells it, with all of them at once.
class FarEnd {
  public:
    /// With the name of its ClientHello.
    using Serve = std::function<void(int descriptor, const std::string& name)>;

    explicit FarEnd(Serve serve) : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const net::NativeAddress any = net::to_native(SocketAddress{*Address::parse("127.0.0.1"), 0});
        REQUIRE(::bind(listener_, any.pointer(), any.length) == 0);
        REQUIRE(::listen(listener_, 64) == 0);
        port_ = net::local_address(listener_)->port;
        acceptor_ = std::thread([this] { accept(); });
    }
    FarEnd(const FarEnd&) = delete;
    FarEnd& operator=(const FarEnd&) = delete;
    ~FarEnd() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        for (std::thread& one : servers_) one.join();
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Of all connections so far, in order.
    [[nodiscard]] std::vector<std::string> names() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> sorted = names_;
        std::sort(sorted.begin(), sorted.end());
        return sorted;
    }

  private:
    void accept() {
        for (;;) {
            const int descriptor = ::accept(listener_, nullptr, nullptr);
            if (descriptor < 0) return;
            servers_.emplace_back([this, descriptor] {
                const std::string name = hear_name(descriptor);
                {
                    const std::lock_guard lock(mutex_);
                    names_.push_back(name);
                }
                serve_(descriptor, name);
                ::close(descriptor);
            });
        }
    }

    Serve serve_;
    int listener_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> names_;
    std::vector<std::thread> servers_;
    std::thread acceptor_;
};

void reset_filtered(int descriptor, const std::string& name) {
    if (name == filtered)
        FakeProxy::cut(descriptor);
    else
        FakeProxy::say(descriptor, alert);
}

Check check_at(std::uint16_t port, const std::string& name = filtered) {
    Check check;
    check.id = "t/r/tcp-443/tls/" + name;
    check.port = *Port::parse("TCP/443");
    check.dial_port = port;
    check.probe = "tls";
    check.host = name;
    check.server_name = name;
    check.public_name = true;
    check.trust.any = true;
    check.pinned.push_back(*Address::parse("127.0.0.1"));
    return check;
}

struct Options {
    std::chrono::milliseconds budget = std::chrono::seconds(5);
    std::optional<std::chrono::nanoseconds> deadline;
    std::optional<engine::ProxySettings> proxy;
    std::size_t sockets = 64;
    std::function<bool()> stop_when;
};

struct Result {
    std::vector<CheckResult> checks;
    std::vector<std::string> reported;  ///< ids, as each ended
    std::chrono::steady_clock::duration took{};
};

Result carry_out(std::vector<Check> checks, const Options& options = {}) {
    const system::SslContext tls = net::make_client_context();
    const auto trust = net::TrustStore::load({});
    REQUIRE(trust);
    // The run begins here, not before.
    net::Context context(options.sockets);
    net::ResolverOptions resolving;
    resolving.servers = {SocketAddress{*Address::parse("127.0.0.1"), 1}};  // where nobody listens
    net::Resolver resolver(context, resolving);
    Result result;
    engine::RunSettings settings;
    settings.talk.stage_budget = options.budget;
    settings.talk.tls = tls.get();
    settings.talk.trust = &*trust;
    settings.proxy = options.proxy;
    settings.deadline = options.deadline;
    settings.locate = judge::Locate::never;
    settings.on_result = [&](const CheckResult& one) { result.reported.push_back(one.check.id); };
    net::Timer watch(context.io);
    const std::function<void()> look = [&] {
        watch.expires_after(std::chrono::milliseconds(5));
        watch.async_wait([&](const asio::error_code& error) {
            if (error) return;
            if (options.stop_when()) return context.stop();
            look();
        });
    };
    if (options.stop_when) look();
    const auto began = std::chrono::steady_clock::now();
    result.checks = net::run_task(context, engine::run(context, resolver, std::move(checks), settings)).checks;
    result.took = std::chrono::steady_clock::now() - began;
    return result;
}

const Attempt& attempt_of(const CheckResult& result) {
    REQUIRE(result.conclusion.attempt);
    return result.attempts[*result.conclusion.attempt];
}

std::vector<Change> changes_of(const CheckResult& result) {
    std::vector<Change> changes;
    for (const Comparison& one : attempt_of(result).comparisons) changes.push_back(one.change);
    return changes;
}

}  // namespace

TEST_CASE("a name that is reset is told from one that is not") {
    const FarEnd far_end(reset_filtered);
    const Result result = carry_out({check_at(far_end.port())});
    const CheckResult& check = result.checks.at(0);
    CAPTURE(check.conclusion.summary);
    CHECK(check.conclusion.cause == Cause::reset_after_hello);
    CHECK(check.conclusion.owner == Owner::network);
    CHECK(check.conclusion.confidence == Confidence::likely);
    CHECK(check.conclusion.summary.find("the name is what is filtered") != std::string::npos);
    CHECK(changes_of(check) == std::vector{Change::other_name, Change::no_name, Change::unchanged});
    // Three connections more than the check's own, and what was changed is the name alone.
    CHECK(far_end.names() == std::vector<std::string>{"", "example.com", filtered, filtered});
    CHECK(result.reported == std::vector{check.check.id});
    const Attempt& other = attempt_of(check).comparisons[0].attempt;
    CHECK(attempt_of(check).comparisons[0].with == "example.com");
    CHECK(other.finding.cause == Cause::tls_alert);
    CHECK(other.destination == attempt_of(check).destination);
    CHECK(other.find(What::tls_start)->code > judge::small_segment);
    CHECK(attempt_of(check).find(What::tls_start)->code > other.find(What::tls_start)->code);
}

TEST_CASE("what is answered is not tried again") {
    const FarEnd far_end([](int descriptor, const std::string&) { FakeProxy::say(descriptor, alert); });
    const Result result = carry_out({check_at(far_end.port())});
    CHECK(result.checks.at(0).conclusion.cause == Cause::tls_alert);
    CHECK(attempt_of(result.checks[0]).comparisons.empty());
    CHECK(far_end.names().size() == 1);
    CHECK(result.reported.size() == 1);
}

TEST_CASE("a far end whose large packets are lost answers in small segments") {
    const FarEnd far_end([](int descriptor, const std::string&) {
        if (segment_of(descriptor) <= judge::small_segment) return FakeProxy::say(descriptor, alert);
        FakeProxy::wait(descriptor);
    });
    Options options;
    options.budget = std::chrono::milliseconds(1500);
    const Result result = carry_out({check_at(far_end.port())}, options);
    const Conclusion& conclusion = result.checks.at(0).conclusion;
    CAPTURE(conclusion.summary);
    CHECK(conclusion.cause == Cause::mtu_blackhole);
    CHECK(conclusion.verdict == Verdict::blocked);
    CHECK(conclusion.summary.find("what vanishes is sent by the far end") != std::string::npos);
    CHECK(changes_of(result.checks[0]) == std::vector{Change::other_name, Change::no_name, Change::small_segments});
    CHECK(attempt_of(result.checks[0]).comparisons[2].with == "256 bytes");
}

TEST_CASE("all of it takes one stage more, for one check and for many") {
    const FarEnd far_end([](int descriptor, const std::string&) { FakeProxy::wait(descriptor); });
    Options options;
    options.budget = std::chrono::milliseconds(1500);
    std::vector<Check> checks;
    for (int index = 0; index < 12; ++index)
        checks.push_back(check_at(far_end.port(), std::to_string(index) + ".fortiguard.net"));
    const Result result = carry_out(checks, options);
    for (const CheckResult& check : result.checks) {
        CAPTURE(check.conclusion.summary);
        CHECK(check.conclusion.cause == Cause::hello_timeout);
        CHECK(check.conclusion.summary.find("fare no better") != std::string::npos);
        CHECK(changes_of(check).size() == 3);
    }
    CHECK(result.reported.size() == 12);
    // Connections that were given up may still wait for the far end's threads.
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (far_end.names().size() < 48 && std::chrono::steady_clock::now() < limit)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(far_end.names().size() == 48);
    CHECK(result.took < 2 * options.budget + net::generous);
}

TEST_CASE("descriptors are waited for") {
    const FarEnd far_end(reset_filtered);
    Options options;
    options.sockets = 1;
    const Result result =
        carry_out({check_at(far_end.port()), check_at(far_end.port(), "other.fortiguard.net")}, options);
    CHECK(result.checks.at(0).conclusion.owner == Owner::network);
    CHECK(result.checks.at(1).conclusion.cause == Cause::tls_alert);
    CHECK(far_end.names().size() == 5);
}

TEST_CASE("a run that is stopped during the second look reports what it has") {
    const FarEnd far_end([](int descriptor, const std::string& name) {
        if (name == filtered) return FakeProxy::cut(descriptor);
        FakeProxy::wait(descriptor);
    });
    Options options;
    options.budget = std::chrono::seconds(60);
    // The check's own connection, and the two that stay unanswered.
    options.stop_when = [&] { return far_end.names().size() >= 4; };
    const Result result = carry_out({check_at(far_end.port())}, options);
    const CheckResult& check = result.checks.at(0);
    CHECK(check.conclusion.cause == Cause::reset_after_hello);
    CHECK(check.conclusion.owner == Owner::unknown);
    CHECK(check.conclusion.summary.find("name") == std::string::npos);
    CHECK(result.reported.size() == 1);
    CHECK(result.took < std::chrono::seconds(20));
    for (const Comparison& one : attempt_of(check).comparisons)
        if (one.change != Change::unchanged) CHECK(one.attempt.find(What::cancelled) != nullptr);
}

TEST_CASE("the deadline ends the second look too") {
    const FarEnd far_end([](int descriptor, const std::string& name) {
        if (name == filtered) return FakeProxy::cut(descriptor);
        FakeProxy::wait(descriptor);
    });
    Options options;
    options.budget = std::chrono::seconds(60);
    options.deadline = std::chrono::seconds(2);
    const Result result = carry_out({check_at(far_end.port())}, options);
    CHECK(result.checks.at(0).conclusion.cause == Cause::reset_after_hello);
    CHECK(result.reported.size() == 1);
    CHECK(result.took < std::chrono::seconds(20));
}

TEST_CASE("what goes through a proxy is compared through it") {
    const FakeProxy proxy([](int descriptor, const std::string& request) {
        if (request.empty()) return;
        FakeProxy::say(descriptor, "HTTP/1.1 200 Connection established\r\n\r\n");
        reset_filtered(descriptor, hear_name(descriptor));
    });
    Options options;
    options.proxy.emplace();
    options.proxy->address = ProxyAddress{"", proxy.address().address.to_string(), proxy.address().port};
    Check check = check_at(443);
    check.pinned = {*Address::parse("198.51.100.7")};
    const Result result = carry_out({check}, options);
    CAPTURE(result.checks.at(0).conclusion.summary);
    CHECK(result.checks.at(0).conclusion.cause == Cause::reset_after_hello);
    CHECK(result.checks.at(0).conclusion.owner == Owner::network);
    for (const Comparison& one : attempt_of(result.checks[0]).comparisons) CHECK(one.attempt.proxy == proxy.address());
    const auto requests = proxy.requests();
    REQUIRE(requests.size() == 4);
    for (const std::string& request : requests) CHECK(request.starts_with("CONNECT 198.51.100.7:443 "));
}
