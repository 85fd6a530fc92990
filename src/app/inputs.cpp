#include "app/inputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "app/key_file.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/folders.hpp"
#include "config/host_name.hpp"
#include "config/load.hpp"
#include "net/privilege.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::app {
namespace {

void append(Problems& to, Problems from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
    const auto near = nearest(word, known);
    return near ? fmt::format("; did you mean '{}'?", *near) : std::string();
}

/// Every name that a site can give an address to.
std::vector<std::string> endpoint_names(const std::vector<Table>& tables) {
    std::set<std::string> names;
    for (const Table& table : tables)
        for (const Row& row : table.rows) names.insert(engine::endpoint_name(row));
    return {names.begin(), names.end()};
}

Site parse_site_text(const std::string& text, const std::string& file, Problems& problems) {
    auto site = config::parse_site(text, file, problems);
    if (site) return std::move(*site);
    append(problems, std::move(site.error()));
    return {};
}

}  // namespace

Problem usage_problem(std::string what) { return Problem{"command line", 0, 0, std::move(what), false}; }

namespace {

void add_block_pages(const Table& table, BlockPages& pages) {
    for (const BlockPage& page : table.block_pages)
        if (std::none_of(pages.begin(), pages.end(), [&](const BlockPage& one) { return one.address == page.address; }))
            pages.push_back(page);
}

/// A filter on the way is the site's, and may stand before anybody's services: what one table knows of its page holds
/// for all, and that of the tables that come along for everybody's.
void share_block_pages(std::vector<Table>& tables, std::span<const ProbeDescription> probes) {
    BlockPages pages;
    for (const Table& table : tables) add_block_pages(table, pages);
    for (const std::string& name : config::table_names()) {
        if (std::any_of(tables.begin(), tables.end(), [&](const Table& one) { return one.id == name; })) continue;
        const auto path = config::find_table(name);
        const auto text = path ? config::read_text_file(*path) : Unexpected<Problem>(path.error());
        Problems ignored;  // it has not been asked for
        if (const auto table = text ? config::parse_table(*text, *path, probes, ignored)
                                    : Expected<Table, Problems>(Unexpected<Problems>(Problems{})))
            add_block_pages(*table, pages);
    }
    for (Table& table : tables) table.block_pages = pages;
}

}  // namespace

std::vector<Table> load_tables(const std::vector<std::string>& names, Problems& problems) {
    const std::vector<ProbeDescription> probes = probes::descriptions();
    const std::vector<std::string> chosen = names.empty() ? std::vector<std::string>{"fortiproxy-7.4"} : names;
    std::vector<Table> tables;
    for (const std::string& name : chosen) {
        const auto path = config::find_table(name);
        if (!path) {
            problems.push_back(path.error());
            continue;
        }
        const auto text = config::read_text_file(*path);
        if (!text) {
            problems.push_back(text.error());
            continue;
        }
        auto table = config::parse_table(*text, *path, probes, problems);
        if (!table) {
            append(problems, std::move(table.error()));
            continue;
        }
        const bool twice =
            std::any_of(tables.begin(), tables.end(), [&](const Table& one) { return one.id == table->id; });
        if (twice)
            problems.push_back(usage_problem(fmt::format("--targets names the table '{}' twice", table->id)));
        else
            tables.push_back(std::move(*table));
    }
    share_block_pages(tables, probes);
    return tables;
}

Site load_site(const std::string& file, Problems& problems) {
    if (file.empty()) return {};
    const auto text = config::read_text_file(file);
    if (text) return parse_site_text(*text, file, problems);
    problems.push_back(text.error());
    return {};
}

Site read_lab_site(const std::string& text, Problems& problems) { return parse_site_text(text, "lab", problems); }

std::optional<std::string> find_peer(const std::string& written, const std::vector<Table>& tables, Problems& problems) {
    const std::vector<std::string> known = endpoint_names(tables);
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const std::string& name) { return lower(name) == lower(written); });
    if (found != known.end()) return *found;
    problems.push_back(
        usage_problem(fmt::format("--peer {}: no chosen table has a peer of that name{} Known: {}", printable(written),
                                  suggestion(written, known) + ".", fmt::format("{}", fmt::join(known, ", ")))));
    return std::nullopt;
}

void add_peers(const std::vector<std::string>& peers, const std::vector<Table>& tables, Site& site,
               Problems& problems) {
    const std::vector<std::string> known = endpoint_names(tables);
    std::set<std::string> given;
    for (const std::string& text : peers) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
            problems.push_back(usage_problem(fmt::format(
                "--peer {}: expected NAME=ADDRESS[,ADDRESS...], such as FortiManager=192.0.2.5", printable(text))));
            continue;
        }
        const std::string written(trim(text.substr(0, equals)));
        const auto found = find_peer(written, tables, problems);
        if (!found) continue;
        SitePeer& peer = site.peers[*found];
        if (given.insert(*found).second) peer.addresses.clear();  // the command line goes before the site file
        for (const std::string& part : split(text.substr(equals + 1), ',')) {
            const std::string_view address = trim(part);
            std::string host = config::canonical_host(address);
            if (const auto mistake = config::host_mistake(address))
                problems.push_back(usage_problem(fmt::format("--peer {}: {}", printable(written), *mistake)));
            else if (std::find(peer.addresses.begin(), peer.addresses.end(), host) != peer.addresses.end())
                problems.push_back(usage_problem(
                    fmt::format("--peer {}: '{}' is in this list already", printable(written), printable(address))));
            else
                peer.addresses.push_back(std::move(host));
        }
    }
    for (const auto& [name, peer] : site.peers) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        problems.push_back(Problem{
            site.file, 0, 0,
            fmt::format("[peers] '{}' is not a peer of the chosen tables{}", printable(name), suggestion(name, known)),
            true});
    }
}

void look_at_rows(const std::vector<Table>& tables, const Site& site, Problems& problems) {
    std::vector<std::string> known;
    std::set<std::string> products;
    for (const Table& table : tables)
        for (const Row& row : table.rows) {
            known.push_back(row.id);
            known.push_back(row.full_id());
            products.insert(lower(row.product));
        }
    for (const auto& [id, row] : site.rows)
        if (std::find(known.begin(), known.end(), id) == known.end())
            problems.push_back(Problem{
                site.file, row.line, 1,
                fmt::format("[rows] '{}' is not a row of the chosen tables{}", printable(id), suggestion(id, known)),
                true});
    const std::string product = site.device.word("product");
    if (product.empty() || tables.empty() || products.contains(lower(product))) return;
    problems.push_back(Problem{site.file, 0, 0,
                               fmt::format("the site's device is a {}, and the chosen tables have no rows of it: they "
                                           "are checked as if they were its own",
                                           printable(product)),
                               true});
}

Problem secret_problem(const Site& site, std::string_view name, std::string_view what, bool warning) {
    const auto line = site.secret_lines.find(name);
    return Problem{site.file, line == site.secret_lines.end() ? 0 : line->second, 1,
                   fmt::format("`secrets.{}`: {}", name, what), warning};
}

Secrets load_secrets(const Site& site, const std::string& responder_key, Problems& problems) {
    Secrets secrets;
    const auto load = [&](const std::string& name, const std::string& path, const auto& refuse) {
        auto secret = name == responder_secret ? read_key_file(path) : config::read_secret_file(path);
        if (!secret)
            refuse(secret.error().to_string());
        else
            secrets.insert_or_assign(name, std::move(*secret));
    };
    for (const auto& [name, path] : site.secret_files) {
        // What the command line says goes before what the site file says.
        if (name == responder_secret && !responder_key.empty()) continue;
        load(name, path,
             [&, key = name](const std::string& what) { problems.push_back(secret_problem(site, key, what, false)); });
    }
    if (!responder_key.empty())
        load(std::string(responder_secret), responder_key,
             [&](const std::string& what) { problems.push_back(usage_problem("--responder-key: " + what)); });
    return secrets;
}

engine::PlanOptions plan_options(const Secrets& secrets, std::set<std::string, std::less<>> permitted) {
    static const std::vector<ProbeDescription> probes = probes::descriptions();
    engine::PlanOptions options;
    options.probes = probes;
    options.responder = secrets.contains(responder_secret);
    options.raw_packets = net::may_send_raw();
    options.program = config::surroundings().program.string();
    options.permitted = std::move(permitted);
    Secrets of_checks = secrets;
    // The proxy's credentials are the proxy's, and what signs notifications is for their receivers: no service is sent
    // either.
    for (const std::string_view other : {"proxy", "webhook"})
        if (const auto secret = of_checks.find(other); secret != of_checks.end()) of_checks.erase(secret);
    options.secrets = std::make_shared<const Secrets>(std::move(of_checks));
    return options;
}

engine::Plan plan_selection(const Selection& selection, const std::vector<Table>& tables, const Site& site,
                            engine::PlanOptions options, Problems& problems) {
    options.only = selection.only;
    options.ipv4 = !selection.ipv6_only;
    options.ipv6 = !selection.ipv4_only;
    if (selection.direction != "both")
        options.direction = selection.direction == "incoming" ? Direction::incoming : Direction::outgoing;
    // Each pattern must choose something: a slip of the pen would otherwise look like a clean run.
    std::vector<std::string> known;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            known.push_back(row.peer);
            known.push_back(row.purpose);
            known.push_back(row.id);
        }
    }
    for (const std::string& pattern : selection.only) {
        engine::PlanOptions alone = options;
        alone.only = {pattern};
        if (!engine::make_plan(tables, site, alone).rows.empty() || tables.empty()) continue;
        alone.direction.reset();
        const bool other_way = !engine::make_plan(tables, site, alone).rows.empty();
        problems.push_back(usage_problem(
            fmt::format("--only {}: no row with such an id, peer or purpose{}", printable(pattern),
                        other_way ? fmt::format(" among the {} ones; try --direction both", selection.direction)
                                  : suggestion(pattern, known))));
    }
    return engine::make_plan(tables, site, options);
}

std::optional<peers::Scenario> chosen_scenario(const std::optional<std::string>& code, Problems& problems) {
    if (!code) return std::nullopt;
    const auto scenario = peers::scenario_from(*code);
    if (!scenario)
        problems.push_back(usage_problem(
            fmt::format("--lab={}: no such scenario; there are: {}", printable(*code), peers::scenario_codes())));
    return scenario;
}

bool has_errors(const Problems& problems) {
    return std::any_of(problems.begin(), problems.end(), [](const Problem& one) { return !one.warning; });
}

bool complain_of(const Problems& problems) {
    for (const Problem& problem : problems) complain(problem.to_string());
    if (!has_errors(problems)) return false;
    complain("nothing was sent; correct this and try again");
    return true;
}

Report begin_report(const engine::Plan& plan, const Site& site) {
    Report report;
    report.version = version();
    report.started = std::chrono::system_clock::now();
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    report.vantage.host = host.data();
    report.vantage.site = site.name;
    if (site.proxy) report.vantage.proxy = site.proxy->to_string();
    report.device = site.device;
    for (const Row& row : plan.rows) report.rows.push_back(RowResult{row, State::unconfigured, {}});
    for (std::size_t index = 0; index < plan.checks.size(); ++index)
        report.rows[plan.checks[index].row].checks.push_back(index);
    return report;
}

}  // namespace fdnprobe::app
