// Which resolvers answer at all, and by which transports. A dead one beside one that answers is seldom noticed until
// that one is down, too.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// Warns of it at every check that rests on a name.
void relate_resolver_health(Report& report);

}  // namespace fdnprobe::judge
