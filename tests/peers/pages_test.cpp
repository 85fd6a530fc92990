// What the emulated appliances and web servers say, read with the codecs that the probes read with.
#include "peers/pages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "catch.hpp"
#include "net/recorder.hpp"
#include "net/run_task.hpp"
#include "net/transport.hpp"
#include "peers/emulation.hpp"
#include "wire/crl.hpp"
#include "wire/http_body.hpp"
#include "wire/tls_hello.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;

namespace {

/// Says that to the service at this port, and reads until it closes, has nothing more to say or has begun TLS: who does
/// that waits for the answer.
Task<std::string> converse(Context& context, std::uint16_t port, std::string request, Clock::duration patience) {
    Attempt attempt;
    Recorder recorder(context, attempt);
    Socket socket(context);
    const DialOptions options;
    const SocketAddress service{*Address::parse("127.0.0.1"), port};
    const Outcome connected = co_await connect_tcp(socket, service, options, recorder, generous);
    std::string said;
    if (connected != Outcome::ok) co_return said;
    const Clock::time_point limit = Clock::now() + patience;
    const Outcome sent = co_await send_all(socket, request, limit, recorder);
    for (bool go_on = sent == Outcome::ok; go_on;) {
        const Received received = co_await receive(socket, context.scratch(), limit);
        go_on = received.outcome == Outcome::ok;
        if (go_on) said.append(context.scratch().data(), received.size);
        if (wire::tls::parse_client_hello(said)) go_on = false;
    }
    co_return said;
}

std::string answer(const peers::ServeConnection& serve, const std::string& request,
                   Clock::duration patience = generous) {
    Context context(8);
    const auto port = peers::listen_tcp(context, nullptr, serve);
    REQUIRE(port);
    return run_task(context, converse(context, *port, request, patience));
}

const peers::Emulation& played(std::string_view probe) {
    const peers::Emulation* const emulation = peers::find_emulation(probe);
    REQUIRE(emulation != nullptr);
    return *emulation;
}

std::string page(std::string_view probe, const std::string& target) {
    return answer(played(probe).serve({}), wire::http::encode_get("lab.test", target));
}

}  // namespace

TEST_CASE("every probe of a page has its emulation, inside TLS where the probe asks inside TLS") {
    for (const char* probe : {"scep", "crl", "captive-portal", "override", "admin", "sslvpn"}) {
        for (const std::uint16_t port : std::initializer_list<std::uint16_t>{80, 1000, 8008})
            CHECK_FALSE(played(probe).tls({Transport::tcp, port}));
        for (const std::uint16_t port : std::initializer_list<std::uint16_t>{443, 1003, 8010})
            CHECK(played(probe).tls({Transport::tcp, port}));
    }
    for (const auto& [probe, port, tls] :
         {std::tuple("oftp", 514, true), std::tuple("fgfm", 541, true), std::tuple("fsso", 8001, true),
          std::tuple("fsso", 8000, false), std::tuple("wanopt", 7810, false), std::tuple("tls-or-tcp", 8013, true),
          std::tuple("tls-or-tcp", 9582, false)})
        CHECK(played(probe).tls({Transport::tcp, static_cast<std::uint16_t>(port)}) == tls);
}

TEST_CASE("emulated pages are whole responses") {
    for (const char* probe : {"scep", "crl", "captive-portal", "override", "admin", "sslvpn", "http"}) {
        CAPTURE(probe);
        const std::string response = page(probe, "/?operation=GetCACaps");
        const auto head = wire::http::parse_response_head(response);
        REQUIRE(head);
        CHECK(wire::http::read_body(*head, response, false).complete);
        const auto refusal = wire::http::parse_response_head(answer(played(probe).serve({}), "EHLO me\r\n\r\n"));
        REQUIRE(refusal);
        CHECK(refusal->status == 400);
    }
    for (const char* probe : {"captive-portal", "override", "admin", "sslvpn"})
        CHECK(page(probe, "/").find("\r\nServer: xxxxxxxx-xxxxx\r\n") != std::string::npos);
    CHECK(page("sslvpn", "/remote/login").find("\r\nSet-Cookie: SVPNCOOKIE=") != std::string::npos);
    CHECK(page("scep", "/").starts_with("HTTP/1.1 404 "));
}

TEST_CASE("the emulated revocation list is one") {
    const std::string response = page("crl", "/ca.crl");
    const auto head = wire::http::parse_response_head(response);
    REQUIRE(head);
    const auto list = wire::crl::parse(wire::http::read_body(*head, response, false).bytes);
    REQUIRE(list);
    CHECK(list->whole);
    CHECK(list->next_update == list->this_update + std::chrono::days(7));
}

TEST_CASE("an emulated device begins TLS as the client, and an emulated manager does not") {
    const auto hello = wire::tls::parse_client_hello(answer(played("fgfm").serve_as_device({}), ""));
    REQUIRE(hello);
    CHECK(hello->server_name == "fgfm.fortinet.com");
    CHECK(answer(played("fgfm").serve({}), "", std::chrono::milliseconds(200)).empty());
    CHECK(played("oftp").serve_as_device == nullptr);
}

TEST_CASE("an emulated plain service hangs up on what it does not know") {
    for (const char* probe : {"fsso", "wanopt", "tls-or-tcp"}) {
        const auto began = Clock::now();
        CHECK(answer(played(probe).serve({}), wire::tls::encode_client_hello("")).empty());
        CHECK(Clock::now() - began < generous);
    }
}
