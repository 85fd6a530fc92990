#include "probes/ha_heartbeat.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "wire/fgcp.hpp"
#include "wire/responder.hpp"

namespace fdnprobe::probes {
namespace {

namespace fgcp = wire::fgcp;

/// Heartbeats alone: on the other types frames travel that carry data between members.
constexpr std::uint16_t heartbeat_type = 0x8890;
/// An Ethernet frame that is not a jumbo one.
constexpr std::size_t largest_frame = 1518;
/// Every member of the largest cluster (four) has by then been heard several times, each every 200 ms by default.
constexpr int most_frames = 16;
/// After the first heartbeat, for those of the other members: several times their default interval.
constexpr std::chrono::milliseconds others_wait{1000};

class Listen final : public Dialogue {
  public:
    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::receive(largest_frame);
            case Input::Kind::received:
                heard_ = heard_ || fgcp::decode(input.bytes).has_value();
                if (++frames_ == most_frames) return Step::finish();
                return heard_ ? Step::receive(largest_frame, others_wait) : Step::receive(largest_frame);
            default: return Step::finish();
        }
    }

    /// What a prober and a responder say to each other on these EtherTypes is not from a member.
    [[nodiscard]] bool wants(std::string_view datagram) const override {
        return datagram.size() < wire::responder::message_size || !wire::responder::may_become_message(datagram);
    }

  private:
    bool heard_ = false;
    int frames_ = 0;
};

std::unique_ptr<Dialogue> begin(const Check&, const Occasion&) { return std::make_unique<Listen>(); }

std::string_view mode_name(std::uint8_t mode) {
    return mode == fgcp::mode_active_active ? "active-active" : "active-passive";
}

std::string member_name(const fgcp::Heartbeat& heartbeat) {
    return fmt::format("{} on its {}", printable(heartbeat.serial), printable(heartbeat.port));
}

std::string cluster_name(const fgcp::Heartbeat& heartbeat) {
    return fmt::format("group '{}' (id {}, {})", printable(heartbeat.group), heartbeat.group_id,
                       mode_name(heartbeat.mode));
}

/// Each member once, in the order in which they were heard.
std::vector<fgcp::Heartbeat> members(const std::vector<fgcp::Heartbeat>& heartbeats) {
    std::vector<fgcp::Heartbeat> list;
    for (const fgcp::Heartbeat& one : heartbeats)
        if (std::none_of(list.begin(), list.end(), [&](const auto& other) { return other.serial == one.serial; }))
            list.push_back(one);
    return list;
}

Finding judge_heartbeats(const std::vector<fgcp::Heartbeat>& heartbeats) {
    const std::vector<fgcp::Heartbeat> heard = members(heartbeats);
    std::vector<std::string> names;
    bool one_cluster = true;
    for (const fgcp::Heartbeat& member : heard) {
        names.push_back(member_name(member));
        one_cluster = one_cluster && cluster_name(member) == cluster_name(heard.front());
    }
    Finding finding = reached(Cause::answered, fmt::format("heartbeats of {}, from {}", cluster_name(heard.front()),
                                                           fmt::join(names, " and ")));
    // Two clusters with one id on one segment also share their virtual MAC addresses.
    if (!one_cluster)
        finding.warnings.emplace_back("The heartbeats that were heard do not agree on the group or its mode.");
    return finding;
}

std::string sender_of(const Event& frame) {
    return frame.hardware ? frame.hardware->to_string() : std::string("an unknown sender");
}

Finding judge(const Check& check, const Attempt& attempt) {
    std::vector<fgcp::Heartbeat> heartbeats;
    const Event* other = nullptr;
    for (const Event& event : attempt.evidence) {
        if (event.what != What::received) continue;
        if (auto heartbeat = fgcp::decode(event.text))
            heartbeats.push_back(std::move(*heartbeat));
        else if (other == nullptr)
            other = &event;
    }
    if (!heartbeats.empty()) return judge_heartbeats(heartbeats);
    if (other != nullptr) {
        // Switches of other makers use the type of the heartbeats for something of their own.
        if (check.port.number == heartbeat_type)
            return found(Cause::bad_answer, Owner::unknown, Confidence::likely,
                         fmt::format("frames of this type come from {}, and none of them reads as a heartbeat",
                                     sender_of(*other)));
        return found(Cause::answered, Owner::nobody, Confidence::likely,
                     fmt::format("frames of this type are on the segment, from {}", sender_of(*other)));
    }
    Finding finding = no_reply();
    finding.detail = fmt::format(
        "only members of a cluster send such frames{}, so that this may also be the wrong interface or VLAN; a "
        "responder on the segment would decide",
        check.port.number == heartbeat_type ? "" : ", and these only where there is something to send");
    return finding;
}

}  // namespace

constinit const Probe ha_heartbeat{
    {
        .name = "ha-heartbeat",
        .sends = "Nothing: it listens for frames of the type on the interface.",
        .positive = "A heartbeat of a cluster, or, for the types that carry data too, any frame of the type.",
        .options = {},
        .over_ethernet = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
