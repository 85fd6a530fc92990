// A TLS ClientHello (RFC 8446, 4.1.2) in the records that carry it: enough to know that somebody began TLS as the
// client, and what for. The handshake itself is OpenSSL's; this is for a port where the far end greets and nobody
// answers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace fdnprobe::wire::tls {

/// The largest plaintext of one record (RFC 8446, 5.1). A hello with every extension there is stays far below it.
inline constexpr std::size_t largest_hello = std::size_t{16} * 1024;

/// Why bytes are not a ClientHello.
enum class HelloFault : std::uint8_t {
    incomplete,  ///< all is well so far, and more has to come
    malformed,   ///< it begins as a ClientHello and breaks its rules
    foreign,     ///< it is something else
};

struct HelloProblem {
    HelloFault fault = HelloFault::incomplete;
    std::string what;  ///< what is wrong, without bytes from the network
    friend bool operator==(const HelloProblem&, const HelloProblem&) = default;
};

struct ClientHello {
    std::uint16_t version = 0;  ///< the highest that is offered: 0x0303 is TLS 1.2
    std::string server_name;    ///< raw; empty: none is asked for (RFC 6066, 3)
    std::size_t size = 0;       ///< bytes of the records that it came in
    friend bool operator==(const ClientHello&, const ClientHello&) = default;
};

[[nodiscard]] Expected<ClientHello, HelloProblem> parse_client_hello(std::string_view bytes);

/// One record with a hello that offers TLS 1.2 and 1.3. For emulated devices, which never finish what they begin.
[[nodiscard]] std::string encode_client_hello(std::string_view server_name);

/// `TLSv1.2`, as OpenSSL writes it; the number where it has no name.
[[nodiscard]] std::string version_name(std::uint16_t version);

}  // namespace fdnprobe::wire::tls
