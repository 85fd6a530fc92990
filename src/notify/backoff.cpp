#include "notify/backoff.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::notify {

Backoff::Backoff(Span first, Span longest, std::function<double()> chance)
    : first_(std::max(first, Span(1))),
      longest_(std::max(longest, first_)),
      step_(first_),
      chance_(std::move(chance)) {}

Backoff::Span Backoff::after_failure(std::optional<std::chrono::seconds> asked_for) {
    Span wait = step_ / 2 + Span(static_cast<Span::rep>(static_cast<double>((step_ - step_ / 2).count()) * chance_()));
    // Compared before they are converted: a number of seconds that somebody else chose may not fit.
    if (asked_for) {
        const bool beyond = *asked_for > std::chrono::ceil<std::chrono::seconds>(longest_);
        wait = std::max(wait, beyond ? longest_ : std::min(longest_, std::chrono::duration_cast<Span>(*asked_for)));
    }
    step_ = step_ > longest_ / 2 ? longest_ : step_ * 2;
    return std::max(wait, Span(1));
}

}  // namespace fdnprobe::notify
