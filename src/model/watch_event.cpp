#include "fdnprobe/watch_event.hpp"

namespace fdnprobe {

std::string_view to_string(WatchEventKind kind) {
    switch (kind) {
        case WatchEventKind::rows_changed: return "rows-changed";
        case WatchEventKind::control_failed: return "control-failed";
        case WatchEventKind::control_restored: return "control-restored";
    }
    return "";
}

}  // namespace fdnprobe
