#include "app/preparation.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/baseline.hpp"
#include "app/inputs.hpp"
#include "app/proxy_settings.hpp"
#include "base/text.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::app {
namespace {

/// What the command line says of the network goes before what the site file says.
void apply_network(const CheckOptions& options, Site& site, Problems& problems) {
    if (!options.source.empty()) {
        site.source = Address::parse(options.source);
        if (!site.source)
            problems.push_back(usage_problem(
                fmt::format("--source {}: expected an IP address of this host", printable(options.source))));
    }
    if (!options.interface.empty()) site.interface = options.interface;
    if (options.resolvers.empty()) return;
    site.resolvers.clear();
    for (const std::string& text : options.resolvers) {
        if (const auto resolver = SocketAddress::parse(text, 53))
            site.resolvers.push_back(*resolver);
        else
            problems.push_back(usage_problem(
                fmt::format("--resolver {}: expected ADDRESS or ADDRESS:PORT, such as 192.0.2.53", printable(text))));
    }
}

bool needs_trust(const engine::Plan& plan) {
    return std::any_of(plan.checks.begin(), plan.checks.end(), [](const Check& check) {
        const probes::Probe* probe = check.skip ? nullptr : probes::find(check.probe);
        return probe != nullptr && probe->description.uses_tls;
    });
}

/// Gives the checks what a baseline says of their endpoints.
void compare_with(const std::string& file, engine::Plan& plan, Problems& problems) {
    const std::size_t mistakes = problems.size();
    const config::Baseline baseline = load_baseline(file, problems);
    if (problems.size() > mistakes || apply_baseline(baseline, plan.checks) > 0) return;
    problems.push_back(Problem{printable(file), 0, 0, "knows none of the endpoints that are checked", true});
}

}  // namespace

Preparation prepare(const CheckOptions& options, const std::vector<Table>& tables, Site site, Problems& problems) {
    Preparation made;
    made.site = std::move(site);
    add_peers(options.selection.peers, tables, made.site, problems);
    look_at_rows(tables, made.site, problems);
    apply_network(options, made.site, problems);
    apply_proxy(options.proxy, made.site, problems);
    made.secrets = load_secrets(made.site, options.responder_key, problems);
    std::set<std::string, std::less<>> permitted;
    if (options.allow_syslog_message) permitted.emplace("syslog-message");
    made.plan = plan_selection(options.selection, tables, made.site, plan_options(made.secrets, std::move(permitted)),
                               problems);
    if (needs_trust(made.plan)) {
        net::TrustFiles files{made.site.public_ca_files, options.ca_files, made.site.fortinet_ca_files,
                              made.site.inspection_ca_files};
        auto loaded = net::TrustStore::load(files);
        if (loaded)
            made.trust = std::move(*loaded);
        else
            problems.push_back(usage_problem(loaded.error()));
    }
    if (!options.baseline.empty()) compare_with(options.baseline, made.plan, problems);
    made.proxy = proxy_settings(made.site, made.secrets, problems);
    return made;
}

}  // namespace fdnprobe::app
