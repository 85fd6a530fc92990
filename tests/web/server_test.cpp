// A server on a port of its own, and clients that know nothing but sockets. What many clients do to it at once is in
// tests/cli/web_server_test.py.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "catch.hpp"
#include "quickest.hpp"
#include "system/descriptor.hpp"
#include "web/live.hpp"
#include "web/server.hpp"

namespace fdnprobe::web {
namespace {

using namespace std::chrono_literals;

system::Descriptor connected(std::uint16_t port) {
    system::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket.number(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    const timeval patience{20, 0};
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
}

/// What comes until it ends, or until `mark` has come.
std::string received(const system::Descriptor& socket, const std::string& mark = {}) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (mark.empty() || text.find(mark) == std::string::npos) {
        const ssize_t count = ::recv(socket.number(), buffer.data(), buffer.size(), 0);
        if (count <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

void send_all(const system::Descriptor& socket, const std::string& text) {
    REQUIRE(::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

std::unique_ptr<Server> started(Live& live, ServerSettings settings = {}) {
    settings.port = 0;
    auto server = Server::start(settings, live, nullptr);
    REQUIRE(server.has_value());
    return std::move(*server);
}

void publish(Live& live, std::uint64_t serial) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->serial = serial;
    live.publish(std::move(snapshot), {});
}

TEST_CASE("a server says where it is, and answers there") {
    Live live;
    const auto server = started(live);
    CHECK(server->url() == "http://127.0.0.1:" + std::to_string(server->port()) + "/");
    const auto client = connected(server->port());
    send_all(client, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(received(client).ends_with("\r\n\r\nalive\n"));
}

TEST_CASE("a stream hears of what is published, from whichever thread") {
    Live live;
    const auto server = started(live);
    const auto client = connected(server->port());
    send_all(client, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(received(client, "\"serial\":0}\n\n").find("text/event-stream") != std::string::npos);
    std::thread([&] { publish(live, 7); }).join();
    CHECK(received(client, "\n\n") == "id: 1\nevent: report\ndata: {\"serial\":7}\n\n");
}

TEST_CASE("a server stops within half a second whatever its clients do, and may be asked to twice") {
    const auto took = quickest(500ms, [] {
        Live live;
        const auto server = started(live);
        const auto stream = connected(server->port());
        send_all(stream, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (void)received(stream, "\"serial\":0}\n\n");
        const auto half = connected(server->port());
        send_all(half, "GET / HT");
        const auto silent = connected(server->port());
        const auto began = std::chrono::steady_clock::now();
        server->stop();
        const auto stopped = std::chrono::steady_clock::now();
        CHECK(received(half).empty());
        CHECK(received(silent).empty());
        server->stop();
        // What is published later reaches nobody, and hurts nobody.
        publish(live, 1);
        return stopped - began;
    });
    CHECK(took < 500ms);
}

TEST_CASE("a port that is taken is no server, and a later one takes it over") {
    Live live;
    ServerSettings settings;
    auto server = started(live);
    settings.port = server->port();
    const auto second = Server::start(settings, live, nullptr);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().find("cannot listen at 127.0.0.1:" + std::to_string(settings.port)) == 0);
    CHECK(second.error().find("the port is in use") != std::string::npos);
    server.reset();
    CHECK(Server::start(settings, live, nullptr).has_value());
}

TEST_CASE("settings that cannot be are said") {
    Live live;
    const auto said = [&](const ServerSettings& settings) {
        const auto server = Server::start(settings, live, nullptr);
        return server ? std::string() : server.error();
    };
    ServerSettings settings;
    settings.address = "nowhere\x1b";
    CHECK(said(settings) == "cannot listen at \"nowhere\\x1b\": it is not an IP address.");
    settings = {};
    settings.certificate_file = "/nowhere/a.pem";
    CHECK(said(settings) == "the certificate in /nowhere/a.pem needs its private key");
    settings.key_file = "/nowhere/a.key";
    CHECK(said(settings).find("cannot use the certificate in /nowhere/a.pem: ") == 0);
    settings.certificate_file.clear();
    CHECK(said(settings) == "the private key in /nowhere/a.key needs its certificate");
}

TEST_CASE("the signals of this thread are as they were") {
    sigset_t before;
    sigset_t after;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    Live live;
    const auto server = started(live);
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        CHECK(sigismember(&before, signal) == sigismember(&after, signal));
}

}  // namespace
}  // namespace fdnprobe::web
