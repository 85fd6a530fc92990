#include "app/kept_history.hpp"

#include <utility>

namespace fdnprobe::app {

using history::History;
using history::Trouble;

KeptHistory::KeptHistory(std::string file, const Retention& retention)
    : file_(std::move(file)), retention_(retention) {}

Expected<std::shared_ptr<History>, Trouble> KeptHistory::open() {
    const std::scoped_lock lock(mutex_);
    if (history_) return history_;
    if (interrupted_) return Unexpected<Trouble>(Trouble{Trouble::Kind::busy, "the watch is ending"});
    auto opened = History::open(file_, retention_);
    if (!opened) return Unexpected<Trouble>(std::move(opened.error()));
    history_ = std::move(*opened);
    return history_;
}

void KeptHistory::let_go(const Trouble& trouble) {
    // What is in memory is all there is, and a file that is busy or full is the right one.
    if (file_.empty() || trouble.kind == Trouble::Kind::busy || trouble.kind == Trouble::Kind::full) return;
    const std::scoped_lock lock(mutex_);
    history_.reset();
}

std::optional<Trouble> KeptHistory::begin() {
    auto opened = open();
    if (opened) return std::nullopt;
    return std::move(opened.error());
}

std::optional<Trouble> KeptHistory::record(const Report& run, WallTime at, const Standings& standings,
                                           const std::vector<WatchEvent>& events,
                                           const std::function<std::string(const CheckResult&)>& evidence) {
    auto opened = open();
    if (!opened) return std::move(opened.error());
    auto trouble = (*opened)->record(run, at, standings, events, evidence);
    if (trouble) let_go(*trouble);
    return trouble;
}

Expected<Standings, Trouble> KeptHistory::standings() {
    auto opened = open();
    if (!opened) return Unexpected<Trouble>(std::move(opened.error()));
    return (*opened)->standings();
}

Expected<HistoryReport, Trouble> KeptHistory::ask(const history::Query& query) {
    std::shared_ptr<History> history;
    {
        const std::scoped_lock lock(mutex_);
        history = history_;
    }
    // A reader does not open it: it would wait for whatever the writer waits for.
    if (!history) return Unexpected<Trouble>(Trouble{Trouble::Kind::failed, "the history is not open"});
    auto answer = history->ask(query);
    if (!answer) let_go(answer.error());
    return answer;
}

void KeptHistory::retain(const Retention& retention) {
    const std::scoped_lock lock(mutex_);
    retention_ = retention;
    if (history_) history_->retain(retention);
}

void KeptHistory::interrupt() {
    const std::scoped_lock lock(mutex_);
    interrupted_ = true;
    if (history_) history_->interrupt();
}

}  // namespace fdnprobe::app
