#include "probes/ike_natt.hpp"

#include "probes/ike_exchange.hpp"
#include "wire/ike.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check&, const Occasion& occasion) {
    return offer_ike(occasion, wire::ike::non_esp_marker);
}
Finding judge(const Check&, const Attempt& attempt) { return judge_ike(attempt, wire::ike::non_esp_marker); }

}  // namespace

constinit const Probe ike_natt{
    {
        .name = "ike-natt",
        .over_udp = true,
        .sends = "What `ike` sends, after the four zero bytes that tell IKE from ESP on this port.",
        .positive = "Any answer to it: an SA, a cookie, or the word that no proposal suits.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
