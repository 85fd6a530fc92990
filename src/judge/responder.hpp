// Was fdnprobe at the far end? An attempt that asks for a responder is judged by other rules than one at the service: a
// path that fails it is as good evidence as any, but that no responder was there says nothing of the service.
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// `way_there`: what the judges of this host, of the name and of the path came to; nothing: all was well until then.
[[nodiscard]] Finding judge_responder(const Check& check, const Attempt& attempt, std::optional<Finding> way_there);

/// The attempt asked for a responder and found none: it does not count where the service was asked as well.
[[nodiscard]] bool found_no_responder(const Attempt& attempt);

}  // namespace fdnprobe::judge
