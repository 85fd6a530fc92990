// The [device] section of a site file, and the conditions that a table sets on its keys.
#pragma once

#include <string_view>

#include "config/section.hpp"
#include "fdnprobe/device.hpp"

namespace fdnprobe::config {

/// `text` is the whole file: TOML has no place for "assumed" but a comment behind the value.
[[nodiscard]] Device read_device(const toml::table& table, std::string_view text, Complaints& complaints);

/// The conditions under `key`: a table of them, or an array of such tables. Without the key there are none.
[[nodiscard]] When read_when(Section& section, std::string_view key);

/// A key of [device] that a table takes hosts or a proxy from; empty where `key` is missing or is something else.
[[nodiscard]] std::string read_device_key(Section& section, std::string_view key,
                                          std::initializer_list<DeviceKeyKind> kinds);

}  // namespace fdnprobe::config
