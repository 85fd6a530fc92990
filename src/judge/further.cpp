#include "judge/further.hpp"

namespace fdnprobe::judge {

Further further_evidence(const CheckResult& result, Locate locate) {
    static_cast<void>(result);
    static_cast<void>(locate);
    return {};
}

}  // namespace fdnprobe::judge
