#include "notify/attempt.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace fdnprobe::notify {

Cancel::Cancel() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!descriptor_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Cancel::set() {
    set_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(descriptor_.number(), &one, sizeof one);
}

Waited Attempt::wait(std::span<const Wanted> wanted) const {
    using std::chrono::milliseconds;
    while (true) {
        std::array<pollfd, 1 + most_wanted> all{};
        nfds_t count = 0;
        all[count++] = {.fd = cancel_->descriptor(), .events = POLLIN, .revents = 0};
        for (const Wanted& one : wanted)
            if (count < all.size()) all[count++] = {.fd = one.descriptor, .events = one.events, .revents = 0};
        const auto left = std::chrono::ceil<milliseconds>(deadline_ - std::chrono::steady_clock::now());
        // A peer that always has something more must not have more time.
        if (left <= milliseconds(0)) return cancelled() ? Waited::cancelled : Waited::late;
        // An hour at most, which an int holds; the loop comes back.
        const auto span = std::min(left, milliseconds(3'600'000));
        const int ready = poll(all.data(), count, static_cast<int>(span.count()));
        if (ready < 0 && errno != EINTR) return Waited::late;
        if (ready > 0) return all[0].revents != 0 ? Waited::cancelled : Waited::ready;
    }
}

Waited Attempt::wait_until(Moment moment, std::span<const Wanted> wanted) const {
    const Waited waited = until(moment).wait(wanted);
    return waited == Waited::late && moment < deadline_ ? Waited::ready : waited;
}

std::string why_unless_ready(Waited waited, const std::string& late) {
    if (waited == Waited::ready) return "";
    return waited == Waited::cancelled ? "left for later because the process ends" : late;
}

Outcome failed(std::string problem) { return {Outcome::Result::failed, std::move(problem), std::nullopt}; }
Outcome refused(std::string problem) { return {Outcome::Result::refused, std::move(problem), std::nullopt}; }

}  // namespace fdnprobe::notify
