// Stable codes and their numbers in a file: states and causes. A code that is both would have one number and be read
// as what its column holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <SQLiteCpp/Database.h>

#include "fdnprobe/history.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::history {

[[nodiscard]] inline std::int64_t to_ms(WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
[[nodiscard]] inline WallTime from_ms(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

class Words {
  public:
    /// Reads those that the file has.
    explicit Words(SQLite::Database& database);

    /// The number of a code; one that is new is added to the file.
    [[nodiscard]] std::int64_t number(std::string_view code);
    template <class Enumerator>
    [[nodiscard]] std::int64_t number(Enumerator enumerator) {
        return number(to_string(enumerator));
    }

    /// Nothing where this program does not know the word: a newer one may have written it.
    [[nodiscard]] std::optional<State> state(std::int64_t number) const;
    [[nodiscard]] std::optional<Cause> cause(std::int64_t number) const;

  private:
    SQLite::Database& database_;
    std::map<std::string, std::int64_t, std::less<>> numbers_;
    std::map<std::int64_t, State> states_;
    std::map<std::int64_t, Cause> causes_;
};

}  // namespace fdnprobe::history
