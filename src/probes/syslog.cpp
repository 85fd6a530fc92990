#include "probes/syslog.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/hold.hpp"
#include "probes/mute.hpp"
#include "wire/syslog.hpp"

namespace fdnprobe::probes {
namespace {

constexpr std::string_view receiver = "a syslog receiver";
/// Long enough for a device on the path, or an allow list at the service, to have second thoughts.
constexpr std::chrono::milliseconds usual_hold{2000};

/// RFC 5426, 3.1, has one message in a datagram; one without a byte is none, and draws ICMP like any other.
class EmptyDatagrams final : public Dialogue {
  public:
    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send_once("");
            case Input::Kind::done: return Step::receive(largest_datagram, waits_.at(sent_++));
            case Input::Kind::silent: return sent_ < waits_.size() ? Step::send_once("") : Step::finish();
            default: return Step::finish();
        }
    }

  private:
    /// The driver repeats what is lost, but not what is empty: it cannot tell it from nothing.
    std::array<std::chrono::milliseconds, 3> waits_{std::chrono::milliseconds(500), std::chrono::milliseconds(1000),
                                                    std::chrono::milliseconds(0)};
    std::size_t sent_ = 0;
};

/// One message, which is in the receiver's log as often as it is sent: once.
class OneMessage final : public Dialogue {
  public:
    OneMessage(std::string message, std::chrono::milliseconds wait) : message_(std::move(message)), wait_(wait) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send_once(message_);
            case Input::Kind::done: return Step::receive(largest_datagram, wait_);
            default: return Step::finish();
        }
    }

  private:
    std::string message_;
    std::chrono::milliseconds wait_;
};

std::string message(const Occasion& occasion) {
    return wire::syslog::encode({.severity = wire::syslog::severity_debug,
                                 .time = occasion.now,
                                 .program = "fdnprobe",
                                 .text = std::string(explaining_text) + ", allowed by whoever ran it"});
}

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    const bool stream = check.transport() == Transport::tcp;
    const std::chrono::milliseconds hold = hold_of(check, usual_hold);
    if (!check.permitted) {
        if (stream) return hold_connection(hold);
        return std::make_unique<EmptyDatagrams>();
    }
    if (stream) return std::make_unique<OneMessage>(wire::syslog::frame(message(occasion)), hold);
    return std::make_unique<OneMessage>(message(occasion), std::chrono::milliseconds(0));
}

Finding judge_stream(const Check& check, const Attempt& attempt) {
    if (!check.permitted || !attempt.received_bytes().empty()) return judge_mute_connection(attempt, receiver, "");
    const Event* const silent = attempt.find_last(What::silent);
    // No receiver closes on whoever has just told it something; and what was not even acknowledged did not arrive.
    if (silent == nullptr || silent->detail == 0) return unanswered(attempt);
    return judge_mute_connection(attempt, receiver,
                                 silent->detail == 1 ? "a message was sent and acknowledged" : "a message was sent");
}

Finding judge(const Check& check, const Attempt& attempt) {
    if (check.transport() == Transport::tcp) return judge_stream(check, attempt);
    return judge_mute_datagrams(attempt, receiver,
                                check.permitted
                                    ? "syslog is never answered, so only the receiver's log, where a message of "
                                      "fdnprobe would stand, or a responder in its place can decide"
                                    : "syslog is never answered, so only ICMP, the path, or a responder in the "
                                      "receiver's place can decide");
}

}  // namespace

constinit const Probe syslog{
    {
        .name = "syslog",
        .over_tcp = true,
        .over_udp = true,
        .sends = "Empty datagrams, which are no message, or a TCP connection without a byte, held for 2 s; with "
                 "`--allow-syslog-message` one message of the severity debug that says what it is.",
        .positive = "TCP: the connection is accepted and not dropped. UDP: nothing that the receiver itself says, so "
                    "only ICMP, the path or a responder decide.",
        .options = hold_options,
        .permission = "syslog-message",
        .one_way = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
