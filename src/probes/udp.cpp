#include "probes/udp.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "probes/finding.hpp"
#include "probes/option.hpp"

namespace fdnprobe::probes {
namespace {

/// Whoever finds it in a capture shall know what it is.
constexpr std::string_view default_payload = "fdnprobe reachability check";
/// With its headers less than the 576 bytes that every host takes (RFC 1122, 3.3.2).
constexpr std::size_t longest_payload = 512;

constexpr std::array options{ProbeOption{"payload", "a text of 1 to 512 bytes", [](const OptionValue& value) {
                                             const auto* text = std::get_if<std::string>(&value);
                                             return text != nullptr && !text->empty() &&
                                                    text->size() <= longest_payload;
                                         }}};

class OneDatagram final : public Dialogue {
  public:
    explicit OneDatagram(std::string payload) : payload_(std::move(payload)) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(payload_);
            case Input::Kind::done: return Step::receive(4096);
            default: return Step::finish();
        }
    }

  private:
    std::string payload_;
};

std::unique_ptr<Dialogue> begin(const Check& check, std::uint64_t) {
    return std::make_unique<OneDatagram>(
        std::string(text_option(check, "payload", default_payload).substr(0, longest_payload)));
}

std::string what_came(const Event& event) {
    return event.text.empty() ? "an empty datagram came back" : fmt::format("it said {}", quoted(event.text));
}

Finding judge(const Check&, const Attempt& attempt) {
    const Event* elsewhere = nullptr;
    for (const Event& event : attempt.evidence) {
        if (event.what != What::received) continue;
        if (!event.from) return reached(Cause::answered, what_came(event));
        if (elsewhere == nullptr) elsewhere = &event;
    }
    if (elsewhere == nullptr) return no_reply();
    Finding finding = found(Cause::answered, Owner::nobody, Confidence::likely, what_came(*elsewhere));
    finding.warnings.push_back(came_from_elsewhere(*elsewhere));
    return finding;
}

}  // namespace

constinit const Probe udp{
    {
        .name = "udp",
        .over_udp = true,
        .sends = "One datagram, sent up to three times, with a text that says what it is; a service that does not know "
                 "it drops it.",
        .positive = "Any datagram from the address and port that were asked; silence is no evidence either way.",
        .options = options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
