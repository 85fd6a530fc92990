#include "probes/optional_tls.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "probes/hold.hpp"

namespace fdnprobe::probes {
namespace {

class HoldAndTryTls final : public Dialogue {
  public:
    explicit HoldAndTryTls(std::chrono::milliseconds hold) : hold_(hold) {}

    Step resume(const Input& input) override {
        if (input.kind == Input::Kind::ready && hold_.count() > 0) return Step::hold(hold_);
        const bool go_on = input.kind == Input::Kind::ready || input.kind == Input::Kind::done;
        // What spoke first, and what has closed, is not asked for TLS; nor is what has had its ClientHello.
        return go_on && !std::exchange(asked_, true) ? Step::try_tls() : Step::finish();
    }

  private:
    std::chrono::milliseconds hold_;
    bool asked_ = false;
};

/// What a service greets with, or says to a ClientHello, when it is none of those that are looked for here.
std::optional<std::string_view> well_known_protocol(std::string_view said) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> beginnings{{
        {"http/", "HTTP"},
        {"<html", "HTTP"},
        {"<!doctype", "HTTP"},
        {"ssh-", "SSH"},
        {"220 ", "SMTP or FTP"},
        {"220-", "SMTP or FTP"},
        {"554 ", "SMTP"},
        {"+ok", "POP3"},
        {"* ok", "IMAP"},
    }};
    const std::string text = lower(said.substr(0, 16));
    const auto* const known = std::find_if(beginnings.begin(), beginnings.end(),
                                           [&](const auto& entry) { return text.starts_with(entry.first); });
    if (known == beginnings.end()) return std::nullopt;
    return known->second;
}

/// What the far end said in plain text, of itself or to the ClientHello.
std::string plain_words(const Attempt& attempt) {
    if (const Event* const plain = attempt.find(What::tls_plaintext)) return plain->text;
    return attempt.received_bytes();
}

Finding judge_words(const Attempt& attempt, std::string_view said) {
    if (const auto protocol = well_known_protocol(said))
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                     fmt::format("it speaks {}: {}", *protocol, quoted(said)));
    return reached(Cause::connected, spoke_first(attempt, said));
}

/// TLS was tried without a word of plain text in return.
Finding judge_silence(const Attempt& attempt, const Event& silent) {
    const std::string before = stood(attempt);
    if (!before.empty())
        return reached(Cause::connected, fmt::format("{}, and a TLS greeting stayed unanswered", before));
    Finding finding = found(Cause::connected, Owner::nobody, Confidence::possible,
                            fmt::format("the connection stood for {:.1f} s, in which a TLS greeting stayed unanswered",
                                        silent.code / 1000.0));
    finding.warnings.emplace_back(
        "Either the service speaks no TLS here, or its answer is lost on the way; the service's log tells which.");
    return finding;
}

}  // namespace

std::chrono::milliseconds hold_before_tls(const Check& check, std::initializer_list<std::uint16_t> tls_ports) {
    const bool tls_is_the_rule = std::find(tls_ports.begin(), tls_ports.end(), check.port.number) != tls_ports.end();
    return hold_of(check, tls_is_the_rule ? std::chrono::milliseconds(0) : usual_hold);
}

std::unique_ptr<Dialogue> hold_and_try_tls(std::chrono::milliseconds hold) {
    return std::make_unique<HoldAndTryTls>(hold);
}

Finding judge_optional_tls(const Attempt& attempt, std::string (*text)(const Attempt& attempt)) {
    if (attempt.find(What::tls_ok) != nullptr) return reached(Cause::answered, text(attempt));
    if (const std::string said = plain_words(attempt); !said.empty()) return judge_words(attempt, said);
    if (const Event* const silent = attempt.find_last(What::silent)) return judge_silence(attempt, *silent);
    if (const std::string before = stood(attempt); !before.empty())
        return reached(Cause::connected, before + "; it does not speak TLS");
    return unanswered(attempt);
}

}  // namespace fdnprobe::probes
