// How the lab plays the far end of each probe: one line a probe, in emulation.cpp. What an emulation says is held
// against the real server's behaviour by tests/cli.
#pragma once

#include <string>
#include <string_view>

#include "fdnprobe/row.hpp"
#include "peers/listener.hpp"

namespace fdnprobe::peers {

/// What the emulated peers of one lab share.
struct EmulationSettings {
    std::string radius_secret;
};

/// The far end of one probe.
struct Emulation {
    std::string_view probe;
    /// Whether a port of this number is served inside TLS.
    bool (*tls)(Port port) = nullptr;
    /// For TCP; nullptr: there is none.
    ServeConnection (*serve)(const EmulationSettings& settings) = nullptr;
    /// For UDP; nullptr: there is none.
    AnswerDatagram (*answer)(const EmulationSettings& settings) = nullptr;
    /// For incoming rows over TCP, where the device's part differs from what the peer plays at outgoing ones: what it
    /// does with a connection, to which the lab adds no TLS. nullptr: it does not differ.
    ServeConnection (*serve_as_device)(const EmulationSettings& settings) = nullptr;
};

/// For `Emulation::tls`: on every port, and on none.
[[nodiscard]] bool with_tls(Port port);
[[nodiscard]] bool without_tls(Port port);

/// nullptr: the lab does not play the far end of that probe. So it is with `esp` and `ha-heartbeat`: loopback carries
/// no Ethernet, and ESP takes rights that a lab must do without.
[[nodiscard]] const Emulation* find_emulation(std::string_view probe);

}  // namespace fdnprobe::peers
