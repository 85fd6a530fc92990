// What the resolvers, each asked apart, say of the names that checks rest on.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// Revises the conclusions of checks whose names were answered by somebody who was not asked, or by several, or in
/// different ways; and adds what else is worth knowing of the resolvers.
void relate_resolvers(Report& report);

}  // namespace fdnprobe::judge
