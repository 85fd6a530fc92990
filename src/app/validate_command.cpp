#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "config/baseline.hpp"
#include "config/load.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::app {
namespace {

/// What is good about a file; empty after a mistake, which has been added to `problems`.
std::string praise(const std::string& file, const std::string& text, Problems& problems) {
    const auto take = [&](Problems errors) {
        problems.insert(problems.end(), errors.begin(), errors.end());
        return std::string();
    };
    if (config::kind_of(text) == config::FileKind::site) {
        const auto site = config::parse_site(text, file, problems);
        if (!site) return take(site.error());
        return fmt::format("a good site file: {} peers, {} pinned hosts", site->peers.size(), site->pins.size());
    }
    if (config::kind_of(text) == config::FileKind::baseline) {
        const auto baseline = config::parse_baseline(text, file);
        if (!baseline) return take(baseline.error());
        return fmt::format("a good baseline: {} endpoints", baseline->endpoints.size());
    }
    const auto table = config::parse_table(text, file, probes::descriptions(), problems);
    if (!table) return take(table.error());
    std::size_t checks = 0;
    for (const Row& row : table->rows) checks += row.checks.size();
    return fmt::format("a good table: {} rows, {} checks", table->rows.size(), checks);
}

}  // namespace

int validate_command(const std::vector<std::string>& files) {
    bool good = true;
    for (const std::string& file : files) {
        Problems problems;
        std::string words;
        if (const auto text = config::read_text_file(file); text)
            words = praise(file, *text, problems);
        else
            problems.push_back(text.error());
        for (const Problem& problem : problems) complain(problem.to_string());
        good = good && !words.empty();
        if (!words.empty() && !print(fmt::format("{}: {}\n", printable(file), words))) return exit_internal;
    }
    return good ? exit_ok : exit_usage;
}

}  // namespace fdnprobe::app
