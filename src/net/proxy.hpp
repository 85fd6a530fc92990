// Asking an HTTP proxy for a tunnel (RFC 9110, 9.3.6), on a connection to it. What is said is evidence of the stage
// `proxy`; the credentials never are.
#pragma once

#include <cstdint>
#include <string>

#include "net/transport.hpp"

namespace fdnprobe::net {

/// What became of the credentials; the numbers are those of the evidence.
enum class Credentials : std::uint8_t {
    none = 0,      ///< there are none
    sent = 1,      ///< with the request
    withheld = 2,  ///< the proxy has refused them before, and is not to count another wrong attempt
};

struct TunnelRequest {
    std::string authority;  ///< HOST:PORT
    Credentials use = Credentials::none;
    std::string credentials;  ///< USER:PASSWORD, where they are to be sent
};

struct Tunnel {
    Outcome outcome = Outcome::failed;  ///< `ok`: all bytes from here on are the far end's
    int status = 0;                     ///< of the proxy's answer; 0: it gave none that can be read
    std::string early;                  ///< the far end's first bytes, which came behind the answer
};

[[nodiscard]] Task<Tunnel> open_tunnel(Socket& socket, const TunnelRequest& request, Clock::time_point limit,
                                       Recorder& recorder);

}  // namespace fdnprobe::net
