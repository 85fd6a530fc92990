#include <cstddef>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "config/baseline.hpp"
#include "config/load.hpp"
#include "net/certificate.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::app {
namespace {

/// What the site file names has to be there, and to be what it is said to be: `check` would refuse it later.
void look_at_files(const Site& site, Problems& problems) {
    // Secrets are read, judged and forgotten.
    [[maybe_unused]] const Secrets secrets = load_secrets(site, "", problems);
    const auto loads = [&](std::string_view key, const std::vector<std::string>& files) {
        for (const std::string& file : files) {
            if (const auto certificates = net::read_certificates(file); !certificates)
                problems.push_back(Problem{site.file, 0, 0, fmt::format("`{}`: {}", key, certificates.error()), false});
        }
    };
    loads("public_ca_files", site.public_ca_files);
    loads("fortinet_ca_files", site.fortinet_ca_files);
    loads("inspection_ca_files", site.inspection_ca_files);
}

/// What is good about a file; empty after a mistake, which has been added to `problems`.
std::string praise(const std::string& file, const std::string& text, Problems& problems) {
    const auto take = [&](Problems errors) {
        problems.insert(problems.end(), errors.begin(), errors.end());
        return std::string();
    };
    if (config::kind_of(text) == config::FileKind::site) {
        const auto site = config::parse_site(text, file, problems);
        if (!site) return take(site.error());
        look_at_files(*site, problems);
        if (has_errors(problems)) return {};
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
