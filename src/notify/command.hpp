// A command that is started once for each event, with the event on its standard input. There is no shell, no argument,
// and nothing of this process's environment or descriptors.
#pragma once

#include <memory>

#include "notify/attempt.hpp"
#include "notify/target.hpp"

namespace fdnprobe::notify {

[[nodiscard]] std::unique_ptr<Carrier> make_command(CommandTarget target);

}  // namespace fdnprobe::notify
