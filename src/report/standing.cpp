#include "report/standing.hpp"

namespace fdnprobe::report {

const Standing* standing_of(const Snapshot& snapshot, const std::string& row) {
    const auto found = snapshot.standings.rows.find(row);
    return found == snapshot.standings.rows.end() ? nullptr : &found->second;
}

}  // namespace fdnprobe::report
