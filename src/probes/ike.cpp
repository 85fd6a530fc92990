#include "probes/ike.hpp"

#include "probes/ike_exchange.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check&, const Occasion& occasion) { return offer_ike(occasion, ""); }
Finding judge(const Check&, const Attempt& attempt) { return judge_ike(attempt, ""); }

}  // namespace

constinit const Probe ike{
    {
        .name = "ike",
        .over_udp = true,
        .sends = "The first message of IKEv2, and after silence that of IKEv1, sent again where nothing comes; it "
                 "offers algorithms, names nobody, and no second message follows.",
        .positive = "Any answer to it: an SA, a cookie, or the word that no proposal suits.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
