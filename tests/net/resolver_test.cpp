#include "net/resolver.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

#include "catch.hpp"
#include "net/run_task.hpp"
#include "net/socket_address.hpp"
#include "quickest.hpp"
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
    // What it was sent may still wait to be read: the lookup ends without it.
    context.io.restart();
    context.io.poll();
    CHECK(server.questions >= 2);
}

TEST_CASE("a name that was forgotten is asked for again, once for all who do so") {
    Context context(4);
    NameServer server(context, [](const dns::Message& query) {
        return answer_with(query, dns::rcode_noerror,
                           {dns::address_record(query.questions.front().name, *Address::parse("203.0.113.7"), 60)});
    });
    Resolver resolver(context, asking(server.address()));
    const auto first = run_task(context, resolver.resolve("update.example.net"));
    resolver.forget("update.example.net", false, first);
    const auto second = run_task(context, resolver.resolve("update.example.net"));
    CHECK(second != first);
    const int asked = server.questions;
    resolver.forget("update.example.net", false, first);
    CHECK(run_task(context, resolver.resolve("update.example.net")) == second);
    CHECK(server.questions == asked);
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

namespace {

ResolverOptions asking_both(const NameServer& one, const NameServer& other) {
    ResolverOptions options;
    options.servers = {one.address(), other.address()};
    options.ipv6 = false;
    options.budget = generous;
    return options;
}

std::string found(const dns::Message& query, const char* address) {
    return answer_with(query, dns::rcode_noerror,
                       {dns::address_record(query.questions.front().name, *Address::parse(address), 60)});
}

bool says(const Resolution& resolution, What what, const SocketAddress& server) {
    for (const Event& event : resolution.evidence)
        if (event.what == what && event.text == server.to_string()) return true;
    return false;
}

std::string silence(const dns::Message&) { return {}; }

}  // namespace

TEST_CASE("a dead server costs a moment, and is named") {
    Context context(8);
    NameServer dead(context, silence);
    NameServer alive(context, [](const dns::Message& query) { return found(query, "198.51.100.7"); });
    // c-ares would have asked the dead one for a second before it went on.
    constexpr auto patience = std::chrono::seconds(1);
    const auto took = quickest(patience, [&] {
        Resolver resolver(context, asking_both(dead, alive));
        const auto resolution = run_task(context, resolver.resolve("update.example.net"));
        CHECK(resolution->addresses == std::vector<Address>{*Address::parse("198.51.100.7")});
        CHECK(says(*resolution, What::resolve_answer, alive.address()));
        CHECK(says(*resolution, What::resolve_timeout, dead.address()));
        CHECK(resolver.server_addresses() == std::vector<SocketAddress>{dead.address(), alive.address()});
        return resolution->took;
    });
    CHECK(took < patience);
}

TEST_CASE("the first server has the word as long as it has one") {
    Context context(8);
    NameServer second(context, [](const dns::Message& query) { return found(query, "198.51.100.8"); });
    SECTION("an address") {
        NameServer first(context, [](const dns::Message& query) { return found(query, "198.51.100.7"); });
        Resolver resolver(context, asking_both(first, second));
        CHECK(run_task(context, resolver.resolve("update.example.net"))->addresses ==
              std::vector<Address>{*Address::parse("198.51.100.7")});
    }
    SECTION("that the name does not exist, or has no address") {
        for (const std::uint8_t rcode : {dns::rcode_nxdomain, dns::rcode_noerror}) {
            NameServer first(context, [rcode](const dns::Message& query) { return answer_with(query, rcode, {}); });
            Resolver resolver(context, asking_both(first, second));
            const auto resolution = run_task(context, resolver.resolve("update.example.net"));
            CHECK(resolution->addresses.empty());
            CHECK(says(*resolution, What::resolve_rcode, first.address()));
        }
    }
    CHECK(second.questions == 0);
}

TEST_CASE("a server that will not or cannot answer passes the question on") {
    Context context(8);
    NameServer second(context, [](const dns::Message& query) { return found(query, "198.51.100.8"); });
    for (const std::uint8_t rcode : {dns::rcode_refused, dns::rcode_servfail}) {
        NameServer first(context, [rcode](const dns::Message& query) { return answer_with(query, rcode, {}); });
        Resolver resolver(context, asking_both(first, second));
        const auto resolution = run_task(context, resolver.resolve("update.example.net"));
        CHECK(resolution->addresses == std::vector<Address>{*Address::parse("198.51.100.8")});
        CHECK(has(*resolution, What::resolve_rcode, rcode));
        CHECK(says(*resolution, What::resolve_rcode, first.address()));
        CHECK(says(*resolution, What::resolve_answer, second.address()));
    }
    SocketAddress closed;
    {
        NameServer gone(context, silence);
        closed = gone.address();
    }
    ResolverOptions options = asking_both(second, second);
    options.servers.front() = closed;
    Resolver resolver(context, options);
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    CHECK(resolution->addresses.size() == 1);
    CHECK(has(*resolution, What::resolve_error, ECONNREFUSED));
}

TEST_CASE("when every server fails, each failure is told") {
    Context context(8);
    NameServer refusing(context, [](const dns::Message& query) { return answer_with(query, dns::rcode_refused, {}); });
    NameServer failing(context, [](const dns::Message& query) { return answer_with(query, dns::rcode_servfail, {}); });
    Resolver resolver(context, asking_both(refusing, failing));
    const auto resolution = run_task(context, resolver.resolve("update.example.net"));
    CHECK(resolution->addresses.empty());
    CHECK(says(*resolution, What::resolve_rcode, refusing.address()));
    CHECK(says(*resolution, What::resolve_rcode, failing.address()));
    CHECK(resolution->took < generous);

    NameServer dead(context, silence);
    NameServer dumb(context, silence);
    ResolverOptions options = asking_both(dead, dumb);
    // Long beside the head start, after which the second one is asked.
    options.budget = std::chrono::seconds(3);
    Resolver lost(context, options);
    const auto nothing = run_task(context, lost.resolve("update.example.net"));
    CHECK(says(*nothing, What::resolve_rcode, dead.address()) == false);
    REQUIRE_FALSE(nothing->evidence.empty());
    CHECK(nothing->evidence.back().what == What::resolve_timeout);
    CHECK(nothing->evidence.back().text == dead.address().to_string() + ", " + dumb.address().to_string());
}

TEST_CASE("an answer that no public name has does not settle a public name") {
    Context context(8);
    NameServer filter(context, [](const dns::Message& query) { return found(query, "10.10.34.34"); });
    NameServer honest(context, [](const dns::Message& query) { return found(query, "198.51.100.7"); });
    NameServer unknowing(context,
                         [](const dns::Message& query) { return answer_with(query, dns::rcode_servfail, {}); });
    const Address sink = *Address::parse("10.10.34.34");
    const auto options = [&](const NameServer& second) {
        ResolverOptions both = asking_both(filter, second);
        both.distrusted = [&](const Address& address) { return address == sink; };
        return both;
    };
    Resolver resolver(context, options(honest));
    const auto resolution = run_task(context, resolver.resolve("update.example.net", true));
    CHECK(resolution->addresses == std::vector<Address>{*Address::parse("198.51.100.7")});
    CHECK(says(*resolution, What::resolve_answer, filter.address()));
    CHECK(says(*resolution, What::resolve_answer, honest.address()));

    // A name of the site's own may well be private; and without a better answer it is what there is.
    CHECK(run_task(context, resolver.resolve("update.example.net"))->addresses == std::vector<Address>{sink});
    Resolver alone(context, options(unknowing));
    CHECK(run_task(context, alone.resolve("update.example.net", true))->addresses == std::vector<Address>{sink});
}
