#include "probes/fgfm.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "probes/handshake.hpp"
#include "wire/tls_hello.hpp"

namespace fdnprobe::probes {
namespace {

using wire::tls::HelloFault;

/// A server name is shorter (RFC 1035, 2.3.4), and what is longer does not fit a sentence.
constexpr std::size_t longest_name = 80;

class Listen final : public Dialogue {
  public:
    Step resume(const Input& input) override {
        if (input.kind != Input::Kind::ready && input.kind != Input::Kind::received) return Step::finish();
        said_ += input.bytes;
        const auto hello = wire::tls::parse_client_hello(said_);
        const bool more = !hello && hello.error().fault == HelloFault::incomplete;
        return more && said_.size() < wire::tls::largest_hello ? Step::receive(wire::tls::largest_hello - said_.size())
                                                               : Step::finish();
    }

  private:
    std::string said_;
};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    if (check.direction == Direction::outgoing) return shake_hands();
    return std::make_unique<Listen>();
}

Finding judge_silence(const Attempt& attempt) {
    if (attempt.find(What::silent) == nullptr) return unanswered(attempt);
    return found(Cause::no_banner, Owner::service, Confidence::likely,
                 "the device should have begun TLS as the client, and sent nothing");
}

Finding judge_hello(const Attempt& attempt) {
    const std::string said = attempt.received_bytes();
    if (said.empty()) return judge_silence(attempt);
    const auto hello = wire::tls::parse_client_hello(said);
    if (hello) {
        std::string text = fmt::format("the device sent its ClientHello ({})", wire::tls::version_name(hello->version));
        if (!hello->server_name.empty()) text += fmt::format(" for '{}'", printable(hello->server_name, longest_name));
        return reached(Cause::answered, std::move(text));
    }
    if (hello.error().fault == HelloFault::foreign)
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                     fmt::format("in place of a ClientHello it said {}", quoted(said)));
    return found(Cause::bad_answer, Owner::unknown, Confidence::likely,
                 fmt::format("its ClientHello cannot be read: {}", hello.error().what));
}

Finding judge(const Check& check, const Attempt& attempt) {
    if (check.direction == Direction::incoming) return judge_hello(attempt);
    return reached(Cause::answered, device_text(attempt));
}

}  // namespace

constinit const Probe fgfm{
    {
        .name = "fgfm",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "Towards a FortiManager a TLS handshake and no byte inside it; towards a device nothing at all.",
        .positive = "From a FortiManager a handshake that completes, or its certificate and the wish for a device's; "
                    "from a device its own ClientHello, for there the roles are reversed.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
