#include "history/history.hpp"

#include <mutex>
#include <utility>

#include <SQLiteCpp/Transaction.h>

#include "history/ageing.hpp"
#include "history/connection.hpp"
#include "history/open.hpp"
#include "history/questions.hpp"
#include "history/standings.hpp"
#include "history/statements.hpp"
#include "history/trouble.hpp"
#include "history/words.hpp"
#include "history/writing.hpp"

namespace fdnprobe::history {
namespace {

class SqliteHistory final : public History {
  public:
    SqliteHistory(std::string file, std::unique_ptr<Connection> connection, const Retention& retention)
        : file_(std::move(file)), connection_(std::move(connection)), retention_(retention) {}

    std::optional<Trouble> record(const Report& run, WallTime at, const Standings& standings,
                                  const std::vector<WatchEvent>& events,
                                  const std::function<std::string(const CheckResult&)>& evidence) override {
        const std::lock_guard lock(mutex_);
        // SQLite would go on writing into a file that nobody finds any more.
        if (connection_->was_moved()) return moved(file_);
        try {
            SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
            write_run(statements_, run, at, standings, events, evidence);
            grow_older(statements_, retention_, at);
            transaction.commit();
        } catch (const SQLite::Exception& exception) {
            return connection_->trouble(exception);
        }
        return std::nullopt;
    }

    Expected<Standings, Trouble> standings() override {
        return at_one_moment([](SQLite::Database& database) { return read_standings(database, Words(database)); });
    }

    Expected<HistoryReport, Trouble> ask(const Query& query) override {
        return at_one_moment([&query](SQLite::Database& database) { return answer(database, query); });
    }

    void retain(const Retention& retention) override {
        const std::lock_guard lock(mutex_);
        retention_ = retention;
    }

    void interrupt() override { connection_->stop_waiting(); }

  private:
    template <class Reading>
    auto at_one_moment(Reading reading) -> Expected<decltype(reading(std::declval<SQLite::Database&>())), Trouble> {
        const std::lock_guard lock(mutex_);
        try {
            SQLite::Transaction transaction(connection_->database());
            return reading(connection_->database());
        } catch (const SQLite::Exception& exception) {
            return Unexpected<Trouble>(connection_->trouble(exception));
        }
    }

    const std::string file_;
    const std::unique_ptr<Connection> connection_;
    std::mutex mutex_;  ///< of all but `file_` and Connection::stop_waiting
    Statements statements_{connection_->database()};
    Retention retention_;
};

Expected<std::unique_ptr<History>, Trouble> history_of(const std::string& file,
                                                       Expected<std::unique_ptr<Connection>, Trouble> connection,
                                                       const Retention& retention) {
    if (!connection) return Unexpected<Trouble>(std::move(connection.error()));
    return std::make_unique<SqliteHistory>(file, std::move(*connection), retention);
}

}  // namespace

Expected<std::unique_ptr<History>, Trouble> open_with(const std::string& file, const Retention& retention,
                                                      const Settings& settings) {
    return history_of(file, Connection::open(file, settings), retention);
}

Expected<std::unique_ptr<History>, Trouble> open_to_read_with(const std::string& file, const Settings& settings) {
    return history_of(file, Connection::open_to_read(file, settings), {});
}

Expected<std::unique_ptr<History>, Trouble> History::open(const std::string& file, const Retention& retention) {
    return open_with(file, retention, {});
}

Expected<std::unique_ptr<History>, Trouble> History::open_to_read(const std::string& file) {
    return open_to_read_with(file, {});
}

}  // namespace fdnprobe::history
