#include "probes/smtp.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "wire/smtp.hpp"

namespace fdnprobe::probes {
namespace {

namespace wire_smtp = wire::smtp;
using wire_smtp::Reply;
using wire_smtp::ReplyFault;
using wire_smtp::Verb;

/// RFC 8314, 7.3: there, TLS comes before the greeting.
constexpr std::uint16_t tls_first_port = 465;
constexpr int ready_to_serve = 220;
constexpr int completed = 250;
constexpr int first_refusal = 400;

/// RFC 5321, 4.1.1.10 has a client wait for the answer to QUIT; what it would say changes nothing any more.
constexpr std::chrono::milliseconds parting_wait{1000};
/// As much of what is no reply as may tell who speaks, and how long the rest of its line is waited for.
constexpr std::size_t longest_foreign_text = 1024;
constexpr std::chrono::milliseconds foreign_text_wait{1000};
/// A whole sentence, and the address of somebody to write to.
constexpr std::size_t longest_refusal = 200;

constexpr std::array options{
    ProbeOption{"tls", "true or false", [](const OptionValue& value) { return std::holds_alternative<bool>(value); }}};

bool tls_first(const Check& check) {
    if (const auto found = check.options.find("tls"); found != check.options.end())
        if (const auto* chosen = std::get_if<bool>(&found->second)) return *chosen;
    return check.wanted().number == tls_first_port || check.dial_port == tls_first_port;
}

/// RFC 5321, 3.2: a server that does not know EHLO may know HELO. Other refusals are about the client or its name,
/// which HELO would not change.
bool asks_for_helo(const Reply& reply) { return reply.code == 500 || reply.code == 502; }

class Greeting final : public Dialogue {
  public:
    explicit Greeting(bool tls) : tls_(tls) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return tls_ ? Step::start_tls() : read();
            case Input::Kind::done: return read();
            case Input::Kind::received: heard_ += input.bytes; return listen();
            default: return Step::finish();
        }
    }

  private:
    enum class Turn : std::uint8_t { greeting, ehlo, helo, quit };

    Step listen() {
        const auto reply = wire_smtp::parse_reply(heard_);
        if (!reply) {
            if (reply.error().fault == ReplyFault::incomplete) return read();
            const bool foreign = turn_ == Turn::greeting && reply.error().fault == ReplyFault::foreign;
            return foreign ? read_line() : Step::finish();
        }
        // RFC 5321, 4.3.1 has both sides take turns: who speaks twice is not answering.
        if (turn_ == Turn::quit || heard_.size() > reply->size) return Step::finish();
        if (turn_ == Turn::greeting) {
            if (reply->code == ready_to_serve) return say(Turn::ehlo, Verb::ehlo);
            // RFC 5321, 3.1: a server that refuses waits for QUIT.
            return reply->code >= first_refusal ? say(Turn::quit, Verb::quit) : Step::finish();
        }
        if (turn_ == Turn::ehlo && asks_for_helo(*reply)) return say(Turn::helo, Verb::helo);
        return say(Turn::quit, Verb::quit);
    }

    Step say(Turn turn, Verb verb) {
        turn_ = turn;
        heard_.clear();
        return Step::send(wire_smtp::encode_command(verb));
    }

    /// A reply of the largest size is never incomplete, so there is always room for one more byte.
    [[nodiscard]] Step read() const {
        const std::size_t room = wire_smtp::largest_reply - heard_.size();
        return turn_ == Turn::quit ? Step::receive(room, parting_wait) : Step::receive(room);
    }

    /// Words without a code may still be words: a relay's reason comes so.
    [[nodiscard]] Step read_line() const {
        if (heard_.find('\n') != std::string::npos || heard_.size() >= longest_foreign_text) return Step::finish();
        return Step::receive(longest_foreign_text - heard_.size(), foreign_text_wait);
    }

    bool tls_;
    Turn turn_ = Turn::greeting;
    std::string heard_;
};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return std::make_unique<Greeting>(tls_first(check));
}

/// What the server said before the first command, and after each.
std::vector<std::string> turns_of(const Attempt& attempt) {
    std::vector<std::string> turns(1);
    for (const Event& event : attempt.evidence) {
        if (event.what == What::received) turns.back() += event.text;
        if (event.what == What::sent) turns.emplace_back();
    }
    return turns;
}

/// Says that this host is on a list, whatever the code: "192.0.2.1 is blocklisted by FortiGuard. This email from IP
/// has been rejected" comes from a relay that has accepted the connection. A banner may speak of lists in general, so
/// it is a matter of the words before.
bool speaks_of_block_list(std::string_view text) {
    const std::string words = lower(text);
    const auto says = [&](std::string_view phrase) { return words.find(phrase) != std::string::npos; };
    if (says("from ip has been rejected")) return true;
    for (const std::string_view subject : {"is ", "been ", "you are ", "you're "})
        for (const std::string_view word :
             {"blocklisted", "block-listed", "blacklisted", "black-listed", "denylisted", "listed "})
            if (says(std::string(subject) + std::string(word))) return true;
    return false;
}

std::string whole(const Reply& reply) {
    std::string text = fmt::format("{}", reply.code);
    for (const std::string& line : reply.lines)
        if (!trim(line).empty()) text += fmt::format(" {}", trim(line));
    return "'" + printable(text, longest_refusal) + "'";
}

Finding denied(Confidence confidence, std::string detail) {
    return found(Cause::service_denied, Owner::service, confidence, std::move(detail));
}

/// Nothing at all came before this host had anything to answer to.
Finding no_greeting(const Attempt& attempt) {
    std::string detail;
    if (attempt.find(What::reset) != nullptr)
        detail = "the connection was reset instead";
    else if (attempt.find(What::closed) != nullptr)
        detail = "the connection was closed instead";
    else if (const Event* silent = attempt.find_last(What::silent))
        detail = fmt::format("nothing came in {:.1f} s", silent->code / 1000.0);
    return found(Cause::no_banner, Owner::unknown, Confidence::likely, std::move(detail));
}

/// What is not a reply where one was due.
Finding judge_nonsense(std::string_view bytes, const wire_smtp::ReplyProblem& problem, bool greeted) {
    // In words for people, without the code that the protocol wants.
    if (speaks_of_block_list(bytes))
        return denied(Confidence::likely, fmt::format("it said '{}'", printable(trim(bytes), longest_refusal)));
    if (problem.fault == ReplyFault::foreign && !greeted)
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                     fmt::format("it said {}", quoted(bytes)));
    return found(Cause::bad_answer, Owner::service, Confidence::likely,
                 fmt::format("{}; it said {}", problem.what, quoted(bytes)));
}

/// A reply, or what is wrong with what came in its place.
Expected<Reply, Finding> reply_in(const std::string& turn, bool greeted) {
    auto reply = wire_smtp::parse_reply(turn);
    if (!reply) return Unexpected<Finding>(judge_nonsense(turn, reply.error(), greeted));
    if (speaks_of_block_list(whole(*reply)))
        return Unexpected<Finding>(denied(reply->code >= first_refusal ? Confidence::proven : Confidence::likely,
                                          fmt::format("it said {}", whole(*reply))));
    if (const std::string_view rest = std::string_view(turn).substr(reply->size); !rest.empty()) {
        const auto second = wire_smtp::parse_reply(rest);
        if (second && second->code >= first_refusal)
            return Unexpected<Finding>(denied(Confidence::proven, fmt::format("it said {}", whole(*second))));
        return Unexpected<Finding>(found(Cause::bad_answer, Owner::service, Confidence::likely,
                                         fmt::format("it spoke out of turn; it said {}", quoted(rest))));
    }
    return *std::move(reply);
}

std::string how_it_greets(const Reply& greeting) {
    const std::string_view text = trim(greeting.lines.front());
    return text.empty() ? std::string("it greets with a bare 220") : fmt::format("it greets as {}", quoted(text));
}

/// The answer to EHLO, or to HELO where `old`.
Finding judge_answer(const Attempt& attempt, const Reply& greeting, const Reply& answer, bool old) {
    const std::string_view verb = old ? "HELO" : "EHLO";
    const std::string said = fmt::format("it answers {} with {}", verb, whole(answer));
    if (answer.code == completed) {
        const std::string_view tls = attempt.tls                                     ? ""
                                     : wire_smtp::offers(answer, "STARTTLS") && !old ? " and offers STARTTLS"
                                                                                     : " and does not offer STARTTLS";
        return reached(Cause::answered, how_it_greets(greeting) + std::string(tls));
    }
    // RFC 5321, 4.5.1: every server knows HELO. 530 is what FTP, whose greeting is the same, says to strangers; SMTP
    // has it for commands that want TLS first, and EHLO is not one of them (RFC 3207, 4).
    if ((old && asks_for_helo(answer)) || answer.code == 530)
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, said);
    // It is the name that it does not like (RFC 5321, 4.2.2), and that was not the device's.
    if (answer.code == 501 || answer.code == 504) {
        Finding finding = reached(Cause::answered, said);
        finding.warnings.emplace_back("It does not take the name that fdnprobe greets with, " +
                                      std::string(wire_smtp::client_name) + ".");
        return finding;
    }
    if (answer.code < first_refusal) return found(Cause::bad_answer, Owner::service, Confidence::likely, said);
    const std::string words = lower(whole(answer));
    if (words.find(wire_smtp::client_name) != std::string::npos || words.find("helo") != std::string::npos)
        return denied(Confidence::possible, said + ", perhaps for the name that fdnprobe greets with");
    return denied(Confidence::likely, said);
}

Finding judge(const Check&, const Attempt& attempt) {
    const std::vector<std::string> turns = turns_of(attempt);
    if (turns[0].empty()) return no_greeting(attempt);
    const auto greeting = reply_in(turns[0], false);
    if (!greeting) return greeting.error();
    if (greeting->code >= first_refusal) return denied(Confidence::proven, fmt::format("it said {}", whole(*greeting)));
    if (greeting->code != ready_to_serve)
        return found(Cause::bad_answer, Owner::service, Confidence::likely,
                     fmt::format("it greets with {}", whole(*greeting)));
    bool old = false;
    for (std::size_t turn = 1;; ++turn) {
        if (turns.size() <= turn || turns[turn].empty()) return unanswered(attempt);
        const auto answer = reply_in(turns[turn], true);
        if (!answer) return answer.error();
        if (old || !asks_for_helo(*answer)) return judge_answer(attempt, *greeting, *answer, old);
        old = true;
    }
}

}  // namespace

constinit const Probe smtp{
    {
        .name = "smtp",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "EHLO (HELO where that is not known) with a name that can be nobody's, then QUIT: no mail, no sender, "
                 "no recipient. On port 465, or with `tls = true`, inside TLS.",
        .positive = "The greeting 220 and an answer to EHLO; a refusal, or the word that this host is on a block list, "
                    "is not one.",
        .options = options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
