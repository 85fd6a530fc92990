#include "peers/responder_guard.hpp"

namespace fdnprobe::peers {

namespace responder = wire::responder;

Judgement ResponderGuard::judge(std::string_view bytes, const std::string& sender, Instant now) {
    if (bytes.size() < responder::message_size || !responder::may_become_message(bytes))
        return {Ruling::not_a_request, std::nullopt, {}};
    auto request = responder::decode_request(bytes, key_);
    if (!request) return {responder::decode_reply(bytes, key_) ? Ruling::a_reply : Ruling::wrong_key, std::nullopt, {}};
    const std::chrono::milliseconds difference = request->time - now.wall;
    const auto with = [&](Ruling ruling) { return Judgement{ruling, request, difference}; };
    if (difference > responder::clock_tolerance || difference < -responder::clock_tolerance)
        return with(Ruling::other_clock);
    switch (nonces_.enter(request->nonce, now.steady)) {
        case NonceMemory::Entry::seen: return with(Ruling::replay);
        case NonceMemory::Entry::full: return with(Ruling::memory_full);
        case NonceMemory::Entry::fresh: break;
    }
    return with(rates_.take(sender, now.steady) ? Ruling::answer : Ruling::too_many);
}

}  // namespace fdnprobe::peers
