// Issuers that can be recognised by their names. A name proves nothing: it only makes one explanation likelier.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// A CA under which FortiGate and FortiProxy re-sign what they inspect: `Fortinet_CA_SSL`, `Fortinet_CA_Untrusted`, or
/// O=Fortinet with a device's serial number as CN.
[[nodiscard]] bool is_fortigate_inspection(const CertificateFacts& leaf);

/// An organisation that runs public CAs, by the issuer's name; nothing when none is recognised.
[[nodiscard]] std::optional<std::string> public_ca_by_name(const CertificateFacts& certificate);

/// The value of an attribute in a name of RFC 2253 form: `CN=a,O=b`. Escapes are left as they are.
[[nodiscard]] std::string_view attribute_of(std::string_view name, std::string_view attribute);

}  // namespace fdnprobe::judge
