#include "probes/hold.hpp"

#include <fmt/format.h>

#include "probes/finding.hpp"
#include "probes/option.hpp"

namespace fdnprobe::probes {
namespace {

/// Longer than the idle time of any filter that closes what it first let through.
constexpr double longest_hold = 60;

class Hold final : public Dialogue {
  public:
    explicit Hold(std::chrono::milliseconds hold) : hold_(hold) {}

    Step resume(const Input& input) override {
        // Whatever ends the hold, bytes among it, there is nothing to say.
        if (input.kind == Input::Kind::ready && hold_.count() > 0) return Step::hold(hold_);
        return Step::finish();
    }

  private:
    std::chrono::milliseconds hold_;
};

}  // namespace

bool accepts_hold(const OptionValue& value) {
    const auto seconds = as_number(value);
    return seconds && *seconds >= 0 && *seconds <= longest_hold;
}

std::chrono::milliseconds hold_of(const Check& check, std::chrono::milliseconds otherwise) {
    const std::chrono::duration<double> usual = otherwise;
    const double seconds = number_option(check, hold_options.front().name, usual.count());
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

std::unique_ptr<Dialogue> hold_connection(std::chrono::milliseconds hold) { return std::make_unique<Hold>(hold); }

std::string spoke_first(const Attempt& attempt, std::string_view said) {
    const bool closed = attempt.find(What::closed) != nullptr || attempt.find(What::reset) != nullptr;
    return fmt::format("it said {}{}", quoted(said), closed ? " and closed" : "");
}

std::string stood(const Attempt& attempt) {
    const Event* const held = attempt.find_last(What::held);
    return held == nullptr ? "" : fmt::format("the connection stood for {:.1f} s", held->code / 1000.0);
}

}  // namespace fdnprobe::probes
