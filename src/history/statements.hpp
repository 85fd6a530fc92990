// The statements that every run needs again, read by SQLite once: for a small run, reading them takes longer than
// carrying them out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace fdnprobe::history {

class Statements {
  public:
    explicit Statements(SQLite::Database& database) : database_(database) {}

    [[nodiscard]] SQLite::Database& database() { return database_; }
    [[nodiscard]] SQLite::Statement& of(const std::string& text);

  private:
    SQLite::Database& database_;
    std::map<std::string, SQLite::Statement> statements_;
};

/// One of them in use; never two of the same text at once. The arguments are bound in their order.
class Prepared {
  public:
    Prepared(Statements& statements, const std::string& text) : statement_(statements.of(text)) {}
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;
    /// What is left in the middle would keep a transaction open.
    ~Prepared() { statement_.tryReset(); }

    template <class... Values>
    void run(const Values&... values) {
        bind_all(values...);
        statement_.exec();
        statement_.reset();
    }
    /// The first line; nullptr when there is none. Good until end() or the next call.
    template <class... Values>
    [[nodiscard]] const SQLite::Statement* first(const Values&... values) {
        bind_all(values...);
        return statement_.executeStep() ? &statement_ : nullptr;
    }
    void end() { statement_.reset(); }

  private:
    template <class... Values>
    void bind_all(const Values&... values) {
        statement_.reset();
        int index = 0;
        (bind_one(++index, values), ...);
    }
    void bind_one(int index, std::int64_t value) { statement_.bind(index, value); }
    void bind_one(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
    void bind_one(int index, const std::optional<std::int64_t>& value) {
        if (value)
            statement_.bind(index, *value);
        else
            statement_.bind(index);
    }

    SQLite::Statement& statement_;
};

}  // namespace fdnprobe::history
