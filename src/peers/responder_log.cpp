#include "peers/responder_log.hpp"

#include <fmt/format.h>

#include "base/time.hpp"

namespace fdnprobe::peers {
namespace {

std::string way_text(const Arrival& arrival) {
    std::string text = arrival.port.to_string();
    if (arrival.ttl) text += fmt::format(" TTL {}", *arrival.ttl);
    return text;
}

}  // namespace

void ResponderLog::answered(const Arrival& arrival, std::string_view result, Instant now) {
    write_(fmt::format("{} {} {}: {}", to_rfc3339(now.wall), arrival.source_text(), way_text(arrival), result));
}

void ResponderLog::refused(const Arrival& arrival, std::string_view result, Instant now) {
    const std::string sender = arrival.sender();
    const auto found = refused_.find(sender);
    if (found != refused_.end()) {
        ++found->second.count;
        found->second.last = fmt::format("{}: {}", way_text(arrival), result);
    } else if (refused_.size() >= most_sources) {
        ++others_;
    } else {
        refused_.try_emplace(sender);
        answered(arrival, result, now);
    }
}

void ResponderLog::flush(Instant now) {
    for (auto one = refused_.begin(); one != refused_.end();) {
        auto& [sender, repeats] = *one;
        if (repeats.count == 0) {
            one = refused_.erase(one);
            continue;
        }
        write_(fmt::format("{} {}: {} more refused, the last at {}", to_rfc3339(now.wall), sender, repeats.count,
                           repeats.last));
        repeats.count = 0;
        ++one;
    }
    if (others_ > 0) write_(fmt::format("{} {} more refused of other sources", to_rfc3339(now.wall), others_));
    others_ = 0;
}

}  // namespace fdnprobe::peers
