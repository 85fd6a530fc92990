#include "peers/arrivals.hpp"

#include <limits>

#include "base/text.hpp"

namespace fdnprobe::peers {

std::string Arrival::sender() const {
    if (source) return source->address.to_string();
    std::string text;
    for (const char byte : hardware_source) text += (text.empty() ? "" : ":") + hex(std::string_view(&byte, 1));
    return text;
}

std::string Arrival::source_text() const {
    // ESP and Ethernet have no ports.
    return source && source->port != 0 ? source->to_string() : sender();
}

void Arrivals::note(std::string_view attempt, const Arrival& arrival, Clock::time_point now) {
    forget(now);
    const auto [place, is_new] = counts_.try_emplace(std::string(attempt));
    Count& count = place->second;
    if (count.count < std::numeric_limits<std::uint16_t>::max()) ++count.count;
    count.last = arrival;
    if (!is_new) return;
    order_.emplace_back(now, attempt);
    if (counts_.size() > most_) drop_oldest();
}

std::optional<Arrivals::Count> Arrivals::of(std::string_view attempt, Clock::time_point now) {
    forget(now);
    const auto found = counts_.find(std::string(attempt));
    if (found == counts_.end()) return std::nullopt;
    return found->second;
}

void Arrivals::forget(Clock::time_point now) {
    while (!order_.empty() && now - order_.front().first >= remembered) drop_oldest();
}

void Arrivals::drop_oldest() {
    counts_.erase(order_.front().second);
    order_.pop_front();
}

}  // namespace fdnprobe::peers
