#include "report/standing.hpp"

namespace fdnprobe::report {

const Standing* standing_of(const Snapshot& snapshot, const std::string& row) {
    const auto found = snapshot.standings.find(row);
    return found == snapshot.standings.end() ? nullptr : &found->second;
}

}  // namespace fdnprobe::report
