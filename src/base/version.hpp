// What the build baked in.
#pragma once

#include <string_view>

namespace fdnprobe {

[[nodiscard]] std::string_view version();
/// Where `cmake --install` puts the tables.
[[nodiscard]] std::string_view install_data_directory();

}  // namespace fdnprobe
