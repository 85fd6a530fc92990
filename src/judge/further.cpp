#include "judge/further.hpp"

#include "judge/changes.hpp"
#include "judge/other_answers.hpp"
#include "judge/path.hpp"

namespace fdnprobe::judge {

Further further_evidence(const CheckResult& result, Locate locate, const ResolverFacts& resolvers) {
    Further further;
    further.path = wants_path(result, locate);
    further.changes = wants_changes(result);
    further.addresses = other_addresses(result, resolvers);
    return further;
}

bool may_want_further_evidence(const CheckResult& result, Locate locate) {
    return may_be_led_astray(result) || further_evidence(result, locate, {}).any();
}

}  // namespace fdnprobe::judge
