#include "judge/resolvers.hpp"

namespace fdnprobe::judge {

void relate_resolvers(Report& report) { static_cast<void>(report); }

}  // namespace fdnprobe::judge
