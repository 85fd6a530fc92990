#include "probes/tls.hpp"

#include <memory>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"

namespace fdnprobe::probes {
namespace {

/// A certificate may hold names of any length; these go into a sentence.
constexpr std::size_t longest_name = 80;

class Handshake final : public Dialogue {
  public:
    Step resume(const Input& input) override {
        return input.kind == Input::Kind::ready ? Step::start_tls() : Step::finish();
    }
};

std::unique_ptr<Dialogue> begin(const Check&, std::uint64_t) { return std::make_unique<Handshake>(); }

Finding judge(const Check&, const Attempt& attempt) {
    if (attempt.tls == nullptr) return reached(Cause::answered, "");
    const TlsFacts& tls = *attempt.tls;
    if (tls.chain.empty()) return reached(Cause::answered, printable(tls.version, longest_name));
    const CertificateFacts& leaf = tls.chain.front();
    return reached(Cause::answered,
                   fmt::format("{}, '{}' signed by '{}'", printable(tls.version, longest_name),
                               printable(leaf.subject_name, longest_name), printable(leaf.issuer_name, longest_name)));
}

}  // namespace

constinit const Probe tls{
    {
        .name = "tls",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "A TLS handshake with the endpoint's name in it, and no byte inside it; the connection is closed "
                 "afterwards.",
        .positive = "The handshake completes and the certificate is one that this endpoint may have, or the far end "
                    "identifies itself and wants a device's certificate.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
