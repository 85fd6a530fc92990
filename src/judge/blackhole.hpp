// Somebody answers DNS in the place of others: an address that runs no resolver has answered a question.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// What a DNS server seems to have answered need not be its own then, and what names lead to need not be the service.
void relate_blackhole(Report& report);

}  // namespace fdnprobe::judge
