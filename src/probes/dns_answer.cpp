#include "probes/dns_answer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "probes/dns_question.hpp"
#include "probes/finding.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::probes {
namespace {

using wire::dns::Message;

/// A sentence with more addresses than this is not read.
constexpr std::size_t most_shown = 4;

std::vector<Address> addresses(const Message& message) {
    std::vector<Address> list;
    for (const auto& record : message.answers)
        if (record.address) list.push_back(*record.address);
    return list;
}

std::string in_words(const std::vector<Address>& list) {
    std::vector<std::string> words;
    for (const Address& address : list)
        if (words.size() < most_shown) words.push_back(address.to_string());
    std::string text = fmt::format("{}", fmt::join(words, ", "));
    if (list.size() > words.size()) text += fmt::format(" and {} more", list.size() - words.size());
    return text;
}

/// "NXDOMAIN", "173.243.138.66", "no address".
std::string in_words(const Message& message) {
    if (message.rcode != wire::dns::rcode_noerror) return wire::dns::rcode_name(message.rcode);
    const std::vector<Address> list = addresses(message);
    return list.empty() ? "no address" : in_words(list);
}

/// Two servers' caches differ in the order and the age of records, and that means nothing.
bool same_answer(const Message& one, const Message& other) {
    auto left = addresses(one);
    auto right = addresses(other);
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    return one.rcode == other.rcode && left == right;
}

std::optional<Finding> sinkhole(const Check& check, const DnsQuestion& question, const Message& message) {
    if (!question.is_public) return std::nullopt;
    const std::vector<Address> list = addresses(message);
    const std::string name = printable(question.name);
    const auto page =
        std::find_if(list.begin(), list.end(), [&](const Address& one) { return check.block_page(one) != nullptr; });
    if (page != list.end())
        return found(Cause::dns_sinkhole, Owner::network, Confidence::proven,
                     fmt::format("{} was answered with {}, the block page of {}", name, page->to_string(),
                                 printable(check.block_page(*page)->name, 80)));
    const auto inside = std::find_if(list.begin(), list.end(), [](const Address& one) { return one.is_private(); });
    if (inside == list.end()) return std::nullopt;
    return found(Cause::dns_sinkhole, Owner::resolver, Confidence::likely,
                 fmt::format("{} was answered with {}, which no public name has", name, inside->to_string()));
}

Finding judge_message(const Check& check, const Message& message) {
    const DnsQuestion question = dns_question(check);
    const std::string name = printable(question.name);
    const std::string answer = fmt::format("{} for {}", wire::dns::rcode_name(message.rcode), name);
    const auto refusal = [&](Cause cause) { return found(cause, Owner::resolver, Confidence::proven, answer); };
    switch (message.rcode) {
        case wire::dns::rcode_noerror: break;
        case wire::dns::rcode_nxdomain: return refusal(Cause::nxdomain);
        case wire::dns::rcode_servfail: return refusal(Cause::servfail);
        case wire::dns::rcode_refused: return refusal(Cause::dns_refused);
        default: return refusal(Cause::bad_answer);
    }
    if (auto finding = sinkhole(check, question, message)) return *std::move(finding);
    const std::vector<Address> list = addresses(message);
    Finding finding = list.empty() ? reached(Cause::answered, fmt::format("{}, without a record of type {}", answer,
                                                                          wire::dns::type_name(question.type)))
                                   : reached(Cause::answered, fmt::format("{} is {}", name, in_words(list)));
    if (message.trailing > 0)
        finding.warnings.push_back(fmt::format("{} bytes follow the end of the answer.", message.trailing));
    return finding;
}

/// The record of an attempt does not hold what was asked, so no answer can be told from any other message.
Finding question_not_recorded() {
    return found(Cause::internal, Owner::this_host, Confidence::proven, "what was asked was not recorded");
}

/// Whether a stream goes on in another way than an answer to that id would.
bool foreign(std::string_view stream, const Message& query) {
    ByteReader reader(stream);
    reader.skip(2);
    const auto id = reader.u16();
    return id && *id != query.id;
}

}  // namespace

Finding judge_dns_stream(const Check& check, const Attempt& attempt) {
    const std::string stream = attempt.received_bytes();
    if (stream.empty()) return unanswered(attempt);
    const auto query = wire::dns::decode(wire::dns::unframe(attempt.sent_bytes()).value_or(""));
    if (!query) return question_not_recorded();
    const auto wrong_protocol = [&] {
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                     fmt::format("it said {}", quoted(stream)));
    };
    const auto bytes = wire::dns::unframe(stream);
    if (!bytes) {
        if (foreign(stream, *query)) return wrong_protocol();
        const auto whole = wire::dns::frame_size(stream);
        return found(Cause::bad_answer, Owner::service, Confidence::likely,
                     whole ? fmt::format("the answer ended after {} of {} bytes", stream.size(), *whole)
                           : fmt::format("the answer ended after {} byte", stream.size()));
    }
    const auto message = wire::dns::decode(*bytes);
    if (!message) {
        if (foreign(stream, *query)) return wrong_protocol();
        return found(Cause::dns_malformed, Owner::resolver, Confidence::proven, message.error());
    }
    if (answers(*message, *query)) return judge_message(check, *message);
    if (message->id == query->id && !message->response)
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, "the question itself came back");
    return found(Cause::bad_answer, Owner::resolver, Confidence::proven, "the answer is to another question");
}

Finding judge_dns_datagrams(const Check& check, const Attempt& attempt) {
    const auto query = wire::dns::decode(attempt.sent_bytes());
    std::vector<Message> right;
    std::optional<Message> elsewhere;
    const Event* elsewhere_event = nullptr;
    std::string malformed;
    bool echoed = false;
    std::size_t ignored = 0;
    std::size_t asked = 0;
    for (const Event& event : attempt.evidence) {
        if (event.what == What::sent) ++asked;
        if (event.what != What::received) continue;
        if (!query) return question_not_recorded();
        const auto message = wire::dns::decode(event.text);
        if (message && answers(*message, *query)) {
            if (!event.from) {
                right.push_back(*message);
            } else if (!elsewhere) {
                elsewhere = *message;
                elsewhere_event = &event;
            }
        } else if (!message && !event.from) {
            if (malformed.empty()) malformed = message.error();
        } else if (!event.from && event.text == attempt.sent_bytes()) {
            echoed = true;
        } else {
            ++ignored;
        }
    }
    Finding finding = no_reply();
    if (!right.empty()) {
        const auto other = std::find_if(right.begin() + 1, right.end(),
                                        [&](const Message& message) { return !same_answer(message, right.front()); });
        const std::string both =
            other == right.end() ? "" : fmt::format("first {}, then {}", in_words(right.front()), in_words(*other));
        // A question that was sent again may honestly be answered again, and otherwise; one question may not.
        if (!both.empty() && right.size() > asked)
            finding = found(Cause::dns_rewritten, Owner::network, Confidence::likely,
                            fmt::format("one question was answered twice: {}", both));
        else
            finding = judge_message(check, right.front());
        if (!both.empty() && right.size() <= asked)
            finding.warnings.push_back(fmt::format("The answers to the repeated question differ: {}.", both));
        if (right.front().truncated)
            finding.warnings.emplace_back("The answer was cut to fit a datagram; all of it needs TCP.");
    } else if (elsewhere) {
        finding = judge_message(check, *elsewhere);
        if (finding.confidence == Confidence::proven) finding.confidence = Confidence::likely;
        finding.warnings.push_back(came_from_elsewhere(*elsewhere_event));
    } else if (!malformed.empty()) {
        finding = found(Cause::dns_malformed, Owner::resolver, Confidence::likely, malformed);
    } else if (echoed) {
        finding = found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, "the question itself came back");
    }
    if (!right.empty() && !malformed.empty())
        finding.warnings.push_back(fmt::format("A datagram that is not DNS came as well: {}.", malformed));
    if (ignored > 0)
        finding.warnings.push_back(
            fmt::format("Datagrams that do not belong to the question came and were ignored: {}.", ignored));
    return finding;
}

}  // namespace fdnprobe::probes
