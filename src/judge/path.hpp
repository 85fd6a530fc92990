// What the hop-by-hop evidence adds to a finding: where packets die, and who answered nearer than the destination.
// Pure: a function of an attempt's own evidence and of its PathFacts.
//
// A router first counts: it takes one off what a packet has left, and says so when that was the last. Only then do its
// filters see what it would pass on. So a router that drops a flow still answers for its own hop and is silent from the
// next, and one that rejects it with a reset does so from the next hop on. What judges packets as they come in, before
// they are counted, does it from its own hop on. From outside the two look the same: whatever begins at hop h was done
// by the device at h-1, on the packet's way out, or by that at h, on its way in. Filters nearly always sit on the way
// out, proxies on the way in, so that is what `where` names, and the advice names both.
//
// Two things follow that no number of packets can change. What begins at the destination's own distance may have been
// done by the last router before it, or by the destination: a reset from there is never `proven` to be the
// destination's, and silence from there never to be a device's. And what begins at hop 1 may have been done by this
// host.
#pragma once

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "judge/further.hpp"

namespace fdnprobe::judge {

/// The finding in the light of `attempt.path`; as it was where there is none, or where it says nothing. Nothing gets
/// surer by silence alone, by a few tries, by a sweep that was not finished, or without a flow to compare with.
[[nodiscard]] Finding locate(const Check& check, const Attempt& attempt, Finding finding);

/// Whether the way of the attempt that the conclusion rests on should be followed.
[[nodiscard]] bool wants_path(const CheckResult& result, Locate locate);

}  // namespace fdnprobe::judge
