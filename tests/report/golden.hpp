// Text compared with a file that a person has read. FDNPROBE_WRITE_GOLDEN=1 writes the files anew.
#pragma once

#include <string>

namespace fdnprobe::report::golden {

void compare(const std::string& name, const std::string& text);

}  // namespace fdnprobe::report::golden
