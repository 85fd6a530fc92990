// What `fdnprobe list` prints: what a check run would do, row by row, and what it would leave out and why. Nothing has
// been sent when it is printed, so it makes no statement about any host.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "judge/judge.hpp"
#include "report/groups.hpp"
#include "report/render.hpp"
#include "report/run_words.hpp"
#include "report/shown.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::size_t row_indent = 2;
constexpr std::size_t check_indent = 4;

/// Ports of the vendors' tables and names of probes; both are padded to stand in columns.
constexpr std::size_t port_width = 10;
constexpr std::size_t probe_width = 14;

std::string trust_words(const Trust& trust) {
    if (trust.any) return "any";
    std::vector<std::string> words;
    if (trust.public_ca) words.emplace_back("public");
    if (trust.fortinet) words.emplace_back("fortinet");
    return listed(words, "or");
}

class PlanWriter {
  public:
    PlanWriter(const Report& plan, const TableStyle& style, const Site* site)
        : plan_(plan), style_(style), site_(site), page_(style.width, style.colour) {}

    std::string write() {
        if (!style_.quiet) write_header();
        for (const Section& section : sections_of(plan_)) write_section(section);
        write_closing();
        return page_.take();
    }

  private:
    void write_header() {
        const std::string tables = tables_of(plan_);
        page_.paragraph(0, 2,
                        fmt::format("fdnprobe {}: what a check of {}{} would do {}. Nothing has been sent.",
                                    shown_name(plan_.version), counted(plan_.rows.size(), "row"),
                                    tables.empty() ? "" : " of " + tables, vantage_words(plan_.vantage)));
    }

    [[nodiscard]] std::vector<const CheckResult*> checks_of(const RowResult& row) const {
        std::vector<const CheckResult*> checks;
        for (const std::size_t index : row.checks) {
            if (index >= plan_.checks.size()) continue;
            if (!style_.quiet || plan_.checks[index].check.skip) checks.push_back(&plan_.checks[index]);
        }
        return checks;
    }

    void write_section(const Section& section) {
        bool titled = false;
        for (const Party& party : section.parties) {
            bool party_titled = false;
            for (const std::size_t index : party.rows) {
                const RowResult& row = plan_.rows[index];
                const auto checks = checks_of(row);
                if (style_.quiet && checks.empty()) continue;
                if (!titled) {
                    page_.gap();
                    page_.paragraph(0, 2, section.title, Ink::strong);
                    titled = true;
                }
                if (!party_titled) {
                    page_.gap();
                    page_.paragraph(0, 2, party.title, Ink::strong);
                    party_titled = true;
                }
                write_row(row.row, checks);
            }
        }
    }

    void write_row(const Row& row, const std::vector<const CheckResult*>& checks) {
        page_.paragraph(row_indent, check_indent,
                        std::array{Span{shown_name(row.purpose), Ink::strong},
                                   Span{fmt::format(": {}, {}", shown_name(row.ports),
                                                    bound(fmt::format("need {}", to_string(row.need)))),
                                        Ink::plain}});
        if (style_.evidence) {
            page_.paragraph(check_indent, check_indent + 2, "id: " + shown_sentence(row.full_id()), Ink::faint);
            if (!row.note.empty())
                page_.paragraph(check_indent, check_indent + 2, "note: " + shown_sentence(row.note), Ink::faint);
        }
        if (checks.empty()) page_.paragraph(check_indent, check_indent + 2, "nothing to try", Ink::faint);
        std::vector<std::pair<std::string, std::vector<const CheckResult*>>> not_used;
        for (const CheckResult* result : checks) {
            if (style_.evidence || result->check.skip != Cause::not_applicable) {
                write_check(*result);
                continue;
            }
            const std::string why = reason(*result);
            auto known =
                std::find_if(not_used.begin(), not_used.end(), [&](const auto& one) { return one.first == why; });
            if (known == not_used.end()) known = not_used.insert(not_used.end(), {why, {}});
            known->second.push_back(result);
        }
        for (const auto& [why, results] : not_used) write_not_used(why, results);
    }

    /// What does not apply for one and the same reason is one line.
    void write_not_used(const std::string& why, const std::vector<const CheckResult*>& results) {
        std::vector<std::string> places;
        for (const CheckResult* result : results) {
            const Check& check = result->check;
            const std::string host = check.host.empty() ? "" : " at " + shown_name(check.host);
            const std::string place = bound(check.port.to_string() + host);
            if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
        }
        page_.paragraph(check_indent, check_indent + 2,
                        std::array{Span{"skipped", Ink::warn},
                                   Span{fmt::format(" (not-applicable){}: {}",
                                                    why.ends_with('.') ? why.substr(0, why.size() - 1) : why,
                                                    fmt::join(places, ", ")),
                                        Ink::plain}});
        explain(Cause::not_applicable);
    }

    void write_check(const CheckResult& result) {
        const Check& check = result.check;
        const std::string probe = check.probe.empty() ? "-" : shown_name(check.probe);
        const std::string head =
            fmt::format("{:<{}}  {:<{}}  ", check.port.to_string(), port_width, probe, probe_width);
        const std::size_t hang = check_indent + port_width + probe_width + 4;
        if (check.skip) {
            const std::string host = check.host.empty() ? "" : shown_name(check.host) + ", ";
            page_.paragraph(
                check_indent, hang,
                std::array{Span{head + host, Ink::plain}, Span{"skipped", Ink::warn},
                           Span{fmt::format(" ({}){}", to_string(*check.skip), reason(result)), Ink::plain}});
            explain(*check.skip);
        } else {
            page_.paragraph(check_indent, hang, head + shown_name(check.host) + particulars(check));
        }
        if (style_.evidence) {
            page_.paragraph(check_indent + 2, check_indent + 4, "id: " + shown_sentence(check.id), Ink::faint);
            if (!check.note.empty())
                page_.paragraph(check_indent + 2, check_indent + 4, "note: " + shown_sentence(check.note), Ink::faint);
        }
    }

    static std::string reason(const CheckResult& result) {
        if (!result.check.skip_reason.empty()) return ": " + shown_sentence(result.check.skip_reason);
        const Conclusion conclusion = judge::conclude_skipped(result.check);
        return conclusion.summary.empty() ? "" : ": " + shown_sentence(conclusion.summary);
    }

    static std::string particulars(const Check& check) {
        std::vector<std::string> words;
        if (check.level == Level::notice) words.emplace_back("notice");
        if (!check.alternative.empty()) words.push_back("alternative " + shown_name(check.alternative));
        if (const std::string trust = trust_words(check.trust); !trust.empty()) words.push_back("trust " + trust);
        if (!check.signer.empty()) words.push_back("signer " + shown_name(check.signer));
        if (check.ocsp == Stapling::demanded) words.emplace_back("stapled OCSP answer demanded");
        if (check.ocsp == Stapling::expected) words.emplace_back("stapled OCSP answer expected");
        if (check.proxy) words.push_back("through the proxy " + shown_name(check.proxy->to_string()));
        if (!check.condition.empty()) words.push_back("if " + shown_sentence(check.condition));
        if (!check.server_name.empty() && check.server_name != check.host)
            words.push_back("server name " + shown_name(check.server_name));
        if (!check.pinned.empty()) {
            std::vector<std::string> addresses;
            for (const Address& address : check.pinned) addresses.push_back(address.to_string());
            words.push_back("pinned to " + listed(addresses));
        }
        if (check.dial_transport)
            words.push_back("dialled at " + Port{check.transport(), check.dial_port}.to_string());
        else if (check.dial_port != 0 && check.dial_port != check.port.number)
            words.push_back(fmt::format("dialled at port {}", check.dial_port));
        return words.empty() ? std::string() : fmt::format(" ({})", fmt::join(words, "; "));
    }

    void explain(Cause cause) {
        if (!style_.explain || !explained_.insert(cause).second) return;
        const judge::Explanation explanation = judge::explain(cause);
        for (const std::string_view text : {explanation.seen, explanation.means, explanation.advice})
            if (!text.empty()) page_.paragraph(check_indent + 2, check_indent + 2, text, Ink::faint);
    }

    void write_closing() {
        page_.gap();
        if (plan_.rows.empty()) {
            page_.paragraph(0, 2, "No row was chosen, so there is nothing to check.");
            return;
        }
        std::map<Cause, std::size_t> skipped;
        std::size_t skipped_total = 0;
        for (const CheckResult& result : plan_.checks) {
            if (!result.check.skip) continue;
            ++skipped[*result.check.skip];
            ++skipped_total;
        }
        std::string counts = fmt::format("{} of {} would run", counted(plan_.checks.size() - skipped_total, "check"),
                                         counted(plan_.rows.size(), "row"));
        if (skipped_total > 0) {
            std::vector<std::string> causes;
            for (const auto& [cause, count] : skipped) causes.push_back(fmt::format("{} {}", count, to_string(cause)));
            counts += fmt::format("; {} would be skipped ({})", skipped_total, fmt::join(causes, ", "));
        }
        page_.paragraph(0, 2, counts + '.');
        if (site_ != nullptr) write_site(*site_);
        if (const std::string hint = device_hint(plan_); !hint.empty()) {
            page_.gap();
            page_.paragraph(0, 2, hint);
        }
        write_missing();
    }

    void write_item(const std::string& text) { page_.paragraph(row_indent, row_indent + 2, "- " + text); }

    /// What the site file says, so that a slip in it can be seen. Secrets are named, and never shown.
    void write_site(const Site& site) {
        page_.gap();
        page_.paragraph(0, 2, fmt::format("Configured in {}", shown_name(site.file)), Ink::strong);
        for (const DeviceKey& key : device_keys())
            if (const DeviceValue* value = site.device.find(key.name)) {
                ++configured_;
                write_item("device: " + spell_setting(key.name, *value) + (value->assumed ? " (assumed)" : ""));
            }
        for (const auto& [name, peer] : site.peers) write_peer(name, peer);
        for (const auto& [id, row] : site.rows) write_site_row(id, row);
        for (const Pin& pin : site.pins) write_pin(pin);
        std::vector<std::string> resolvers;
        for (const SocketAddress& resolver : site.resolvers) resolvers.push_back(resolver.to_string());
        write_list("resolvers", resolvers);
        write_list("split horizon", site.split_horizon);
        if (site.proxy)
            write_setting("proxy", fmt::format("{}, names resolved {}", shown_name(site.proxy->to_string()),
                                               site.proxy_resolves ? "by it" : "here"));
        if (site.source) write_setting("source", site.source->to_string());
        if (!site.interface.empty()) write_setting("interface", shown_name(site.interface));
        write_list("public CA files", site.public_ca_files);
        write_list("Fortinet CA files", site.fortinet_ca_files);
        write_list("inspection CA files", site.inspection_ca_files);
        std::vector<std::string> secrets;
        for (const auto& [name, file] : site.secret_files) secrets.push_back(name);
        write_list("secrets", secrets);
        if (configured_ == 0) write_item("nothing");
    }

    void write_peer(const std::string& name, const SitePeer& peer) {
        std::vector<std::string> words;
        for (const std::string& address : peer.addresses) words.push_back(shown_name(address));
        for (const auto& [port, custom] : peer.ports)
            words.push_back(fmt::format("{} is {}", port.to_string(), custom.to_string()));
        write_setting(shown_name(name), fmt::format("{}", fmt::join(words, ", ")));
    }

    void write_site_row(const std::string& id, const SiteRow& row) {
        std::vector<std::string> words;
        for (const DevicePlace& place : row.places)
            words.push_back(shown_name(place.host) + (place.port ? fmt::format(" port {}", *place.port) : ""));
        for (const auto& [port, custom] : row.ports)
            words.push_back(fmt::format("{} is {}", port.to_string(), custom.to_string()));
        if (row.level) words.push_back("level " + std::string(to_string(*row.level)));
        write_setting(shown_name(id), fmt::format("{}", fmt::join(words, ", ")));
    }

    void write_pin(const Pin& pin) {
        const std::string port = pin.port ? " at " + pin.port->to_string() : "";
        write_setting(shown_name(pin.host) + port,
                      "pinned to " + (pin.dial_port ? SocketAddress{pin.address, *pin.dial_port}.to_string()
                                                    : pin.address.to_string()));
    }

    void write_list(std::string_view key, const std::vector<std::string>& values) {
        if (values.empty()) return;
        std::vector<std::string> shown;
        for (const std::string& value : values) shown.push_back(shown_name(value));
        write_setting(key, fmt::format("{}", fmt::join(shown, ", ")));
    }

    void write_setting(std::string_view key, const std::string& value) {
        ++configured_;
        write_item(fmt::format("{}: {}", key, value));
    }

    void write_missing() {
        if (plan_.missing.empty()) return;
        page_.gap();
        page_.paragraph(0, 2, "To test more", Ink::strong);
        for (const Missing& missing : plan_.missing)
            write_item(fmt::format("{}: {} ({})", shown_sentence(missing.what), shown_sentence(missing.how),
                                   counted(missing.checks, "check")));
    }

    const Report& plan_;
    const TableStyle& style_;
    const Site* site_;
    std::size_t configured_ = 0;  ///< settings that were written
    Page page_;
    std::set<Cause> explained_;
};

}  // namespace

std::string render_plan(const Report& plan, const TableStyle& style, const Site* site) {
    return PlanWriter(plan, style, site).write();
}

}  // namespace fdnprobe::report
