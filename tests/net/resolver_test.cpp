#include "net/resolver.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

#include "catch.hpp"
#include "net/run_task.hpp"
#include "net/socket_address.hpp"
#include "wire/dns.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;
namespace dns = fdnprobe::wire::dns;

namespace {

const Address loopback = *Address::parse("127.0.0.1");

/// A name server on loopback: what it answers is the test's.
class NameServer {
  public:
    using Answer = std::function<std::string(const dns::Message&)>;

    NameServer(Context& context, Answer answer)
        : answer_(std::move(answer)),
          native_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
          descriptor_(context.io) {
        const NativeAddress any = to_native(SocketAddress{loopback, 0});
        REQUIRE(::bind(native_, any.pointer(), any.length) == 0);
        descriptor_.assign(native_);
        listen();
    }
    [[nodiscard]] SocketAddress address() const { return *local_address(native_); }
    int questions = 0;

  private:
    void listen() {
        descriptor_.async_wait(Descriptor::wait_read, [this](const asio::error_code& error) {
            if (error) return;
            std::array<char, 512> buffer{};
            sockaddr_storage client{};
            socklen_t length = sizeof client;
            const ssize_t got =
                ::recvfrom(native_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&client), &length);
            if (got > 0) {
                ++questions;
                const auto query = dns::decode(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
                REQUIRE(query);
                const std::string reply = answer_(*query);
                if (!reply.empty())
                    ::sendto(native_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&client),
                             length);
            }
            listen();
        });
    }

    Answer answer_;
    int native_;
    Descriptor descriptor_;
};

std::string answer_with(const dns::Message& query, std::uint8_t rcode, std::vector<dns::Record> records) {
    return *dns::encode(dns::response_to(query, rcode, std::move(records)));
}

ResolverOptions asking(const SocketAddress& server, Clock::duration budget = generous) {
    ResolverOptions options;
    options.servers = {server};
    options.budget = budget;
    return options;
}

bool has(const Resolution& resolution, What what, int code) {
    for (const Event& event : resolution.evidence)
        if (event.what == what && event.code == code) return true;
    return false;
}

}  // namespace

TEST_CASE("addresses of both families are found, with the server that gave them") {
    Context context(4);
    NameServer server(context, [](const dns::Message& query) {
        const dns::Question& question = query.questions.front();
        const Address address = *Address::parse(question.type == dns::type_a ? "203.0.113.7" : "2001:db8::7");
        return answer_with(query, dns::rcode_noerror, {dns::address_record(question.name, address, 60)});
    });
    Resolver resolver(context, asking(server.address()));
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    REQUIRE(resolution->addresses.size() == 2);
    bool named = false;
    for (const Event& event : resolution->evidence)
        if (event.what == What::resolve_answer) named = named || event.text == server.address().to_string();
    CHECK(named);

    SECTION("and asked for once, however many want them") {
        const int before = server.questions;
        const auto again = run_task(context, resolver.resolve("update.example.net"));
        CHECK(again == resolution);
        CHECK(server.questions == before);
    }
}

TEST_CASE("each failure of a resolver stays what it is") {
    Context context(4);
    for (const std::uint8_t rcode : {dns::rcode_nxdomain, dns::rcode_servfail, dns::rcode_refused}) {
        NameServer server(context, [rcode](const dns::Message& query) { return answer_with(query, rcode, {}); });
        Resolver resolver(context, asking(server.address()));
        const auto resolution = run_task(context, resolver.resolve("update.example.net"));
        CHECK(resolution->addresses.empty());
        CHECK(has(*resolution, What::resolve_rcode, rcode));
    }
}

TEST_CASE("a name without an address of a family is no failure of the other") {
    Context context(4);
    NameServer server(context, [](const dns::Message& query) {
        const dns::Question& question = query.questions.front();
        std::vector<dns::Record> records;
        if (question.type == dns::type_a)
            records.push_back(dns::address_record(question.name, *Address::parse("203.0.113.7"), 60));
        return answer_with(query, dns::rcode_noerror, std::move(records));
    });
    Resolver resolver(context, asking(server.address()));
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    CHECK(resolution->addresses.size() == 1);
    CHECK(has(*resolution, What::resolve_no_data, 0));
}

TEST_CASE("a resolver that is silent is given up at the limit") {
    Context context(4);
    NameServer server(context, [](const dns::Message&) { return std::string(); });
    Resolver resolver(context, asking(server.address(), std::chrono::milliseconds(80)));
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    CHECK(resolution->addresses.empty());
    CHECK(has(*resolution, What::resolve_timeout, 0));
    CHECK(server.questions >= 2);
}

TEST_CASE("a resolver's address where nobody listens shows the error and the ICMP sender") {
    Context context(4);
    SocketAddress closed;
    {
        NameServer gone(context, [](const dns::Message&) { return std::string(); });
        closed = gone.address();
    }
    Resolver resolver(context, asking(closed));
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    CHECK(resolution->addresses.empty());
    CHECK(has(*resolution, What::resolve_error, ECONNREFUSED));
    bool sender = false;
    for (const Event& event : resolution->evidence)
        if (event.what == What::icmp_error) sender = sender || event.from == loopback;
    CHECK(sender);
}

TEST_CASE("a lookup ends when the run is stopped") {
    Context context(4);
    NameServer server(context, [](const dns::Message&) { return std::string(); });
    Resolver resolver(context, asking(server.address(), std::chrono::hours(1)));
    Timer timer(context.io, Clock::now() + std::chrono::milliseconds(20));
    timer.async_wait([&](const asio::error_code&) { context.stop(); });
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    CHECK(resolution->stopped);
}

TEST_CASE("the hosts file is honoured as the system honours it") {
    Context context(4);
    NameServer server(context, [](const dns::Message&) { return std::string(); });
    Resolver resolver(context, asking(server.address()));
    const auto resolution = run_task(context, resolver.resolve("localhost"));
    REQUIRE_FALSE(resolution->addresses.empty());
    CHECK(resolution->addresses.front().is_loopback());
    CHECK(server.questions == 0);
}
