// The services of Fortinet's appliances whose protocols are not public: what is known of them is whether they speak
// TLS, who begins it, and that they have nothing to say to a stranger.
#include <string>
#include <utility>

#include "peers/emulation.hpp"
#include "peers/service.hpp"
#include "wire/tls_hello.hpp"

namespace fdnprobe::peers {
namespace {

/// Waits for the client to speak, and hangs up on what is none of its protocol.
ServeConnection serve_plain() {
    return [](Connection& connection) -> net::Task<void> {
        [[maybe_unused]] const std::string bytes = co_await connection.read();
    };
}

/// Begins TLS as the client, and waits for the answer that a manager would give.
ServeConnection serve_reversed() {
    return [](Connection& connection) -> net::Task<void> {
        std::string hello = wire::tls::encode_client_hello("fgfm.fortinet.com");
        const bool sent = co_await connection.write(std::move(hello));
        if (!sent) co_return;
        [[maybe_unused]] const std::string bytes = co_await connection.read();
    };
}

ServeConnection inside_tls(const EmulationSettings&) { return serve_nothing(); }
ServeConnection plain(const EmulationSettings&) { return serve_plain(); }
ServeConnection reversed(const EmulationSettings&) { return serve_reversed(); }

bool fsso_tls(Port port) { return port.number == 8001; }
bool telemetry_tls(Port port) { return port.number == 8013; }

}  // namespace

extern const Emulation play_fgfm{"fgfm", with_tls, inside_tls, nullptr, reversed};
extern const Emulation play_oftp{"oftp", with_tls, inside_tls, nullptr};
extern const Emulation play_fsso{"fsso", fsso_tls, plain, nullptr};
extern const Emulation play_wanopt{"wanopt", without_tls, plain, nullptr};
extern const Emulation play_tls_or_tcp{"tls-or-tcp", telemetry_tls, plain, nullptr};

}  // namespace fdnprobe::peers
