#include "system/ares.hpp"

namespace fdnprobe::system {

AresHandle open_ares(ares_options settings, int used) {
    // Once a process, and never undone: a channel may outlive whoever began.
    [[maybe_unused]] static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    ares_channel made = nullptr;
    if (ares_init_options(&made, &settings, used) != ARES_SUCCESS) return nullptr;
    return AresHandle(made);
}

}  // namespace fdnprobe::system
