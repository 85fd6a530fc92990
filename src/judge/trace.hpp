// Questions that several judges ask of a trace. Events stand in the order in which they happened, so "later" is a
// matter of position; times are only for people.
#pragma once

#include <optional>
#include <string>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// The first event of that kind that stands after `mark`; nullptr for `mark` means from the beginning.
[[nodiscard]] const Event* find_after(const Attempt& attempt, const Event* mark, What what);

/// The far end's transport was up. What had gone wrong before (a descriptor to wait for, a first try that the socket
/// joined to itself) was overcome.
[[nodiscard]] bool connected(const Attempt& attempt);

/// Where packets went: to the proxy, where there is one.
[[nodiscard]] const std::optional<SocketAddress>& dialled(const Attempt& attempt);

/// The far end said something. A proxy's words are not the far end's.
[[nodiscard]] bool answered(const Attempt& attempt, const Event* after = nullptr);

/// Something was sent to the far end, or a TLS handshake was begun with it.
[[nodiscard]] bool spoken_to(const Attempt& attempt);

/// The attempt got past the name: it has something to say of the network.
[[nodiscard]] bool left_this_host(const Attempt& attempt);

/// What ended a connection by force: a reset, or a send that found the connection gone. nullptr: nothing did.
[[nodiscard]] const Event* find_abort(const Attempt& attempt);

/// TLS was only tried, and the far end has shown that it does without: what it did about the ClientHello says nothing
/// of the path, and its own judge says what remains.
[[nodiscard]] bool did_without_tls(const Attempt& attempt);

/// Connections carry the answer; datagrams may simply stay unanswered.
[[nodiscard]] inline bool over_tcp(const Check& check) { return check.transport() == Transport::tcp; }

/// "3.5 s", "250 ms".
[[nodiscard]] std::string spell_milliseconds(std::int32_t milliseconds);

}  // namespace fdnprobe::judge
