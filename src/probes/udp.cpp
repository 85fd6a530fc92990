#include "probes/udp.hpp"

#include <array>
#include <memory>
#include <string>
#include <variant>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/option.hpp"

namespace fdnprobe::probes {
namespace {

/// With its headers less than the 576 bytes that every host takes (RFC 1122, 3.3.2).
constexpr std::size_t longest_payload = 512;

constexpr std::array options{ProbeOption{"payload", "a text of 1 to 512 bytes", [](const OptionValue& value) {
                                             const auto* text = std::get_if<std::string>(&value);
                                             return text != nullptr && !text->empty() &&
                                                    text->size() <= longest_payload;
                                         }}};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return ask_by_datagram(std::string(text_option(check, "payload", explaining_text).substr(0, longest_payload)),
                           anything_fits);
}

Finding judge(const Check&, const Attempt& attempt) {
    const Event* const answer = find_datagram(attempt, anything_fits);
    if (answer == nullptr) return no_reply();
    Finding finding = reached(Cause::answered, what_came(answer->text));
    weigh_origin(finding, *answer);
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
        .one_way = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
