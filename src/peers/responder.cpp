#include "peers/responder.hpp"

#include <fmt/format.h>

namespace fdnprobe::peers {

namespace responder = wire::responder;

namespace {

constexpr std::string_view no_request = "no request of fdnprobe";

std::string refusal_text(const Judgement& judgement) {
    switch (judgement.ruling) {
        case Ruling::not_a_request: return std::string(no_request);
        case Ruling::wrong_key: return "wrong key";
        case Ruling::other_clock: {
            const double seconds = std::chrono::duration<double>(judgement.clock_difference).count();
            return fmt::format("the clock there is {:.0f} s {} this one", seconds < 0 ? -seconds : seconds,
                               seconds < 0 ? "behind" : "ahead of");
        }
        case Ruling::replay: return "replay";
        case Ruling::memory_full: return "rate: too many requests within ten minutes to remember them all";
        case Ruling::too_many: return "rate";
        case Ruling::answer:
        case Ruling::a_reply: break;
    }
    return {};
}

responder::Reply reply_to(const responder::Request& request, const Arrival& arrival, Instant now) {
    responder::Reply reply;
    reply.kind = request.kind;
    reply.arrived_at = arrival.port;
    reply.time = now.wall;
    reply.nonce = request.nonce;
    reply.attempt = request.attempt;
    reply.source = arrival.source;
    reply.hardware_source = arrival.hardware_source;
    reply.ttl = arrival.ttl;
    return reply;
}

}  // namespace

std::string Responder::answer(std::string_view bytes, const Arrival& arrival, Instant now) {
    const Judgement judgement = guard_.judge(bytes, arrival.sender(), now);
    // What came too fast has come all the same.
    const bool came = judgement.ruling == Ruling::answer || judgement.ruling == Ruling::too_many;
    if (came && judgement.request->kind == responder::Kind::reach)
        arrivals_.note(judgement.request->attempt, arrival, now.steady);
    if (judgement.ruling == Ruling::answer) {
        if (judgement.request->kind == responder::Kind::reach) return confirm(*judgement.request, arrival, now);
        return tell_arrivals(*judgement.request, arrival, now);
    }
    // Raw sockets hear what this host sends to itself.
    if (judgement.ruling != Ruling::a_reply) log_.refused(arrival, refusal_text(judgement), now);
    return {};
}

std::string Responder::confirm(const responder::Request& request, const Arrival& arrival, Instant now) {
    const bool translated = request.asked != arrival.port;
    log_.answered(arrival,
                  translated ? fmt::format("confirmed, dialled as {}", request.asked.to_string()) : "confirmed", now);
    return encode(reply_to(request, arrival, now), guard_.key());
}

std::string Responder::tell_arrivals(const responder::Request& request, const Arrival& arrival, Instant now) {
    const auto count = arrivals_.of(request.attempt, now.steady);
    responder::Reply reply = reply_to(request, count ? count->last : Arrival{arrival.port, {}, {}, {}}, now);
    reply.arrivals = count ? count->count : std::uint16_t{0};
    reply.listening = listening_.contains(request.asked);
    log_.answered(arrival, fmt::format("asked what had come to {}: {}", request.asked.to_string(), reply.arrivals),
                  now);
    return encode(reply, guard_.key());
}

void Responder::note_no_request(const Arrival& arrival, Instant now) { log_.refused(arrival, no_request, now); }

}  // namespace fdnprobe::peers
