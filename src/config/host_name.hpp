// Host names as files write them: RFC 1123, 2.1, or an address.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/address.hpp"

namespace fdnprobe::config {

/// One way of writing each host: names in lower case, addresses in their short form.
[[nodiscard]] std::string canonical_host(std::string_view host);

/// Address::parse for text that may hold anything: it reads up to a NUL, and what stands behind one must not be lost.
[[nodiscard]] std::optional<Address> read_address(std::string_view text);

/// Why this is neither a host name nor an address, as in "`a_b` is not a host name: …"; nothing when it is one.
[[nodiscard]] std::optional<std::string> host_mistake(std::string_view host);

/// The same where an address will not do.
[[nodiscard]] std::optional<std::string> host_name_mistake(std::string_view host);

}  // namespace fdnprobe::config
