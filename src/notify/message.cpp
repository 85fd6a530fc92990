#include "notify/message.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "report/render.hpp"

namespace fdnprobe::notify {
namespace {

constexpr std::string_view first_line = "fdnprobe.message/1\n";
constexpr std::string_view last_line = "end\n";
/// Ids of events are far shorter; a header of HTTP and a variable of the environment take this without trouble.
constexpr std::size_t longest_id = 200;
/// RFC 5424, 6.2.7: MSGID.
constexpr std::size_t longest_kind = 32;
constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_sentence = 1000;
/// The year 9999, beyond which there is no RFC 3339.
constexpr long last_moment = 253'402'300'799'999;

bool visible(char letter) { return letter > 0x20 && letter < 0x7F; }

bool visible_word(std::string_view text, std::size_t limit) {
    return !text.empty() && text.size() <= limit && std::all_of(text.begin(), text.end(), visible);
}

bool shown_text(std::string_view text, std::size_t limit) {
    return text.size() <= limit && printable(text, limit) == text;
}

bool bad(State state) {
    switch (state) {
        case State::untrusted:
        case State::broken:
        case State::intercepted:
        case State::blocked:
        case State::unresolved:
        case State::local: return true;
        case State::reachable:
        case State::degraded:
        case State::inconclusive:
        case State::unconfigured: break;
    }
    return false;
}

/// The worst of its rows; `degraded` and `inconclusive` want a look and wake nobody.
Severity severity_of(const WatchEvent& event) {
    if (event.kind == WatchEventKind::control_failed) return Severity::error;
    Severity worst = Severity::notice;
    if (event.kind == WatchEventKind::control_restored) return worst;
    for (const RowChange& row : event.rows) {
        if (bad(row.to)) return Severity::error;
        if (row.to == State::degraded || row.to == State::inconclusive) worst = Severity::warning;
    }
    return worst;
}

/// Takes "KEY VALUE\n" off the front.
std::optional<std::string_view> take_line(std::string_view& bytes, std::string_view key) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos || !bytes.starts_with(key) || end <= key.size() || bytes[key.size()] != ' ')
        return std::nullopt;
    const std::string_view value = bytes.substr(key.size() + 1, end - key.size() - 1);
    bytes.remove_prefix(end + 1);
    return value;
}

/// One way to write each number, so that what is read and written again is the same.
std::optional<long> take_number(std::string_view& bytes, std::string_view key, long low, long high) {
    const auto text = take_line(bytes, key);
    const auto number = text ? parse_number(*text, low, high) : std::nullopt;
    if (!number || std::to_string(*number) != *text) return std::nullopt;
    return number;
}

WallMoment moment(long milliseconds) { return WallMoment(std::chrono::milliseconds(milliseconds)); }

}  // namespace

Message make_message(const WatchEvent& event, WallMoment now) {
    Message message;
    message.id = event.id.empty() ? "-" : event.id.substr(0, longest_id);
    std::replace_if(
        message.id.begin(), message.id.end(), [](char letter) { return !visible(letter); }, '-');
    message.kind = to_string(event.kind);
    message.severity = severity_of(event);
    message.at = std::chrono::floor<std::chrono::milliseconds>(event.at);
    message.queued = now;
    message.host = printable(event.host, longest_host);
    message.sentence = report::event_sentence(event);
    message.body = report::render_event(event);
    return message;
}

std::string encode_message(const Message& message) {
    return fmt::format("{}id {}\nkind {}\nseverity {}\nat {}\nqueued {}\nhost {}\nsentence {}\nbody {}\n\n{}{}",
                       first_line, message.id, message.kind, static_cast<int>(message.severity),
                       message.at.time_since_epoch().count(), message.queued.time_since_epoch().count(), message.host,
                       message.sentence, message.body.size(), message.body, last_line);
}

std::optional<Message> parse_message(std::string_view bytes) {
    if (bytes.size() > largest_message || !bytes.starts_with(first_line)) return std::nullopt;
    bytes.remove_prefix(first_line.size());
    const auto id = take_line(bytes, "id");
    const auto kind = take_line(bytes, "kind");
    const auto severity =
        take_number(bytes, "severity", static_cast<int>(Severity::error), static_cast<int>(Severity::notice));
    const auto at = take_number(bytes, "at", 0, last_moment);
    const auto queued = take_number(bytes, "queued", 0, last_moment);
    const auto host = take_line(bytes, "host");
    const auto sentence = take_line(bytes, "sentence");
    const auto size = take_number(bytes, "body", 0, static_cast<long>(largest_message));
    if (!id || !kind || !severity || !at || !queued || !host || !sentence || !size) return std::nullopt;
    if (!visible_word(*id, longest_id) || !visible_word(*kind, longest_kind) || !shown_text(*host, longest_host) ||
        !shown_text(*sentence, longest_sentence))
        return std::nullopt;
    const auto length = static_cast<std::size_t>(*size);
    if (bytes.size() != 1 + length + last_line.size() || bytes.front() != '\n' || !bytes.ends_with(last_line))
        return std::nullopt;
    return Message{.id = std::string(*id),
                   .kind = std::string(*kind),
                   .severity = static_cast<Severity>(*severity),
                   .at = moment(*at),
                   .queued = moment(*queued),
                   .host = std::string(*host),
                   .sentence = std::string(*sentence),
                   .body = std::string(bytes.substr(1, length))};
}

}  // namespace fdnprobe::notify
