// A far end in memory, and the part of the driver that a probe can notice: plays a dialogue to its end and writes down
// the evidence. Used by the tests and by the fuzz target of the probes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "probes/probe.hpp"

namespace fdnprobe::probes::testing {

struct FarEnd {
    std::vector<std::string> pieces = {};  ///< datagrams, or what a read of the stream brings
    bool closes = false;                   ///< after the last piece; otherwise it is silent
    bool datagrams = false;
    bool wants_client_certificate = false;
    bool speaks_tls = true;               ///< a TLS that is only tried comes about
    std::size_t dies_at_step = SIZE_MAX;  ///< the driver fails at that step, and the dialogue is not asked again
};

struct Played {
    Attempt attempt;
    std::vector<Step> steps;
    bool finished = false;  ///< by the dialogue, not by a failure or by `most_steps`
};

inline Event event_of(What what, std::string text = "", std::int32_t code = 0, std::int32_t detail = 0) {
    Event event;
    event.stage = Stage::exchange;
    event.what = what;
    event.code = code;
    event.detail = detail;
    event.text = std::move(text);
    return event;
}

inline Played play(const Probe& probe, const Check& check, const FarEnd& far_end, std::uint64_t seed = 0x1234,
                   std::size_t most_steps = 100'000) {
    Played played;
    auto& evidence = played.attempt.evidence;
    evidence.push_back(event_of(What::connect_ok));
    std::size_t piece = 0;
    std::size_t offset = 0;
    std::string bytes;
    const auto dialogue = probe.begin(check, Occasion{seed, std::chrono::sys_days{std::chrono::January / 1 / 2027}});
    const auto take = [&](std::size_t limit) -> Input {
        while (far_end.datagrams && piece < far_end.pieces.size() && !dialogue->wants(far_end.pieces[piece])) ++piece;
        if (piece == far_end.pieces.size()) {
            if (far_end.closes) {
                evidence.push_back(event_of(What::closed));
                return {Input::Kind::closed, {}};
            }
            evidence.push_back(event_of(What::silent, "", 3500, 1));
            return {Input::Kind::silent, {}};
        }
        bytes = far_end.pieces[piece].substr(offset, limit);
        offset += bytes.size();
        if (far_end.datagrams || offset == far_end.pieces[piece].size()) {
            ++piece;
            offset = 0;
        }
        evidence.push_back(event_of(What::received, bytes, static_cast<std::int32_t>(bytes.size())));
        return {Input::Kind::received, bytes};
    };
    Input input;
    while (played.steps.size() < most_steps) {
        const Step& step = played.steps.emplace_back(dialogue->resume(input));
        if (step.kind == Step::Kind::finish) {
            played.finished = true;
            return played;
        }
        if (played.steps.size() > far_end.dies_at_step) {
            evidence.push_back(event_of(What::reset, "", 104));
            return played;
        }
        input = {Input::Kind::done, {}};
        switch (step.kind) {
            case Step::Kind::send:
                evidence.push_back(event_of(What::sent, step.bytes, static_cast<std::int32_t>(step.bytes.size())));
                break;
            case Step::Kind::receive: input = take(step.limit); break;
            case Step::Kind::start_tls: {
                evidence.push_back(event_of(What::tls_start, "", 0, step.optional ? 1 : 0));
                if (step.optional && !far_end.speaks_tls) {
                    evidence.push_back(event_of(What::tls_plaintext, "220 not TLS", 11));
                    input = {Input::Kind::refused, {}};
                    break;
                }
                TlsFacts facts;
                facts.complete = true;
                facts.client_certificate_requested = far_end.wants_client_certificate;
                played.attempt.tls = std::make_shared<const TlsFacts>(facts);
                evidence.push_back(event_of(What::tls_ok));
                break;
            }
            case Step::Kind::hold:
                if (piece < far_end.pieces.size() || far_end.closes)
                    input = take(step.limit);
                else
                    evidence.push_back(event_of(What::held, "", static_cast<std::int32_t>(step.wait.count())));
                break;
            case Step::Kind::finish: break;
        }
    }
    return played;
}

/// The whole way: a played attempt, judged.
inline Finding judged(const Probe& probe, const Check& check, const FarEnd& far_end) {
    return probe.judge(check, play(probe, check, far_end).attempt);
}

/// Calls `run` with every way to cut `bytes` in two, and with every byte alone.
inline void for_every_split(const std::string& bytes, const std::function<void(const std::vector<std::string>&)>& run) {
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) run({bytes.substr(0, cut), bytes.substr(cut)});
    std::vector<std::string> single;
    for (const char byte : bytes) single.emplace_back(1, byte);
    run(single);
}

inline Check check_of(std::string probe, Transport transport, std::uint16_t port, std::string host) {
    Check check;
    check.probe = std::move(probe);
    check.port = {transport, port};
    check.dial_port = port;
    check.host = std::move(host);
    check.server_name = check.host;
    check.public_name = true;
    return check;
}

}  // namespace fdnprobe::probes::testing
