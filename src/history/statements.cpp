#include "history/statements.hpp"

namespace fdnprobe::history {

SQLite::Statement& Statements::of(const std::string& text) {
    const auto found = statements_.find(text);
    if (found != statements_.end()) return found->second;
    return statements_.emplace(text, SQLite::Statement(database_, text)).first->second;
}

}  // namespace fdnprobe::history
