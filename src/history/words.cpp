#include "history/words.hpp"

#include <SQLiteCpp/Statement.h>

namespace fdnprobe::history {

Words::Words(SQLite::Database& database) : database_(database) {
    SQLite::Statement all(database, "SELECT id, code FROM codes");
    while (all.executeStep()) {
        const std::int64_t id = all.getColumn(0).getInt64();
        const std::string code = all.getColumn(1).getString();
        if (const auto state = state_from(code)) states_.emplace(id, *state);
        if (const auto cause = cause_from(code)) causes_.emplace(id, *cause);
        numbers_.emplace(code, id);
    }
}

std::int64_t Words::number(std::string_view code) {
    if (const auto found = numbers_.find(code); found != numbers_.end()) return found->second;
    SQLite::Statement add(database_, "INSERT INTO codes(code) VALUES(?)");
    add.bind(1, std::string(code));
    add.exec();
    return numbers_.emplace(std::string(code), database_.getLastInsertRowid()).first->second;
}

std::optional<State> Words::state(std::int64_t number) const {
    const auto found = states_.find(number);
    return found == states_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Cause> Words::cause(std::int64_t number) const {
    const auto found = causes_.find(number);
    return found == causes_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace fdnprobe::history
