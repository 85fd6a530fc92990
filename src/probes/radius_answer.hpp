// What the two RADIUS probes have in common: a request under the site's secret, or, where the site has none, under one
// that is made up, and answers that count only when they are verified.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "wire/radius.hpp"

namespace fdnprobe::probes {

/// The name of the secret in a site's [secrets].
inline constexpr std::string_view radius_secret = "radius";

/// 16 bytes that look like chance: others for every seed and every purpose.
[[nodiscard]] std::string radius_chance(std::uint64_t seed, std::string_view purpose);

/// The site's secret; where it has none, one that nobody shares, so that whoever gets the request drops it.
[[nodiscard]] std::string secret_or_made_up(const Check& check, std::uint64_t seed);

/// Whether bytes answer the request, verified where there is a secret.
[[nodiscard]] bool answers_radius(const Check& check, std::string_view bytes, std::string_view request);

/// What bytes come to that came in answer to the request. `judge_packet` is asked about what has been verified.
[[nodiscard]] Finding judge_radius_bytes(const Check& check, std::string_view bytes, std::string_view request,
                                         const std::function<Finding(const wire::radius::Packet&)>& judge_packet);

/// The same for all datagrams of an attempt; nothing: none came.
[[nodiscard]] std::optional<Finding> judge_radius_datagrams(
    const Check& check, const Attempt& attempt,
    const std::function<Finding(const wire::radius::Packet&)>& judge_packet);

/// A packet that is verified, and still no answer to what was asked.
[[nodiscard]] Finding wrong_packet(const wire::radius::Packet& packet, std::string_view request_name);

/// What would decide where the far end is silent: a clause. `server`: "a RADIUS server".
[[nodiscard]] std::string decides_silence(const Check& check, std::string_view server);

}  // namespace fdnprobe::probes
