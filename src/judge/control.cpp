#include "judge/control.hpp"

namespace fdnprobe::judge {

void relate_controls(Report& report) { static_cast<void>(report); }

}  // namespace fdnprobe::judge
