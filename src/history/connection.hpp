// One open SQLite file with the settings that a history wants, and the file itself before SQLite sees it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include "base/expected.hpp"
#include "history/history.hpp"
#include "history/schema.hpp"

namespace fdnprobe::history {

/// What tests change.
struct Settings {
    bool durable = true;  ///< every run is on the disk before it counts as written
    std::span<const Step> steps = schema_steps();
};

class Connection {
  public:
    /// For writing: made and brought up to date. An empty name: in memory.
    [[nodiscard]] static Expected<std::unique_ptr<Connection>, Trouble> open(const std::string& file,
                                                                             const Settings& settings);
    [[nodiscard]] static Expected<std::unique_ptr<Connection>, Trouble> open_to_read(const std::string& file,
                                                                                     const Settings& settings);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    [[nodiscard]] SQLite::Database& database() { return *database_; }
    [[nodiscard]] Trouble trouble(const SQLite::Exception& exception) const;
    /// Whether the name leads to another file by now, or to none.
    [[nodiscard]] bool was_moved() const;
    /// Nobody waits for another process any more. From any thread.
    void stop_waiting() { impatient_ = true; }

  private:
    explicit Connection(std::string file) : file_(std::move(file)) {}
    void connect(const std::string& name, int flags);
    void configure();

    std::string file_;
    std::unique_ptr<SQLite::Database> database_;
    std::atomic<bool> impatient_ = false;
};

}  // namespace fdnprobe::history
