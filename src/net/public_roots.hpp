// The roots of the public CAs, as Mozilla's programme lists them: by fingerprint, so that a root which an administrator
// has added to a host under a well-known name does not pass for one of them.
#pragma once

#include <string_view>

namespace fdnprobe::net {

/// `sha256`: of the certificate, in lower-case hex. The list is as old as this program's release; see
/// TrustStore for what makes up for that.
[[nodiscard]] bool is_public_root(std::string_view sha256);

}  // namespace fdnprobe::net
