// RFC 4648, 4: the alphabet with '+' and '/', padded.
#pragma once

#include <string>
#include <string_view>

namespace fdnprobe {

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace fdnprobe
