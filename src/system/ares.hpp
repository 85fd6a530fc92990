// A channel of c-ares, owned: its settings, and the questions that are open on it.
#pragma once

#include <memory>

#include <ares.h>

#include "system/deleter.hpp"

namespace fdnprobe::system {

/// Destroying one ends its open questions with ARES_EDESTRUCTION.
using AresHandle = std::unique_ptr<ares_channeldata, Deleter<ares_destroy>>;

/// With these settings, and for the rest what resolv.conf(5) says; nothing: there is no memory, or no settings can be
/// made of that file.
[[nodiscard]] AresHandle open_ares(ares_options settings, int used);

}  // namespace fdnprobe::system
