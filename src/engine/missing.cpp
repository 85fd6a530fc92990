#include "engine/missing.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::engine {
namespace {

class Search {
  public:
    Search(const Plan& plan, const PlanOptions& options) : plan_(plan), options_(options) {}

    std::vector<Missing> run() {
        addresses();
        interface();
        secrets();
        responder();
        raw_packets();
        return std::move(missing_);
    }

  private:
    using Wanted = std::function<bool(const Check&, const ProbeDescription&)>;

    void add(std::string what, std::string how, std::size_t checks) {
        if (checks > 0) missing_.push_back({std::move(what), std::move(how), checks});
    }

    [[nodiscard]] std::size_t count(const Wanted& wanted) const {
        return static_cast<std::size_t>(
            std::count_if(plan_.checks.begin(), plan_.checks.end(), [&](const Check& check) {
                const ProbeDescription* probe = find_description(options_.probes, check.probe);
                return probe != nullptr && wanted(check, *probe);
            }));
    }

    void addresses() {
        std::map<std::string, std::size_t> at;
        for (const Check& check : plan_.checks) {
            if (check.skip != Cause::not_configured || check.port.transport == Transport::ethernet) continue;
            const std::string end = endpoint_name(plan_.rows[check.row]);
            const auto [found, fresh] = at.try_emplace(end, missing_.size());
            if (fresh)
                add("the address of " + printable(end),
                    fmt::format(
                        "--peer {}, or `{}` under [peers] in a site file{}", shell_word(printable(end) + "=ADDRESS"),
                        printable(end),
                        has_public_names(end) ? "; it stands in for the names that the table has for it, too" : ""),
                    1);
            else
                ++missing_[found->second].checks;
        }
    }

    [[nodiscard]] bool has_public_names(const std::string& end) const {
        return std::any_of(plan_.checks.begin(), plan_.checks.end(), [&](const Check& check) {
            return check.public_name && endpoint_name(plan_.rows[check.row]) == end;
        });
    }

    void interface() {
        add("an interface", "`interface` under [network] in a site file, or --interface NAME",
            count([](const Check& check, const ProbeDescription&) {
                return check.skip == Cause::not_configured && check.port.transport == Transport::ethernet;
            }));
    }

    void secrets() {
        for (const ProbeDescription& probe : options_.probes) {
            if (probe.secret.empty() || (options_.secrets != nullptr && options_.secrets->contains(probe.secret)))
                continue;
            // Several probes may use one secret: it is named once, with the first of them.
            const auto first = std::find_if(options_.probes.begin(), options_.probes.end(),
                                            [&](const auto& other) { return other.secret == probe.secret; });
            if (&*first != &probe) continue;
            add(fmt::format("the {} secret", probe.secret),
                fmt::format("`{} = \"FILE\"` under [secrets] in a site file", probe.secret),
                count([&](const Check&, const ProbeDescription& other) { return other.secret == probe.secret; }));
        }
    }

    void responder() {
        if (options_.responder) return;
        add("a responder at the far end",
            "`fdnprobe respond` there, and here --responder-key FILE, or `responder = \"FILE\"` under [secrets] in a "
            "site file",
            count([](const Check&, const ProbeDescription& probe) {
                return probe.responder_only || probe.members_only || probe.one_way;
            }));
    }

    void raw_packets() {
        if (options_.raw_packets) return;
        add("the right to raw packets (CAP_NET_RAW)", grant_command(options_.program),
            count([](const Check& check, const ProbeDescription&) {
                return check.transport() == Transport::esp || check.transport() == Transport::ethernet;
            }));
    }

    const Plan& plan_;
    const PlanOptions& options_;
    std::vector<Missing> missing_;
};

}  // namespace

std::vector<Missing> find_missing(const Plan& plan, const PlanOptions& options) { return Search(plan, options).run(); }

}  // namespace fdnprobe::engine
