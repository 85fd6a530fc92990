// Which of Fortinet's services a check is about, as far as advice depends on it. Read from the host and the port, and
// from the check's id where the site stands in for the public host.
#pragma once

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

enum class Service : std::uint8_t {
    other,
    update,        ///< FortiGuard over TLS: packages, licences, firmware, messaging
    rating_udp,    ///< FortiGuard's rating and SDNS services over UDP
    rating_tls,    ///< the same over TLS; on TCP/53 too, where it is not DNS
    dns_over_tls,  ///< FortiGuard's DNS, TCP/853
    cloud_app,     ///< TCP/9582
    mail,          ///< SMTP
    management,    ///< FGFM, TCP/541 and TCP/542
    logging,       ///< OFTP, TCP/514
    push,          ///< update notices to the device, UDP/9443
    login_pages,   ///< the device's own captive portal and override pages
};

[[nodiscard]] Service service_of(const Check& check);

/// A host of Fortinet's in the Internet, or what stands in for one.
[[nodiscard]] bool is_fortiguard(const Check& check);

/// One of the services that have one address everywhere and answer over HTTPS only.
[[nodiscard]] bool is_anycast(const Check& check);

}  // namespace fdnprobe::judge
