// How long something takes where nothing else delays it.
#pragma once

#include <algorithm>
#include <chrono>

/// The least of up to five times, or the first that is inside the bound: a loaded machine may delay anything by
/// seconds, but hardly five times in a row, and what is slow by itself is slow each time. `once` begins anew and says
/// how long it took.
template <class Once>
std::chrono::steady_clock::duration quickest(std::chrono::steady_clock::duration bound, const Once& once) {
    std::chrono::steady_clock::duration least = once();
    for (int more = 4; more > 0 && least >= bound; --more) least = std::min(least, once());
    return least;
}
