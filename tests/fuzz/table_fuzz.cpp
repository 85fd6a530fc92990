// A table of any content is either read, with every port of every row covered, or refused with messages that can be
// shown.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "../config/good_problems.hpp"
#include "../config/sample_probes.hpp"
#include "config/load.hpp"

using fdnprobe::config::sample::require;
using fdnprobe::config::sample::require_good_problems;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    (void)fdnprobe::config::kind_of(text);
    fdnprobe::Problems warnings;
    const auto table = fdnprobe::config::parse_table(text, "fuzz.toml", fdnprobe::config::sample::probes, warnings);
    require_good_problems(warnings, text);
    if (!table) {
        require(!table.error().empty());
        require_good_problems(table.error(), text);
        return 0;
    }
    require(!table->id.empty() && !table->rows.empty());
    std::set<std::string> ids;
    for (const fdnprobe::Row& row : table->rows) {
        require(ids.insert(row.id).second);
        require(!row.port_list.empty());
        std::set<fdnprobe::Port> covered;
        for (const fdnprobe::CheckRule& rule : row.checks) {
            covered.insert(rule.port);
            require(rule.probe.empty() != rule.skip.empty());
        }
        require(covered == std::set<fdnprobe::Port>(row.port_list.begin(), row.port_list.end()));
    }
    return 0;
}
