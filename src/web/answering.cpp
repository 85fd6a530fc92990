#include "web/answering.hpp"

#include <algorithm>
#include <optional>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "report/render.hpp"
#include "web/access.hpp"
#include "web/api_events.hpp"
#include "web/api_history.hpp"
#include "web/api_report.hpp"
#include "web/health.hpp"
#include "web/host_check.hpp"
#include "web/page.hpp"

namespace fdnprobe::web {
namespace {

/// The path without its parameters, as it was sent. It decides the route, so that whoever looks at it decides the same:
/// only the name of a row is ever written in percents.
std::string_view raw_path(const RequestHead& head) {
    return std::string_view(head.target).substr(0, head.target.find('?'));
}

/// Changes with the version, and in a version with the file.
std::string tag_of(const Asset& asset) {
    return "\"" + std::string(version()) + "-" + hex(hmac_sha256("fdnprobe asset", asset.body)).substr(0, 16) + "\"";
}

Answer asset(std::string_view path, const RequestHead& head) {
    const auto all = assets();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Asset& one) { return one.path == path; });
    Answer answer;
    answer.content_type = found->content_type;
    const std::string tag = tag_of(*found);
    answer.headers.emplace_back("ETag", tag);
    // Kept, and asked about each time: a new version is seen at once.
    answer.headers.emplace_back("Cache-Control", "no-cache");
    const auto tags = split(head.if_none_match, ',');
    if (std::any_of(tags.begin(), tags.end(), [&](const std::string& one) {
            const std::string_view known = trim(one);
            // RFC 9110, 13.1.2: a weak one will do.
            return known == tag || known == "W/" + tag || known == "*";
        }))
        answer.status = 304;
    else
        answer.body = found->body;
    return answer;
}

Answer metrics(const Snapshot* snapshot, const WatchFacts& facts) {
    Answer answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    Snapshot nothing_yet;
    nothing_yet.report.version = version();
    nothing_yet.report.vantage.site = facts.site;
    answer.body = report::render_metrics(snapshot == nullptr ? nothing_yet : *snapshot, facts);
    return answer;
}

Answer ready(const WatchFacts& facts, WallTime now) {
    Answer answer;
    if (const auto why = why_not_ready(facts, now)) {
        answer.status = 503;
        answer.body = *why + "\n";
    } else {
        answer.body = "ready\n";
    }
    return answer;
}

std::string wrong_host(const std::string& host) {
    return "This server was asked for as \"" + printable(host, 120) +
           "\". Without a token it answers only under an address, as localhost, or under this host's own name: "
           "otherwise "
           "a page from elsewhere could read it by letting a name of its own point here. Open it by its address, or "
           "start the watch with --listen-token FILE.";
}

}  // namespace

Work Answering::work_of(const RequestHead& head) const {
    return web::work_of(route_of(raw_path(head)), history_ != nullptr);
}

bool Answering::is_stream(const RequestHead& head) {
    return head.method == "GET" && route_of(raw_path(head)) == Route::events;
}

Answer Answering::answer(const BadHead& bad) { return refusal("", bad.status, bad.what); }

Answer Answering::overloaded(const RequestHead& head) { return busy(raw_path(head), "Too many are asking at once."); }

Answer Answering::report(const RequestHead& head, const Parameters& parameters, const Snapshot* snapshot) {
    if (snapshot != nullptr && snapshot->serial == last_report_serial_ && head.target == last_report_target_)
        return last_report_;
    Answer answer = api_report(snapshot, parameters);
    if (answer.status != 200) return answer;
    last_report_ = answer;
    last_report_target_ = head.target;
    last_report_serial_ = snapshot->serial;
    return answer;
}

Answer Answering::answer(const RequestHead& head, bool stream_free, WallTime now) {
    const std::string_view asked = raw_path(head);
    if (head.method != "GET" && head.method != "HEAD") {
        Answer refused = refusal(asked, 405, "This server only answers: nothing can be changed or sent through it.");
        refused.headers.emplace_back("Allow", "GET, HEAD");
        return refused;
    }
    const Route route = route_of(asked);
    if (!is_open_to_all(route)) {
        if (settings_.token.empty()) {
            const auto host = parse_host(head.host);
            if (!host || !is_own_name(*host, settings_.names)) return refusal(asked, 421, wrong_host(head.host));
        } else if (!brings_token(head.authorization, settings_.token)) {
            Answer refused = refusal(asked, 401,
                                     "This page wants the token that the watch was started with, as the "
                                     "password (any name will do) or as \"Authorization: Bearer TOKEN\".");
            refused.headers.emplace_back("WWW-Authenticate", "Basic realm=\"fdnprobe\", charset=\"UTF-8\"");
            return refused;
        }
    }
    const auto target = parse_target(head.target);
    if (!target) return refusal(asked, 400, target.error());

    const auto snapshot = live_.current();
    switch (route) {
        case Route::page: return pages_.rows(snapshot.get(), live_.facts(), now);
        case Route::row: return pages_.row(snapshot.get(), target->path, now);
        case Route::asset: return asset(target->path, head);
        case Route::report: return report(head, target->parameters, snapshot.get());
        case Route::history: return api_history(history_, target->parameters, now);
        case Route::events: {
            if (head.method == "HEAD") {
                Answer answer;
                answer.content_type = "text/event-stream";
                return answer;
            }
            if (!stream_free) return busy(asked, "As many pages are open as this server follows at once.");
            return api_events(live_, head.last_event_id);
        }
        case Route::alive: {
            Answer answer;
            answer.body = "alive\n";
            return answer;
        }
        case Route::ready: return ready(live_.facts(), now);
        case Route::metrics: return metrics(snapshot.get(), live_.facts());
        case Route::nothing: break;
    }
    return refusal(asked, 404, "There is nothing at " + printable(asked, 160) + ".");
}

}  // namespace fdnprobe::web
