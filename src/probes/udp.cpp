#include "probes/udp.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/option.hpp"
#include "wire/dns.hpp"

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

/// FortiGuard's rating service is asked on UDP/53 in a protocol of its own. What reads that as DNS answers with the id
/// and the opcode that stand in the same places (RFC 1035, 4.1.1), and with QR set: the RCODE of that. Many name
/// servers send the rest of what they could not read back as it is, so that the answer need not be DNS either.
std::optional<int> dns_rcode(const Check& check, const Attempt& attempt, std::string_view answer) {
    constexpr std::size_t header = 12;
    constexpr unsigned qr = 0x8000;
    constexpr unsigned opcode = 0x7800;
    constexpr unsigned rcode = 0x000F;
    const std::string_view sent = attempt.sent_bytes();
    if (check.port != Port{Transport::udp, 53} || answer.size() < header || wire::dns::decode(sent))
        return std::nullopt;
    ByteReader question(sent);
    ByteReader reply(answer);
    const auto id = question.u16();
    const auto flags = question.u16();
    const auto reply_id = reply.u16();
    const auto reply_flags = reply.u16();
    if (!flags || !reply_flags || *id != *reply_id || (*reply_flags & qr) == 0) return std::nullopt;
    if ((*flags & opcode) != (*reply_flags & opcode)) return std::nullopt;
    return static_cast<int>(*reply_flags & rcode);
}

Finding judge_dns_answer(const Check& check, int rcode) {
    // A peer of the site's own may be a name server; FortiGuard is not.
    return found(Cause::dns_rewritten, Owner::network, check.pinned.empty() ? Confidence::likely : Confidence::possible,
                 fmt::format("something takes this port for DNS and answered {} to what is not a DNS question",
                             wire::dns::rcode_name(rcode)));
}

Finding judge(const Check& check, const Attempt& attempt) {
    const Event* const answer = find_datagram(attempt, anything_fits);
    if (answer == nullptr) return no_reply();
    if (const auto rcode = dns_rcode(check, attempt, answer->text)) {
        Finding finding = judge_dns_answer(check, *rcode);
        weigh_origin(finding, *answer);
        return finding;
    }
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
        .positive =
            "Any datagram from the address and port that were asked, but for a DNS answer on UDP/53; silence is no "
            "evidence either way.",
        .options = options,
        .one_way = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
