#include "report/path_text.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "judge/errno_text.hpp"
#include "judge/icmp.hpp"
#include "report/shown.hpp"
#include "report/text_layout.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::report {
namespace {

/// Hops stand apart more than the words of one do.
constexpr std::string_view between_hops = "   ";
/// An IPv6 address with its hop and its time; what is longer may be broken where a line ends.
constexpr std::size_t longest_kept_whole = 60;

std::string upper(Transport transport) {
    switch (transport) {
        case Transport::tcp: return "TCP";
        case Transport::udp: return "UDP";
        case Transport::esp: return "ESP";
        case Transport::ethernet: return "Ethernet";
    }
    return {};
}

std::string address_of(const HopProbe& probe) { return probe.from ? probe.from->to_string() : "an unknown device"; }

std::string icmp_text(const HopProbe& probe) {
    Event event;
    event.what = What::icmp_error;
    event.code = probe.type;
    event.detail = probe.code;
    event.from = probe.from;
    event.text = probe.from && probe.from->family() == Family::ipv6 ? "icmpv6" : "icmp";
    return judge::read_icmp(event).text;
}

/// Without its time: what makes two answers of a hop the same.
std::string answer_text(const HopProbe& probe) {
    switch (probe.answer) {
        case HopAnswer::silence: return "silence";
        case HopAnswer::time_exceeded: return address_of(probe);
        case HopAnswer::unreachable: return fmt::format("{}: {}", address_of(probe), icmp_text(probe));
        case HopAnswer::accepted: return "accepted";
        case HopAnswer::reset: return "reset";
        case HopAnswer::replied: return "answered by " + address_of(probe);
        case HopAnswer::not_sent: return "not sent: " + judge::errno_text(probe.code);
    }
    return {};
}

using Hops = std::map<std::int32_t, std::vector<const HopProbe*>>;

Hops hops_of(const Flow& flow) {
    Hops hops;
    for (const HopProbe& probe : flow.probes) hops[probe.hop].push_back(&probe);
    return hops;
}

/// What a hop's packets brought, each answer once; silence counts where nothing else came.
std::vector<std::string> answers_of(const std::vector<const HopProbe*>& probes, bool with_times) {
    std::vector<std::string> texts;
    std::vector<std::string> known;
    for (const HopProbe* probe : probes) {
        if (probe->answer == HopAnswer::silence) continue;
        std::string text = answer_text(*probe);
        if (std::find(known.begin(), known.end(), text) != known.end()) continue;
        known.push_back(text);
        const bool timed = with_times && probe->answer != HopAnswer::not_sent;
        texts.push_back(timed ? fmt::format("{} {}", text, shown_span(probe->took)) : std::move(text));
    }
    return texts;
}

std::string hop_text(const std::vector<const HopProbe*>& probes) {
    const std::vector<std::string> answers = answers_of(probes, true);
    const auto silent = static_cast<std::size_t>(std::count_if(
        probes.begin(), probes.end(), [](const HopProbe* probe) { return probe->answer == HopAnswer::silence; }));
    const auto tries = [](std::size_t count) {
        return count == 1 ? std::string("1 try") : fmt::format("{} tries", count);
    };
    if (answers.empty()) return fmt::format("silence ({})", tries(silent));
    std::string text = listed(answers);
    if (silent > 0) text += fmt::format(" ({} of {} silent)", silent, tries(probes.size()));
    return text;
}

/// What another flow met at this hop, where it met something else.
std::string control_text(const std::vector<const HopProbe*>& tested, const Hops& control, std::int32_t hop) {
    const auto found = control.find(hop);
    if (found == control.end()) return {};
    const std::vector<std::string> others = answers_of(found->second, false);
    if (others == answers_of(tested, false)) return {};
    return others.empty() ? std::string("silence") : listed(others);
}

std::string path_line(const PathFacts& path) {
    std::string line = fmt::format("path, {}: ", control_words(path));
    const std::vector<HopLine> hops = hop_lines(path);
    bool first = true;
    for (const HopLine& one : hops) {
        if (!first) line += between_hops;
        first = false;
        const std::string text = fmt::format("hop {}  {}", one.hop, one.answers);
        line += text.size() <= longest_kept_whole ? bound(text) : text;
        if (!one.control.empty()) line += "; control: " + one.control;
    }
    if (hops.empty()) line += "no packet was sent";
    if (!path.complete) line += "; not every hop had its turn";
    if (!path.missing.empty()) line += ". " + shown_sentence(path.missing);
    return line;
}

std::string change_text(const Comparison& comparison) {
    const std::string with = shown_name(comparison.with);
    switch (comparison.change) {
        case Change::other_name: return fmt::format("for the name '{}'", with);
        case Change::no_name: return "for no name";
        case Change::small_segments: return with.empty() ? "in small segments" : "in small segments, " + with;
        case Change::http_date: return "for the time";
        case Change::unchanged: return "as it was";
        case Change::other_address: return "at " + with;
    }
    return {};
}

std::string comparison_line(const Comparison& comparison) {
    const Finding& finding = comparison.attempt.finding;
    const std::string detail = shown_sentence(finding.detail);
    return fmt::format("once more {}, {}: {} ({}){}{}", change_text(comparison),
                       bound(shown_span(comparison.attempt.timing.total)), to_string(verdict_of(finding.cause)),
                       to_string(finding.cause), detail.empty() ? "" : ", ", detail);
}

std::string answer_text(const DnsAnswer& answer, std::chrono::nanoseconds asked_at) {
    std::string text;
    for (const Address& address : answer.addresses) text += (text.empty() ? "" : ", ") + address.to_string();
    if (text.empty()) text = wire::dns::rcode_name(answer.rcode) + (answer.rcode == 0 ? ", no address" : "");
    return fmt::format("{} after {}", text, bound(shown_span(answer.at - asked_at)));
}

std::string question_line(std::string_view who, const DnsQuestion& question) {
    std::vector<std::string> said;
    for (const DnsAnswer& answer : question.answers)
        said.push_back((said.empty() ? "" : "then ") + answer_text(answer, question.at));
    if (question.truncated) said.emplace_back("cut off to fit a datagram");
    if (!question.malformed.empty()) said.push_back("not DNS: " + shown_sentence(question.malformed));
    if (question.error != 0) {
        said.push_back(judge::errno_text(question.error));
        if (question.error_from) said.back() += " from " + question.error_from->to_string();
    }
    std::string line =
        fmt::format("{} {} over {}, {} {}: ", who, question.resolver.to_string(), upper(question.transport),
                    shown_name(question.name), wire::dns::type_name(question.type));
    if (said.empty()) return line + (question.cut_short ? "no answer before the run ended" : "no answer");
    for (std::size_t index = 0; index < said.size(); ++index) line += (index == 0 ? "" : "; ") + said[index];
    return line;
}

}  // namespace

std::vector<HopLine> hop_lines(const PathFacts& path) {
    const Hops control = path.control ? hops_of(*path.control) : Hops{};
    std::vector<HopLine> lines;
    for (const auto& [hop, probes] : hops_of(path.tested))
        lines.push_back({hop, hop_text(probes), control_text(probes, control, hop)});
    return lines;
}

std::string control_words(const PathFacts& path) {
    return path.control_is.empty() ? "with no control" : "control " + shown_name(path.control_is);
}

std::vector<std::string> comparison_lines(const Attempt& attempt) {
    std::vector<std::string> lines;
    for (const Comparison& comparison : attempt.comparisons) lines.push_back(comparison_line(comparison));
    return lines;
}

std::vector<std::string> looked_again(const Attempt& attempt) {
    std::vector<std::string> lines = comparison_lines(attempt);
    if (attempt.path) lines.insert(lines.begin(), path_line(*attempt.path));
    return lines;
}

std::vector<std::string> resolver_lines(const ResolverFacts& facts) {
    std::vector<std::string> lines;
    for (const DnsQuestion& question : facts.questions) lines.push_back(question_line("resolver", question));
    for (const DnsQuestion& question : facts.blackhole) lines.push_back(question_line("blackhole", question));
    return lines;
}

}  // namespace fdnprobe::report
