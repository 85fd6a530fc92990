// errno values as words. strerror() depends on the locale and names nothing that can be searched for.
#pragma once

#include <cstdint>
#include <string>

namespace fdnprobe::judge {

/// `ECONNREFUSED, connection refused`; `errno 999` for what is not known here.
[[nodiscard]] std::string errno_text(std::int32_t number);

}  // namespace fdnprobe::judge
