// The history of a watch, which has to outlive trouble with its file: what cannot be opened or written now is tried
// anew with the next run, and the page is told meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "history/history.hpp"

namespace fdnprobe::app {

class KeptHistory final : public history::History {
  public:
    /// An empty name: in memory.
    KeptHistory(std::string file, const Retention& retention);

    /// Opens it now, rather than with the first run; nothing: it is open.
    [[nodiscard]] std::optional<history::Trouble> begin();

    [[nodiscard]] std::optional<history::Trouble> record(
        const Report& run, WallTime at, const Standings& standings, const std::vector<WatchEvent>& events,
        const std::function<std::string(const CheckResult&)>& evidence) override;
    [[nodiscard]] Expected<Standings, history::Trouble> standings() override;
    [[nodiscard]] Expected<HistoryReport, history::Trouble> ask(const history::Query& query) override;
    void retain(const Retention& retention) override;
    void interrupt() override;

  private:
    /// Opens it where it is not.
    [[nodiscard]] Expected<std::shared_ptr<history::History>, history::Trouble> open();
    /// Lets go of it, where it will not get better by itself.
    void let_go(const history::Trouble& trouble);

    const std::string file_;
    std::mutex mutex_;
    Retention retention_;
    std::shared_ptr<history::History> history_;
    bool interrupted_ = false;
};

}  // namespace fdnprobe::app
