// Reading any bytes as an IKE message ends, stays within its bounds, and gives what can be written and read again as
// the same; and so do its proposals and notifications, in either version.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "wire/ike.hpp"
#include "wire/ike_names.hpp"

namespace ike = fdnprobe::wire::ike;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read_proposals(std::uint8_t version, std::string_view body) {
    const auto proposals = ike::decode_proposals(version, body);
    if (!proposals) {
        require(!proposals.error().empty());
        return;
    }
    require(!proposals->empty());
    require(ike::decode_proposals(version, ike::encode_proposals(version, *proposals)) == proposals);
    for (const ike::Proposal& proposal : *proposals) {
        const std::string name = ike::suite_name(version, proposal);
        require(name.size() < 500 && fdnprobe::printable(name) == name);
    }
}

void read_notification(std::uint8_t version, std::string_view body) {
    const auto notification = ike::decode_notification(version, body);
    if (!notification) return;
    require(ike::decode_notification(version, ike::encode_notification(version, *notification)) == notification);
    require(!ike::notification_name(version, notification->type).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const std::uint8_t version : {ike::version_1, ike::version_2}) {
        read_proposals(version, bytes);
        read_notification(version, bytes);
    }
    const auto message = ike::decode(bytes);
    if (!message) {
        require(!message.error().empty());
        return 0;
    }
    require(message->payloads.size() <= ike::most_payloads);
    if (!message->is_version_1() || !message->payloads.empty()) require(ike::decode(ike::encode(*message)) == message);
    for (const ike::Payload& payload : message->payloads) {
        read_proposals(message->version, payload.body);
        read_notification(message->version, payload.body);
    }
    return 0;
}
