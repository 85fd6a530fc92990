#include "judge/reasons.hpp"

namespace fdnprobe::judge {

void find_reasons(Report& report) { static_cast<void>(report); }

}  // namespace fdnprobe::judge
