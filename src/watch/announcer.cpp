#include "watch/announcer.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "judge/openings.hpp"

namespace fdnprobe::watch {
namespace {

bool is_about_rows(const WatchEvent& event) { return event.kind == WatchEventKind::rows_changed; }

/// Where a row stood before and stands now, as far as anybody was told.
bool is_nothing(const RowChange& change) { return change.from ? *change.from == change.to : !judge::fails(change.to); }

void add_reasons(std::vector<Reason>& reasons, const std::vector<Reason>& more) {
    const auto said = [](const Reason& reason) { return std::tie(reason.code, reason.summary); };
    for (const Reason& reason : more)
        if (std::none_of(reasons.begin(), reasons.end(),
                         [&](const Reason& other) { return said(other) == said(reason); }))
            reasons.push_back(reason);
}

}  // namespace

Announcer::Announcer(const NotifySettings& settings) : settings_(settings) {}

void Announcer::configure(const NotifySettings& settings) { settings_ = settings; }

void Announcer::add(std::vector<WatchEvent> events, Time now) {
    for (WatchEvent& event : events) {
        if (is_about_rows(event))
            hold_rows(std::move(event));
        else
            hold_control(std::move(event));
    }
    if (held_.empty())
        first_.reset();
    else if (!first_)
        first_ = now;
}

void Announcer::hold_rows(WatchEvent event) {
    std::map<std::string_view, RowChange*> fresh;
    for (RowChange& change : event.rows) fresh.emplace(change.row, &change);
    for (WatchEvent& earlier : held_)
        std::erase_if(earlier.rows, [&](const RowChange& change) {
            const auto found = fresh.find(change.row);
            if (found == fresh.end()) return false;
            found->second->from = change.from;
            return true;
        });
    std::erase_if(event.rows, is_nothing);
    held_.push_back(std::move(event));
    std::erase_if(held_, [](const WatchEvent& one) { return is_about_rows(one) && one.rows.empty(); });
}

void Announcer::hold_control(WatchEvent event) {
    const auto earlier = std::find_if_not(held_.begin(), held_.end(), is_about_rows);
    if (earlier == held_.end()) {
        held_.push_back(std::move(event));
        return;
    }
    // It failed and came back, or came back and failed again.
    if (earlier->kind != event.kind) held_.erase(earlier);
}

std::vector<WatchEvent> Announcer::merged() const {
    std::vector<WatchEvent> messages;
    for (const WatchEvent& event : held_) {
        const auto same = std::find_if(messages.begin(), messages.end(),
                                       [&](const WatchEvent& message) { return message.kind == event.kind; });
        if (same == messages.end()) {
            messages.push_back(event);
            continue;
        }
        // The newest has an identity that no message has had, because each event goes into one message.
        same->id = event.id;
        same->at = event.at;
        same->site = event.site;
        same->host = event.host;
        same->rows.insert(same->rows.end(), event.rows.begin(), event.rows.end());
        add_reasons(same->reasons, event.reasons);
    }
    std::stable_sort(messages.begin(), messages.end(),
                     [](const WatchEvent& one, const WatchEvent& other) { return one.at < other.at; });
    return messages;
}

std::vector<WatchEvent> Announcer::due(Time now, bool quiet) {
    while (!sent_.empty() && now - sent_.front() >= settings_.per) sent_.pop_front();
    const auto when = next(quiet);
    if (!when || now < *when) return {};
    const std::size_t room = std::max<std::size_t>(settings_.at_most, 1) - sent_.size();
    std::vector<WatchEvent> messages = merged();
    if (messages.size() > room) messages.resize(room);
    sent_.insert(sent_.end(), messages.size(), now);
    std::erase_if(held_, [&](const WatchEvent& event) {
        return std::any_of(messages.begin(), messages.end(),
                           [&](const WatchEvent& message) { return message.kind == event.kind; });
    });
    if (held_.empty()) first_.reset();
    return messages;
}

std::optional<Announcer::Time> Announcer::next(bool quiet) const {
    if (quiet || !first_) return std::nullopt;
    const Time grouped = *first_ + settings_.group;
    const std::size_t most = std::max<std::size_t>(settings_.at_most, 1);
    if (sent_.size() < most) return grouped;
    return std::max(grouped, sent_[sent_.size() - most] + settings_.per);
}

std::vector<WatchEvent> Announcer::take_all() {
    std::vector<WatchEvent> messages = merged();
    held_.clear();
    first_.reset();
    return messages;
}

std::size_t Announcer::size() const {
    std::size_t changes = 0;
    for (const WatchEvent& event : held_) changes += std::max<std::size_t>(event.rows.size(), 1);
    return changes + sent_.size();
}

}  // namespace fdnprobe::watch
