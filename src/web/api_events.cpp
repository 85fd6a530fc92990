#include "web/api_events.hpp"

#include <chrono>
#include <limits>
#include <memory>

#include "base/text.hpp"
#include "report/render.hpp"

namespace fdnprobe::web {
namespace {

std::string message(std::uint64_t number, std::string_view event, std::string_view data) {
    std::string text = "id: " + std::to_string(number) + "\nevent: " + std::string(event) + "\n";
    while (data.ends_with('\n')) data.remove_suffix(1);
    for (const std::string& line : split(data, '\n')) text += "data: " + line + "\n";
    return text + "\n";
}

std::string report_message(const Live& live, std::uint64_t number) {
    const auto snapshot = live.current();
    return message(number, "report", "{\"serial\":" + std::to_string(snapshot ? snapshot->serial : 0) + "}");
}

}  // namespace

Answer api_events(const Live& live, std::string_view last_event_id) {
    Answer answer;
    answer.content_type = "text/event-stream";
    answer.stream = true;
    // A proxy that gathers answers would gather this one for ever; nginx is told by this header.
    answer.headers.emplace_back("X-Accel-Buffering", "no");
    const std::uint64_t newest = live.newest();
    answer.stream_after = newest;
    // A watch that is started anew is back within seconds.
    answer.body = "retry: 3000\n\n";
    const auto known = parse_number(last_event_id, 0, std::numeric_limits<long>::max());
    if (!known) {
        // A run may have ended between the page and this.
        answer.body += report_message(live, newest);
        return answer;
    }
    const auto last = static_cast<std::uint64_t>(*known);
    const auto items = live.wait_after(last, std::chrono::milliseconds(0));
    // Numbers begin anew with the process: one that has not been given yet is another process's.
    const bool gap = last > newest || (last < newest && (items.empty() || items.front().number != last + 1));
    if (gap)
        answer.body += message(newest, "reload", "{}");
    else
        answer.stream_after = last;
    return answer;
}

std::string more_events(const Live& live, std::uint64_t& after) {
    std::string text;
    const auto items = live.wait_after(after, std::chrono::milliseconds(0));
    if (!items.empty() && items.front().number != after + 1) {
        after = items.back().number;
        return message(after, "reload", "{}");
    }
    for (const Live::Item& item : items) {
        text += item.event ? message(item.number, "change", report::render_event(*item.event))
                           : report_message(live, item.number);
        after = item.number;
    }
    return text;
}

}  // namespace fdnprobe::web
