#include "engine/survey.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "engine/run.hpp"
#include "net/run_task.hpp"
#include "net/socket_address.hpp"
#include "quickest.hpp"
#include "wire/dns.hpp"

using namespace fdnprobe;
using namespace fdnprobe::engine;
using namespace std::chrono_literals;
namespace dns = fdnprobe::wire::dns;
using net::Clock;

namespace {

const Address loopback = *Address::parse("127.0.0.1");
const Address first_address = *Address::parse("203.0.113.7");
const Address second_address = *Address::parse("203.0.113.8");
const std::string name = "update.fortiguard.net";

/// One datagram that a server sends, and how long after the question.
struct Reply {
    std::string bytes;
    Clock::duration after{};
};

/// A name server on loopback, over UDP and, on the same port, over TCP. What it says is the test's.
class NameServer {
  public:
    using Script = std::function<std::vector<Reply>(const dns::Message& query, int nth)>;

    NameServer(net::Context& context, Script over_udp, Script over_tcp = nullptr)
        : context_(context),
          over_udp_(std::move(over_udp)),
          over_tcp_(std::move(over_tcp)),
          udp_(context.io),
          tcp_(context.io) {
        // A port that is free for one transport may be taken for the other.
        for (int tries = 0; !open_both(); ++tries) REQUIRE(tries < 100);
        hear_datagrams();
        if (over_tcp_) accept();
    }
    [[nodiscard]] const SocketAddress& address() const { return address_; }
    int datagrams = 0;
    int connections = 0;

  private:
    bool open_both() {
        const net::NativeAddress any = net::to_native(SocketAddress{loopback, 0});
        asio::error_code ignored;
        udp_.close(ignored);
        tcp_.close(ignored);
        udp_.assign(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (::bind(udp_.native_handle(), any.pointer(), any.length) != 0) return false;
        address_ = *net::local_address(udp_.native_handle());
        if (!over_tcp_) return true;
        tcp_.assign(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const net::NativeAddress same = net::to_native(address_);
        return ::bind(tcp_.native_handle(), same.pointer(), same.length) == 0 && ::listen(tcp_.native_handle(), 8) == 0;
    }

    void hear_datagrams() {
        udp_.async_wait(net::Descriptor::wait_read, [this](const asio::error_code& error) {
            if (error) return;
            std::array<char, 512> buffer{};
            sockaddr_storage client{};
            socklen_t length = sizeof client;
            const ssize_t got = ::recvfrom(udp_.native_handle(), buffer.data(), buffer.size(), 0,
                                           reinterpret_cast<sockaddr*>(&client), &length);
            if (got > 0) {
                const auto query = dns::decode(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
                REQUIRE(query);
                for (Reply& reply : over_udp_(*query, ++datagrams)) {
                    // Timers that are due together may go off in any order.
                    if (reply.after == Clock::duration::zero()) {
                        send(reply.bytes, client, length);
                        continue;
                    }
                    auto timer = std::make_shared<net::Timer>(context_.io, Clock::now() + reply.after);
                    timer->async_wait([this, timer, client, length, bytes = std::move(reply.bytes)](
                                          const asio::error_code&) { send(bytes, client, length); });
                }
            }
            hear_datagrams();
        });
    }

    void send(const std::string& bytes, const sockaddr_storage& client, socklen_t length) {
        ::sendto(udp_.native_handle(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&client),
                 length);
    }

    void accept() {
        tcp_.async_wait(net::Descriptor::wait_read, [this](const asio::error_code& error) {
            if (error) return;
            const int native = ::accept4(tcp_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            ++connections;
            const auto connection = std::make_shared<net::Descriptor>(context_.io, native);
            connection->async_wait(net::Descriptor::wait_read, [this, connection](const asio::error_code&) {
                std::array<char, 512> buffer{};
                const ssize_t got = ::recv(connection->native_handle(), buffer.data(), buffer.size(), 0);
                if (got == 0) return;  // a run that is stopped may have connected, and not asked
                REQUIRE(got > 2);
                const auto query =
                    dns::decode(*dns::unframe(std::string_view(buffer.data(), static_cast<std::size_t>(got))));
                REQUIRE(query);
                for (const Reply& reply : over_tcp_(*query, connections))
                    ::send(connection->native_handle(), reply.bytes.data(), reply.bytes.size(), MSG_NOSIGNAL);
                ::shutdown(connection->native_handle(), SHUT_WR);
            });
            accept();
        });
    }

    net::Context& context_;
    Script over_udp_;
    Script over_tcp_;
    net::Descriptor udp_;
    net::Descriptor tcp_;
    SocketAddress address_;
};

std::string answer(const dns::Message& query, const Address& address) {
    return *dns::encode(
        dns::response_to(query, dns::rcode_noerror, {dns::address_record(query.questions.front().name, address, 60)}));
}

std::vector<Reply> nothing(const dns::Message&, int) { return {}; }
std::vector<Reply> honest(const dns::Message& query, int) { return {{answer(query, first_address), 0ms}}; }
std::vector<Reply> honest_over_tcp(const dns::Message& query, int) {
    return {{dns::frame(answer(query, first_address)), 0ms}};
}

SurveySettings asking(const SocketAddress& resolver) {
    SurveySettings settings;
    settings.budget = net::generous;
    settings.resolvers = {resolver};
    settings.names = {name};
    settings.ipv6 = false;
    settings.seed = 4711;
    return settings;
}

struct Surveyed {
    ResolverFacts facts;
    Clock::duration took{};
    [[nodiscard]] const DnsQuestion& over(Transport transport, std::size_t nth = 0) const {
        for (const DnsQuestion& question : facts.questions)
            if (question.transport == transport && nth-- == 0) return question;
        FAIL("it was not asked");
        return facts.questions.front();
    }
};

/// The checks of the run end after `checks`.
Surveyed survey(net::Context& context, const SurveySettings& settings, Clock::duration checks = 20ms, double rate = 0) {
    Pacing pacing(rate, 1);
    Survey one(context, pacing, settings);
    net::Timer end(context.io, Clock::now() + checks);
    end.async_wait([&](const asio::error_code& error) {
        if (!error) one.checks_ended();
    });
    const auto began = Clock::now();
    bool done = false;
    asio::co_spawn(context.io, one.run(), [&](const std::exception_ptr& failure) {
        net::rethrow(failure);
        done = true;
        context.io.stop();
    });
    context.io.restart();
    context.io.run();
    REQUIRE(done);
    return {one.facts(), Clock::now() - began};
}

}  // namespace

TEST_CASE("each resolver is asked apart, over UDP and once over TCP") {
    net::Context context(16);
    // What is answered late is asked again.
    std::set<std::pair<std::string, std::uint16_t>> asked;
    NameServer one(
        context,
        [&](const dns::Message& query, int nth) {
            asked.emplace(query.questions.front().name, query.questions.front().type);
            return honest(query, nth);
        },
        honest_over_tcp);
    NameServer other(
        context,
        [](const dns::Message& query, int) {
            return std::vector<Reply>{{answer(query, second_address), 0ms}};
        },
        honest_over_tcp);
    SurveySettings settings = asking(one.address());
    settings.resolvers.push_back(other.address());
    settings.names.emplace_back("service.fortiguard.net");
    settings.ipv6 = true;
    const Surveyed surveyed = survey(context, settings, 1h);
    int addresses = 0;
    for (const DnsQuestion& question : surveyed.facts.questions) {
        REQUIRE(question.answers.size() == 1);
        CHECK(question.answers.front().rcode == dns::rcode_noerror);
        CHECK(question.error == 0);
        CHECK_FALSE(question.cut_short);
        // An A record does not answer the question for AAAA.
        if (question.type == dns::type_aaaa) continue;
        ++addresses;
        const bool first = question.resolver == one.address() || question.transport == Transport::tcp;
        CHECK(question.answers.front().addresses == std::vector<Address>{first ? first_address : second_address});
    }
    CHECK(addresses == 6);  // two names at two resolvers, and one over TCP at each
    CHECK(asked.size() == 4);
    CHECK(one.connections == 1);
    CHECK(surveyed.facts.blackhole.empty());
    CHECK(surveyed.took < net::dns_patience);
}

TEST_CASE("a second and different answer to one question is heard") {
    net::Context context(16);
    NameServer server(
        context,
        [](const dns::Message& query, int) {
            return std::vector<Reply>{{answer(query, second_address), 0ms}, {answer(query, first_address), 20ms}};
        },
        honest_over_tcp);
    const DnsQuestion question = survey(context, asking(server.address()), 1h).over(Transport::udp);
    REQUIRE(question.answers.size() == 2);
    CHECK(question.answers[0].addresses == std::vector<Address>{second_address});
    CHECK(question.answers[1].addresses == std::vector<Address>{first_address});
    CHECK(question.answers[0].at < question.answers[1].at);
}

TEST_CASE("answers to two tries are not two answers to one question") {
    net::Context context(16);
    // The first try's answer is late; by then the second has been sent, and is answered otherwise.
    dns::Message first;
    NameServer server(
        context,
        [&](const dns::Message& query, int nth) {
            if (nth == 1) {
                first = query;
                return std::vector<Reply>{};
            }
            return std::vector<Reply>{{answer(query, second_address), 0ms}, {answer(first, first_address), 20ms}};
        },
        honest_over_tcp);
    const DnsQuestion question = survey(context, asking(server.address()), 1h).over(Transport::udp);
    CHECK(server.datagrams == 2);
    REQUIRE(question.answers.size() == 1);
    CHECK(question.answers[0].addresses == std::vector<Address>{second_address});
}

TEST_CASE("what belongs to another question is waited past") {
    net::Context context(16);
    NameServer server(
        context,
        [](const dns::Message& query, int) {
            dns::Message wrong_id = query;
            wrong_id.id = static_cast<std::uint16_t>(query.id + 1);
            dns::Message wrong_question = query;
            wrong_question.questions.front().name = "elsewhere.example";
            return std::vector<Reply>{{answer(wrong_id, second_address), 0ms},
                                      {answer(wrong_question, second_address), 0ms},
                                      {*dns::encode(query), 0ms},
                                      {std::string(), 0ms},
                                      {answer(query, first_address), 0ms}};
        },
        honest_over_tcp);
    const DnsQuestion question = survey(context, asking(server.address()), 100ms).over(Transport::udp);
    REQUIRE(question.answers.size() == 1);
    CHECK(question.answers[0].addresses == std::vector<Address>{first_address});
    CHECK(question.malformed.empty());
    CHECK(server.datagrams == 1);
}

TEST_CASE("an answer that did not fit is asked for again over TCP") {
    net::Context context(16);
    NameServer server(
        context,
        [](const dns::Message& query, int) {
            dns::Message reply = dns::response_to(query, dns::rcode_noerror, {});
            reply.truncated = query.questions.front().name != name;
            return std::vector<Reply>{{*dns::encode(reply), 0ms}};
        },
        honest_over_tcp);
    SurveySettings settings = asking(server.address());
    settings.names.emplace_back("large.fortiguard.net");
    const Surveyed surveyed = survey(context, settings, 1h);
    CHECK_FALSE(surveyed.over(Transport::udp, 0).truncated);
    CHECK(surveyed.over(Transport::udp, 1).truncated);
    CHECK(surveyed.over(Transport::tcp, 0).name == name);
    CHECK(surveyed.over(Transport::tcp, 1).name == "large.fortiguard.net");
    CHECK(surveyed.over(Transport::tcp, 1).answers.size() == 1);
    CHECK(server.connections == 2);
}

TEST_CASE("a resolver that says nothing is asked three times, and for one name") {
    net::Context context(16);
    NameServer server(context, nothing, nothing);
    SurveySettings settings = asking(server.address());
    settings.names.emplace_back("service.fortiguard.net");
    const Surveyed surveyed = survey(context, settings);
    const DnsQuestion question = surveyed.over(Transport::udp);
    CHECK(server.datagrams == 3);
    CHECK(question.answers.empty());
    CHECK(question.error == 0);
    CHECK_FALSE(question.cut_short);
    CHECK(surveyed.facts.questions.size() == 2);
    CHECK_FALSE(surveyed.over(Transport::tcp).malformed.empty());
    CHECK(surveyed.took >= net::dns_patience);
}

TEST_CASE("silence that the budget cut short is none") {
    net::Context context(16);
    NameServer server(context, nothing, honest_over_tcp);
    SurveySettings settings = asking(server.address());
    settings.budget = 800ms;  // less than silence takes
    const Surveyed surveyed = survey(context, settings);
    CHECK(surveyed.over(Transport::udp).cut_short);
    CHECK(surveyed.took < net::dns_patience);
}

TEST_CASE("questions keep to the run's pace, and those that come too late are left out") {
    net::Context context(16);
    NameServer server(context, honest, honest_over_tcp);
    SurveySettings settings = asking(server.address());
    settings.pace_loopback = true;
    settings.budget = 2s;
    for (int number = 0; number < 100; ++number)
        settings.names.push_back("name-" + std::to_string(number) + ".fortiguard.net");
    const Surveyed surveyed = survey(context, settings, 1h, 20);
    // One at once and twenty a second after it, one of them over TCP.
    CHECK(server.datagrams >= 2);
    CHECK(server.datagrams <= 41);
    CHECK(surveyed.facts.questions.size() <= 42);
    CHECK(surveyed.took < 4s);
}

TEST_CASE("a run that is stopped ends the survey at once") {
    net::Context context(16);
    NameServer server(
        context,
        [&](const dns::Message&, int) {
            asio::post(context.io, [&] { context.stop(); });
            return std::vector<Reply>{};
        },
        nothing);
    const Surveyed surveyed = survey(context, asking(server.address()), 1h);
    CHECK(surveyed.took < 2s);
    CHECK(surveyed.over(Transport::udp).cut_short);
}

TEST_CASE("while checks go on, second answers are waited for, and no longer than they take") {
    net::Context context(16);
    NameServer server(context, honest, honest_over_tcp);
    CHECK(survey(context, asking(server.address()), 1h).took >= net::second_answer_wait);
    const auto took =
        quickest(net::second_answer_wait, [&] { return survey(context, asking(server.address()), 20ms).took; });
    CHECK(took < net::second_answer_wait);
}

TEST_CASE("a refusal and an error are kept with who said them") {
    net::Context context(16);
    NameServer server(context, [](const dns::Message& query, int) {
        return std::vector<Reply>{{*dns::encode(dns::response_to(query, dns::rcode_refused, {})), 0ms}};
    });
    const Surveyed surveyed = survey(context, asking(server.address()));
    REQUIRE(surveyed.over(Transport::udp).answers.size() == 1);
    CHECK(surveyed.over(Transport::udp).answers[0].rcode == dns::rcode_refused);
    CHECK(surveyed.over(Transport::tcp).error == ECONNREFUSED);
    CHECK(surveyed.over(Transport::tcp).answers.empty());

    SocketAddress closed;
    {
        NameServer gone(context, nothing);
        closed = gone.address();
    }
    const DnsQuestion nobody = survey(context, asking(closed)).over(Transport::udp);
    CHECK(nobody.error == ECONNREFUSED);
    CHECK(nobody.error_from == loopback);
    CHECK_FALSE(nobody.cut_short);
}

TEST_CASE("bytes that are not DNS are named, and what comes after them still counts") {
    // A name that points to itself: RFC 9267, 2.
    const auto loop = [](const dns::Message& query) {
        std::string bytes = *dns::encode(dns::response_to(query, dns::rcode_noerror, {}));
        bytes.resize(12);
        bytes += std::string("\xC0\x0C\x00\x01\x00\x01", 6);
        return bytes;
    };
    for (const bool garbage : {true, false}) {
        net::Context context(16);
        NameServer server(
            context,
            [&](const dns::Message& query, int) {
                return std::vector<Reply>{{garbage ? std::string("no DNS at all, and no id either") : loop(query), 0ms},
                                          {answer(query, first_address), 30ms}};
            },
            [](const dns::Message&, int) {
                return std::vector<Reply>{{dns::frame("nonsense"), 0ms}};
            });
        const Surveyed surveyed = survey(context, asking(server.address()));
        CHECK_FALSE(surveyed.over(Transport::udp).malformed.empty());
        CHECK(surveyed.over(Transport::udp).answers.size() == 1);
        CHECK_FALSE(surveyed.over(Transport::tcp).malformed.empty());
    }
}

TEST_CASE("an answer over TCP to another question is none") {
    net::Context context(16);
    NameServer server(context, honest, [](const dns::Message& query, int) {
        dns::Message other = query;
        other.id = static_cast<std::uint16_t>(query.id + 1);
        return std::vector<Reply>{{dns::frame(answer(other, second_address)), 0ms}};
    });
    const DnsQuestion question = survey(context, asking(server.address())).over(Transport::tcp);
    CHECK(question.answers.empty());
    CHECK_FALSE(question.malformed.empty());
}

TEST_CASE("an address that runs no resolver is asked, and silence there holds up nobody") {
    net::Context context(16);
    NameServer server(context, honest, honest_over_tcp);
    NameServer silent(context, nothing);
    SurveySettings settings = asking(server.address());
    settings.blackhole = silent.address();
    settings.blackhole_name = name;
    const Surveyed surveyed = survey(context, settings);
    REQUIRE(surveyed.facts.blackhole.size() == 1);
    CHECK(surveyed.facts.blackhole[0].answers.empty());
    CHECK(surveyed.facts.blackhole[0].resolver == silent.address());
    CHECK(surveyed.took < net::dns_patience);

    NameServer forger(context, honest);
    settings.blackhole = forger.address();
    const Surveyed forged = survey(context, settings);
    REQUIRE(forged.facts.blackhole.size() == 1);
    CHECK(forged.facts.blackhole[0].answers.size() == 1);
    CHECK(forged.facts.questions.size() == 2);
}

namespace {

Check check_of(std::string host, std::string probe = "tcp") {
    Check check;
    check.id = "t/r/tcp-443/tcp/" + host;
    check.port = *Port::parse("TCP/443");
    check.dial_port = 443;
    check.probe = std::move(probe);
    check.host = std::move(host);
    check.public_name = true;
    return check;
}

ResolverFacts run(net::Context& context, const SocketAddress& resolver, std::vector<Check> checks,
                  RunSettings settings = {}) {
    net::ResolverOptions resolving;
    resolving.servers = {resolver};
    resolving.ipv6 = false;
    net::Resolver names(context, resolving);
    settings.talk.stage_budget = net::generous;
    return net::run_task(context, engine::run(context, names, std::move(checks), settings)).resolvers;
}

std::vector<Reply> unknown_name(const dns::Message& query, int) {
    return {{*dns::encode(dns::response_to(query, dns::rcode_nxdomain, {})), 0ms}};
}

}  // namespace

TEST_CASE("a run asks for the public names that its checks rest on, each once") {
    net::Context context(16);
    NameServer server(context, unknown_name, honest_over_tcp);
    std::vector<Check> checks{check_of("a.fortiguard.net"), check_of("a.fortiguard.net"), check_of("b.fortiguard.net"),
                              check_of("pinned.example"),   check_of("own.example"),      check_of("skipped.example")};
    checks[3].pinned = {*Address::parse("127.0.0.1")};
    checks[3].dial_port = 1;
    checks[4].public_name = false;
    checks[5].skip = Cause::not_applicable;
    const ResolverFacts facts = run(context, server.address(), std::move(checks));
    std::vector<std::string> asked;
    for (const DnsQuestion& question : facts.questions)
        if (question.transport == Transport::udp) asked.push_back(question.name);
    CHECK(asked == std::vector<std::string>{"a.fortiguard.net", "b.fortiguard.net"});
    CHECK(facts.blackhole.empty());
}

TEST_CASE("a run without names to look up asks nobody") {
    net::Context context(16);
    NameServer server(context, unknown_name, honest_over_tcp);
    std::vector<Check> checks{check_of("pinned.example")};
    checks[0].pinned = {*Address::parse("127.0.0.1")};
    checks[0].dial_port = 1;
    RunSettings settings;
    settings.blackhole = loopback;
    CHECK(run(context, server.address(), checks, settings).blackhole.empty());

    // A name server that is itself checked has an answer to be doubted.
    NameServer blackhole(context, honest);
    settings.blackhole_port = blackhole.address().port;
    checks.push_back(checks.front());
    checks[1].probe = "dns";
    const ResolverFacts facts = run(context, server.address(), checks, settings);
    CHECK(facts.questions.empty());
    REQUIRE(facts.blackhole.size() == 1);
    CHECK_FALSE(facts.blackhole[0].answers.empty());

    RunSettings proxied;
    proxied.proxy.emplace();
    proxied.proxy->address = ProxyAddress{"", "127.0.0.1", 1};
    proxied.proxy->resolves_names = true;
    CHECK(run(context, server.address(), {check_of("a.fortiguard.net")}, proxied).questions.empty());
    CHECK(server.datagrams == 0);
}
