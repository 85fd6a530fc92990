// What the build baked in.
#pragma once

#include <string_view>

namespace fdnprobe {

[[nodiscard]] std::string_view version();
/// `2026-11-20`
[[nodiscard]] std::string_view version_date();
/// Where `cmake --install` puts the tables.
[[nodiscard]] std::string_view install_data_directory();

}  // namespace fdnprobe
