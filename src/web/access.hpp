// Who may read: whoever has the token.
#pragma once

#include <string_view>

namespace fdnprobe::web {

/// Whether an Authorization header brings the token: as a Bearer (RFC 6750, 2.1), or as the password of Basic, whatever
/// the user's name is (RFC 7617). Takes as long for a wrong one as for a right one.
[[nodiscard]] bool brings_token(std::string_view authorization, std::string_view token);

}  // namespace fdnprobe::web
