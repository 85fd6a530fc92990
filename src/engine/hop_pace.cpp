#include "engine/hop_pace.hpp"

#include <algorithm>

namespace fdnprobe::engine {
namespace {

/// Less than the six of Linux: others on this host may have been answered by the same device.
constexpr double burst = 5;

/// Linux answers once a second over IPv4 (icmp_ratelimit), and ten times and more over IPv6.
constexpr double per_second(Family family) { return family == Family::ipv4 ? 1 : 5; }

}  // namespace

void HopPace::refill(Bucket& bucket, Family family, Clock::time_point now) {
    if (now <= bucket.last) return;
    const double passed = std::chrono::duration<double>(now - bucket.last).count();
    bucket.tokens = std::min(burst, bucket.tokens + passed * per_second(family));
    bucket.last = now;
}

HopPace::Bucket& HopPace::bucket_of(const Place& place, Clock::time_point now) {
    const auto [hop, fresh] = hops_.try_emplace(std::pair(place.family, place.hop), Bucket{burst, 0, now});
    refill(hop->second, place.family, now);
    if (!place.device) return hop->second;
    // Whatever was asked at its hop before its name was known may have been asked of it.
    Bucket& device = devices_.try_emplace(*place.device, Bucket{hop->second.tokens, 0, now}).first->second;
    refill(device, place.family, now);
    return device;
}

bool HopPace::take(const Place& place, double weight, double reserve, Clock::time_point now) {
    Bucket& bucket = bucket_of(place, now);
    if (bucket.tokens - bucket.aside < weight + reserve) return false;
    bucket.aside += weight;
    return true;
}

HopPace::Clock::time_point HopPace::ready(const Place& place, double weight, double reserve, Clock::time_point now) {
    const Bucket& bucket = bucket_of(place, now);
    const double lacking = weight + reserve - (bucket.tokens - bucket.aside);
    if (lacking <= 0) return now;
    // A millisecond more, so that rounding does not make it wait twice.
    return now + std::chrono::milliseconds(1) +
           std::chrono::duration_cast<Clock::duration>(
               std::chrono::duration<double>(lacking / per_second(place.family)));
}

void HopPace::settle(const Place& place, double weight, const std::optional<Address>& sender, Clock::time_point now) {
    Bucket& bucket = bucket_of(place, now);
    bucket.aside -= weight;
    if (!sender) return;
    if (!place.device) {
        // Charged where others would look for it, before its own bucket is made of that.
        bucket.tokens -= 1;
        const bool fresh = devices_.try_emplace(*sender, Bucket{bucket.tokens, 0, now}).second;
        if (fresh) return;
    }
    spent(*sender, now);
}

void HopPace::spent(const Address& device, Clock::time_point at) {
    Bucket& bucket = devices_.try_emplace(device, Bucket{burst, 0, at}).first->second;
    refill(bucket, device.family(), at);
    bucket.tokens -= 1;
}

}  // namespace fdnprobe::engine
