// A receiver's name to its addresses, by c-ares and without a moment in which nothing can be broken off: the system's
// own getaddrinfo() waits for as long as a resolver that says nothing makes it wait.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <ares.h>

#include "base/expected.hpp"
#include "notify/attempt.hpp"
#include "system/deleter.hpp"

namespace fdnprobe::notify {

/// A list of them, in the order in which they are to be tried (RFC 6724).
using Addresses = std::unique_ptr<ares_addrinfo, system::Deleter<ares_freeaddrinfo>>;

/// From /etc/hosts and the resolvers of /etc/resolv.conf; an address stands for itself. The error is a clause.
[[nodiscard]] Expected<Addresses, std::string> look_up(const std::string& host, std::uint16_t port,
                                                       const Attempt& attempt);

}  // namespace fdnprobe::notify
