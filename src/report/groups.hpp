// The order of a report for people: a section for each table and direction, in it a party for each peer, in it the
// rows. A table that is written for many products (FortiGuard's own is) gets a party for each pair of peer and product.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fdnprobe/report.hpp"

namespace fdnprobe::report {

struct Party {
    std::string title;              ///< the peer, or who talks to whom where products differ
    std::vector<std::size_t> rows;  ///< indices into Report::rows
};

struct Section {
    std::string title;
    std::vector<Party> parties;
};

/// Everything in the order in which the tables have it.
[[nodiscard]] std::vector<Section> sections_of(const Report& report);

/// What a site has to give an address for, to test this row: the peer for outgoing rows, the product for incoming ones.
[[nodiscard]] const std::string& tested_end(const Row& row);

/// "fortiproxy-7.4 and fortiguard": the tables of a report.
[[nodiscard]] std::string tables_of(const Report& report);

/// "from probe-17 (site branch-17, resolver 10.0.0.53)": the vantage as words.
[[nodiscard]] std::string vantage_words(const Vantage& vantage);

}  // namespace fdnprobe::report
