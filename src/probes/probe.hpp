// The seam between what is asked of a service (a probe, pure) and how bytes get there (net/talk).
//
// A probe has a dialogue and a judge. The dialogue says what to do next: send these bytes, wait for some, start TLS,
// finish. The driver does it and writes down what happened. The dialogue keeps no record: everything it saw is in the
// attempt's evidence, and the judge reads it from there, so that an attempt that was cut off, or one that was saved to
// a file, is judged by the same code.
//
// A new probe is one pair of files in this folder, its test, its fuzz target, and one line in registry.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "model/probe_description.hpp"

namespace fdnprobe::probes {

/// What the driver is to do next.
struct Step {
    enum class Kind : std::uint8_t {
        send,       ///< `bytes`: one datagram (UDP), or all of it (TCP, TLS)
        receive,    ///< wait for bytes or a datagram, at most `limit` of them, at most `wait`
        start_tls,  ///< handshake, with the check's server name; after it, send and receive are inside TLS
        hold,       ///< keep the connection for `wait` and see whether it is closed or reset
        finish,     ///< close and judge
    };
    Kind kind = Kind::finish;
    std::string bytes;
    std::size_t limit = 4096;          ///< bytes
    std::chrono::milliseconds wait{};  ///< zero: what is left of the stage's budget
    bool repeat = true;                ///< send: a datagram without an answer may be sent again as it is
    bool optional = false;             ///< start_tls: a failure is heard of as `refused` and ends nothing

    static Step send(std::string bytes);
    /// For datagrams that must each be different: the dialogue repeats them itself.
    static Step send_once(std::string bytes);
    static Step receive(std::size_t limit, std::chrono::milliseconds wait = {});
    static Step start_tls();
    /// For services that may speak TLS or not.
    static Step try_tls();
    static Step hold(std::chrono::milliseconds wait);
    static Step finish();
};

/// What came of the last step.
struct Input {
    enum class Kind : std::uint8_t {
        ready,     ///< the transport is there: the dialogue begins
        done,      ///< the step was carried out (sent; TLS is up; held)
        received,  ///< `bytes`: what this step brought, not what came before
        closed,    ///< the far end closed in order
        silent,    ///< nothing came within the step's time
        refused,   ///< the TLS that was tried came to nothing
    };
    Kind kind = Kind::ready;
    std::string_view bytes;
};

/// A failure (reset, ICMP, TLS failure, the end of the stage's budget) ends the dialogue without asking it.
class Dialogue {
  public:
    Dialogue() = default;
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;
    virtual ~Dialogue() = default;
    /// Called first with `ready`, then with the outcome of each step, until it says `finish`.
    virtual Step resume(const Input& input) = 0;
    /// Whether a datagram can be meant for it. Below UDP there are no ports, and a socket hears everybody's: what is
    /// not wanted is passed over as if it had never come.
    [[nodiscard]] virtual bool wants([[maybe_unused]] std::string_view datagram) const { return true; }
};

/// What differs from one attempt to the next, so that dialogues need neither a clock nor chance.
struct Occasion {
    std::uint64_t seed = 0;  ///< makes ids and nonces: no two attempts of any run share one
    std::chrono::system_clock::time_point now{};
    std::chrono::milliseconds budget{3500};  ///< of the exchange, for dialogues that share it out
};

struct Probe {
    ProbeDescription description;
    std::unique_ptr<Dialogue> (*begin)(const Check& check, const Occasion& occasion) = nullptr;
    /// Called only for attempts whose transport was connected and did not fail, and, where TLS was started, whose
    /// handshake completed and whose certificate was accepted: what does the service's own answer come to?
    Finding (*judge)(const Check& check, const Attempt& attempt) = nullptr;
};

}  // namespace fdnprobe::probes
