#include "probes/dot.hpp"

#include <memory>

#include "probes/dns_answer.hpp"
#include "probes/dns_question.hpp"
#include "probes/finding.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    return ask_over_stream(check, occasion.seed, Inside::tls);
}

Finding judge(const Check& check, const Attempt& attempt) {
    const bool ended = attempt.find(What::closed) != nullptr || attempt.find(What::reset) != nullptr ||
                       attempt.find(What::tls_alert_received) != nullptr;
    const bool wanted = attempt.tls != nullptr && attempt.tls->client_certificate_requested;
    // In TLS 1.3 a server says no to a client without a certificate only after the handshake (RFC 8446, 4.4.2.4).
    if (wanted && ended && attempt.received_bytes().empty())
        return found(Cause::client_certificate_required, Owner::nobody, Confidence::likely,
                     "it asked for a client certificate and closed the connection without one");
    return judge_dns_stream(check, attempt);
}

}  // namespace

constinit const Probe dot{
    {
        .name = "dot",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "A TLS handshake and one DNS question for a public name inside it.",
        .positive = "The certificate is one that this endpoint may have and a well-formed answer to the question "
                    "comes, or the far end identifies itself and wants a device's certificate.",
        .options = dns_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
