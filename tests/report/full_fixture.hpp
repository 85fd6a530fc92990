// Runs that were looked at more than once: where packets died, what was tried with one thing changed, what each
// resolver said, and the reason that two checks share. As in fixture.hpp, every sentence is the fixture's own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fixture.hpp"

namespace fdnprobe::report::fixture {

HopProbe hop(int number, HopAnswer answer, std::string_view from = {}, microseconds took = microseconds(1200));

/// Dropped behind the second hop, where TCP/443 goes on.
std::shared_ptr<PathFacts> dropped_path();

/// Every kind of answer that a hop can give.
std::shared_ptr<PathFacts> odd_path();

Comparison again(Change change, std::string with, Cause cause);

DnsAnswer answer(microseconds at, int rcode, std::vector<Address> addresses = {});

Report looked_at_again();

}  // namespace fdnprobe::report::fixture
