#include "probes/tcp.hpp"

#include <array>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "probes/finding.hpp"
#include "probes/option.hpp"

namespace fdnprobe::probes {
namespace {

/// Longer than the idle time of any filter that closes what it first let through.
constexpr double longest_hold = 60;

constexpr std::array options{ProbeOption{"hold", "a number of seconds from 0 to 60", [](const OptionValue& value) {
                                             const auto seconds = as_number(value);
                                             return seconds && *seconds >= 0 && *seconds <= longest_hold;
                                         }}};

class Connect final : public Dialogue {
  public:
    explicit Connect(std::chrono::milliseconds hold) : hold_(hold) {}

    Step resume(const Input& input) override {
        // Whatever ends the hold, bytes among it, there is nothing to say.
        if (input.kind == Input::Kind::ready && hold_.count() > 0) return Step::hold(hold_);
        return Step::finish();
    }

  private:
    std::chrono::milliseconds hold_;
};

std::unique_ptr<Dialogue> begin(const Check& check, std::uint64_t) {
    const double seconds = number_option(check, "hold", 0);
    return std::make_unique<Connect>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds)));
}

Finding judge(const Check&, const Attempt& attempt) {
    if (const std::string bytes = attempt.received_bytes(); !bytes.empty()) {
        const bool closed = attempt.find(What::closed) != nullptr || attempt.find(What::reset) != nullptr;
        return reached(Cause::connected, fmt::format("it said {}{}", quoted(bytes), closed ? " and closed" : ""));
    }
    if (const Event* held = attempt.find_last(What::held))
        return reached(Cause::connected, fmt::format("the connection stood for {:.1f} s", held->code / 1000.0));
    return reached(Cause::connected, "");
}

}  // namespace

constinit const Probe tcp{
    {
        .name = "tcp",
        .over_tcp = true,
        .sends = "A TCP handshake and no byte after it; the connection is closed at once, or held as the table says.",
        .positive = "The far end accepts the connection, and does not drop it while it is held.",
        .options = options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
