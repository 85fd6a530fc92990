// A syslog receiver, over UDP (RFC 5426) or TCP (RFC 6587). Neither says that it has taken a message: over UDP a
// message counts as taken when nobody objects to it, over TCP when the other end has all of it.
#pragma once

#include <memory>

#include "notify/attempt.hpp"
#include "notify/target.hpp"

namespace fdnprobe::notify {

[[nodiscard]] std::unique_ptr<Carrier> make_syslog(SyslogTarget target);

}  // namespace fdnprobe::notify
