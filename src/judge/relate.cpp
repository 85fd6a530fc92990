#include "judge/relate.hpp"

#include "judge/clock.hpp"
#include "judge/control.hpp"
#include "judge/reasons.hpp"
#include "judge/relate_esp.hpp"
#include "judge/resolvers.hpp"
#include "judge/shared_issuer.hpp"

namespace fdnprobe::judge {

void relate(Report& report) {
    relate_esp(report.checks);
    relate_resolvers(report);
    relate_issuers(report.checks);
    relate_clock(report);
    relate_controls(report);
    // Last: it sums up what the others have found.
    find_reasons(report);
}

}  // namespace fdnprobe::judge
