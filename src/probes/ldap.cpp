#include "probes/ldap.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "wire/ldap.hpp"

namespace fdnprobe::probes {
namespace {

namespace wire_ldap = wire::ldap;
using wire_ldap::Kind;
using wire_ldap::Message;
using wire_ldap::MessageFault;

/// The rootDSE's attributes are operational, so they come only when they are named (RFC 4512, 5.1); the second one is
/// RFC 3045's.
constexpr std::array<std::string_view, 2> wanted{"supportedLDAPVersion", "vendorName"};

/// An answer takes two messages, and a domain controller sends both in one datagram.
constexpr int most_messages = 16;
constexpr std::size_t largest_datagram = 4096;
/// A diagnostic is a sentence, if that.
constexpr std::size_t longest_diagnostic = 160;

constexpr std::string_view silence_over_udp =
    "usually only domain controllers answer LDAP over UDP, so a capture or a responder at the far end would have to "
    "decide";

/// RFC 4511, 4.1.1.1: positive, because 0 is for what nobody has asked for.
std::int32_t message_id(std::uint64_t seed) {
    const auto id = static_cast<std::int32_t>((seed ^ (seed >> 32U)) & 0x7FFFFFFFU);
    return id == 0 ? 1 : id;
}

/// No message carries it (RFC 4511, 4.1.1.1).
constexpr std::int32_t nobodys_id = -1;

/// Nothing that comes after these changes what has been said.
bool is_last(const Message& message, std::int32_t id) {
    return (message.kind == Kind::done && message.id == id) || message.kind == Kind::disconnection;
}

class StreamSearch final : public Dialogue {
  public:
    explicit StreamSearch(std::int32_t id) : id_(id) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(wire_ldap::encode_root_search(id_, wanted));
            case Input::Kind::done: return answered_ ? Step::finish() : read();
            case Input::Kind::received: heard_ += input.bytes; return listen();
            default: return Step::finish();
        }
    }

  private:
    Step listen() {
        for (;;) {
            const auto message = wire_ldap::parse_message(heard_);
            if (!message) return message.error().fault == MessageFault::incomplete ? read() : Step::finish();
            if (message->kind == Kind::disconnection || ++messages_ == most_messages) return Step::finish();
            answered_ = is_last(*message, id_);
            // RFC 4511, 4.3: the client says that it has done.
            if (answered_) return Step::send(wire_ldap::encode_unbind(next_id()));
            heard_.erase(0, message->size);
        }
    }

    /// A message of the largest size is never incomplete, so there is always room for one more byte.
    [[nodiscard]] Step read() const { return Step::receive(wire_ldap::largest_message - heard_.size()); }

    /// RFC 4511, 4.1.1.1: a session does not use an id twice.
    [[nodiscard]] std::int32_t next_id() const { return message_id(static_cast<std::uint64_t>(id_) + 1); }

    std::int32_t id_;
    std::string heard_;
    int messages_ = 0;
    bool answered_ = false;
};

/// The messages of a datagram, as far as they can be read.
std::vector<Message> messages_in(std::string_view bytes) {
    std::vector<Message> messages;
    while (messages.size() < most_messages) {
        auto message = wire_ldap::parse_message(bytes);
        if (!message) break;
        bytes.remove_prefix(message->size);
        messages.push_back(*std::move(message));
    }
    return messages;
}

class DatagramSearch final : public Dialogue {
  public:
    explicit DatagramSearch(std::int32_t id) : id_(id) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(wire_ldap::encode_root_search(id_, wanted));
            case Input::Kind::done: return Step::receive(largest_datagram);
            case Input::Kind::received:
                // Anybody may send a datagram: what does not fit is left aside and waited past.
                if (++datagrams_ == most_messages) return Step::finish();
                for (const Message& message : messages_in(input.bytes))
                    if (is_last(message, id_)) return Step::finish();
                return Step::receive(largest_datagram);
            default: return Step::finish();
        }
    }

  private:
    std::int32_t id_;
    int datagrams_ = 0;
};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    const std::int32_t id = message_id(occasion.seed);
    if (check.transport() == Transport::udp) return std::make_unique<DatagramSearch>(id);
    return std::make_unique<StreamSearch>(id);
}

std::string result_of(const Message& message) {
    const std::string_view name = wire_ldap::result_name(message.result);
    std::string text = fmt::format("result {}", message.result);
    if (!name.empty()) text += fmt::format(" ({})", name);
    if (!trim(message.diagnostic).empty())
        text += fmt::format(": '{}'", printable(trim(message.diagnostic), longest_diagnostic));
    return text;
}

/// The values of an attribute, escaped; empty where the entry has none.
std::string values_of(const Message& entry, std::string_view type) {
    std::string text;
    for (const wire_ldap::Attribute& attribute : entry.attributes) {
        if (lower(attribute.type) != lower(type)) continue;
        for (const std::string& value : attribute.values) text += (text.empty() ? "" : ", ") + printable(value, 60);
    }
    return printable(text, 120);
}

std::string entry_text(const Message& entry) {
    std::string text = "its rootDSE came";
    if (const std::string versions = values_of(entry, wanted[0]); !versions.empty())
        text += ", with LDAP version " + versions;
    if (const std::string vendor = values_of(entry, wanted[1]); !vendor.empty())
        text += fmt::format(", of '{}'", vendor);
    return text;
}

/// Reads messages as they came, and remembers what they come to.
class Answer {
  public:
    explicit Answer(std::int32_t id) : id_(id) {}

    /// Takes the messages at the front of `bytes`; true when nothing more can change the finding.
    bool take(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto message = wire_ldap::parse_message(bytes);
            if (!message) {
                remember(message.error(), bytes);
                return false;
            }
            bytes.remove_prefix(message->size);
            if (take(*message)) return true;
        }
        return false;
    }

    [[nodiscard]] std::optional<Finding> finding() const {
        if (decided_) return decided_;
        if (entry_) return reached(Cause::answered, *entry_ + "; no result followed");
        return suspicion_;
    }

  private:
    bool take(const Message& message) {
        if (message.kind == Kind::disconnection) {
            decided_ = found(Cause::service_denied, Owner::service, Confidence::proven,
                             "it ends the connection with " + result_of(message));
        } else if (message.id != id_) {
            suspect(found(Cause::bad_answer, Owner::service, Confidence::likely, "it answers another question"));
        } else if (message.kind == Kind::done) {
            const std::string result = "with " + result_of(message);
            decided_ = reached(Cause::answered, entry_ ? *entry_ + ", " + result : "the search ends " + result);
        } else if (message.kind == Kind::entry) {
            entry_ = entry_text(message);
        } else if (message.kind != Kind::reference) {
            suspect(found(Cause::bad_answer, Owner::service, Confidence::likely,
                          "what came is not the answer to a search"));
        }
        return decided_.has_value();
    }

    void remember(const wire_ldap::MessageProblem& problem, std::string_view bytes) {
        if (problem.fault == MessageFault::foreign)
            suspect(found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                          fmt::format("it said {}", quoted(bytes))));
        else
            suspect(found(Cause::bad_answer, Owner::service, Confidence::likely, problem.what));
    }

    /// The first fault explains those after it.
    void suspect(Finding finding) {
        if (!suspicion_) suspicion_ = std::move(finding);
    }

    std::int32_t id_;
    std::optional<std::string> entry_;
    std::optional<Finding> decided_;
    std::optional<Finding> suspicion_;
};

/// The id that was asked with; nothing where nothing was asked.
std::optional<std::int32_t> asked_id(const Attempt& attempt) {
    const Event* const sent = attempt.find(What::sent);
    if (sent == nullptr) return std::nullopt;
    const auto question = wire_ldap::parse_message(sent->text);
    if (!question) return std::nullopt;
    return question->id;
}

Finding judge_datagrams(const Attempt& attempt, std::int32_t id) {
    Answer answer(id);
    for (const Event& event : attempt.evidence) {
        if (event.what != What::received) continue;
        if (!event.from) {
            if (event.text.empty()) continue;
            if (answer.take(event.text)) break;
            continue;
        }
        // From elsewhere only an answer to this question counts; the rest has nothing to do with it.
        Answer stray(id);
        stray.take(event.text);
        auto finding = stray.finding();
        if (!finding || finding->cause != Cause::answered) continue;
        finding->confidence = Confidence::likely;
        finding->warnings.push_back(came_from_elsewhere(event));
        return *std::move(finding);
    }
    if (auto finding = answer.finding()) return *std::move(finding);
    Finding silence = no_reply();
    silence.detail = silence_over_udp;
    return silence;
}

Finding judge(const Check& check, const Attempt& attempt) {
    const std::int32_t id = asked_id(attempt).value_or(nobodys_id);
    if (check.transport() == Transport::udp) return judge_datagrams(attempt, id);
    Answer answer(id);
    answer.take(attempt.received_bytes());
    if (auto finding = answer.finding()) return *std::move(finding);
    return unanswered(attempt);
}

}  // namespace

constinit const Probe ldap{
    {
        .name = "ldap",
        .over_tcp = true,
        .over_udp = true,
        .sends =
            "One anonymous search for what the directory says of itself (its rootDSE), then an unbind; nobody logs "
            "in.",
        .positive = "The result of that search, whatever its code.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
