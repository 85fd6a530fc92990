#include "probes/handshake.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"

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

std::string quoted_name(std::string_view name) { return fmt::format("'{}'", printable(name, longest_name)); }

/// FG100F0000000000, FAZ-VM0000000001: a model, which begins with F, and a number. No host name looks like it.
bool is_serial_number(std::string_view name) {
    constexpr std::size_t shortest = 12;
    constexpr std::size_t longest = 20;
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    return name.size() >= shortest && name.size() <= longest && name.front() == 'F' &&
           std::count_if(name.begin(), name.end(), is_digit) >= 4 &&
           std::all_of(name.begin(), name.end(), [&](char letter) {
               return is_digit(letter) || (letter >= 'A' && letter <= 'Z') || letter == '-';
           });
}

std::string text_of(const Attempt& attempt, std::string (*name_of)(std::string_view)) {
    if (attempt.tls == nullptr) return "";
    const TlsFacts& tls = *attempt.tls;
    std::string text = printable(tls.version, longest_name);
    if (tls.chain.empty()) return text;
    const CertificateFacts& leaf = tls.chain.front();
    return fmt::format("{}, {} signed by {}", text, name_of(leaf.subject_name), quoted_name(leaf.issuer_name));
}

std::string device_name(std::string_view name) {
    return is_serial_number(name) ? fmt::format("serial number {}", name) : quoted_name(name);
}

}  // namespace

std::unique_ptr<Dialogue> shake_hands() { return std::make_unique<Handshake>(); }

std::string handshake_text(const Attempt& attempt) { return text_of(attempt, quoted_name); }

std::string device_text(const Attempt& attempt) { return text_of(attempt, device_name); }

}  // namespace fdnprobe::probes
