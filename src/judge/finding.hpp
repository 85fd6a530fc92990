// Making findings, for all judges.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "fdnprobe/verdict.hpp"

namespace fdnprobe::judge {

inline Finding make_finding(Cause cause, Stage stage, Confidence confidence, Owner owner, std::string detail) {
    Finding finding;
    finding.cause = cause;
    finding.stage = stage;
    finding.confidence = confidence;
    finding.owner = owner;
    finding.detail = std::move(detail);
    return finding;
}

/// The device that spoke.
inline Where at_device(const Address& address) {
    Where where;
    where.address = address;
    return where;
}

/// The less sure of two: a conclusion is never surer than what it rests on.
inline Confidence weaker(Confidence one, Confidence other) { return std::max(one, other); }

}  // namespace fdnprobe::judge
