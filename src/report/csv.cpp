// For spreadsheets: one line for each check, which says what its row is as well, so that any line can be read alone.
// Text is escaped and cut as it is in JSON.
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "report/csv_cell.hpp"
#include "report/json_values.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::array<std::string_view, 29> columns{"row",
                                                   "table",
                                                   "direction",
                                                   "peer",
                                                   "purpose",
                                                   "ports",
                                                   "state",
                                                   "check",
                                                   "level",
                                                   "host",
                                                   "address",
                                                   "port",
                                                   "transport",
                                                   "probe",
                                                   "verdict",
                                                   "cause",
                                                   "stage",
                                                   "confidence",
                                                   "owner",
                                                   "hop",
                                                   "hop_address",
                                                   "total_ms",
                                                   "certificate_not_after",
                                                   "certificate_signer",
                                                   "summary",
                                                   "advice",
                                                   "warnings",
                                                   "site",
                                                   "started"};

using Cells = std::vector<std::string>;

void add_row(Cells& cells, const RowResult& result) {
    const Row& row = result.row;
    cells.push_back(shown_sentence(row.full_id()));
    cells.push_back(shown_name(row.table));
    cells.emplace_back(to_string(row.direction));
    cells.push_back(shown_name(row.peer));
    cells.push_back(shown_sentence(row.purpose));
    cells.push_back(shown_sentence(row.ports));
    cells.emplace_back(to_string(result.state));
}

void add_certificate(Cells& cells, const Attempt* attempt) {
    if (attempt == nullptr || attempt->tls == nullptr || attempt->tls->chain.empty()) {
        cells.resize(cells.size() + 2);
        return;
    }
    const CertificateFacts& leaf = attempt->tls->chain.front();
    cells.push_back(json_time(leaf.not_after));
    cells.push_back(shown_name(leaf.issuer_name));
}

void add_conclusion(Cells& cells, const CheckResult& result) {
    const Conclusion& conclusion = result.conclusion;
    const Attempt* const attempt = telling_attempt(result);
    cells.emplace_back(to_string(conclusion.verdict));
    cells.emplace_back(to_string(conclusion.cause));
    cells.emplace_back(to_string(conclusion.stage));
    cells.emplace_back(to_string(conclusion.confidence));
    cells.emplace_back(to_string(conclusion.owner));
    const Where where = conclusion.where.value_or(Where{});
    cells.push_back(where.hop ? std::to_string(*where.hop) : "");
    cells.push_back(where.address ? where.address->to_string() : "");
    cells.push_back(attempt == nullptr ? "" : fmt::format("{}", json_milliseconds(attempt->timing.total)));
    add_certificate(cells, attempt);
    cells.push_back(shown_sentence(conclusion.summary.empty() ? result.check.skip_reason : conclusion.summary));
    cells.push_back(shown_sentence(conclusion.advice.value_or("")));
    std::string warnings;
    for (const std::string& warning : conclusion.warnings)
        warnings += (warnings.empty() ? "" : " ") + shown_sentence(warning);
    cells.push_back(std::move(warnings));
}

void add_check(Cells& cells, const CheckResult& result) {
    const Check& check = result.check;
    const auto destination = destination_of(result);
    cells.push_back(shown_sentence(check.id));
    cells.emplace_back(to_string(check.level));
    cells.push_back(shown_name(check.host));
    cells.push_back(destination ? destination->address.to_string() : "");
    cells.push_back(std::to_string(check.port.number));
    cells.emplace_back(to_string(check.port.transport));
    cells.push_back(shown_name(check.probe));
    add_conclusion(cells, result);
}

}  // namespace

std::string render_csv(const Report& report) {
    // Two columns are the run's; they stand last, where a reader of one file need not look.
    constexpr std::size_t of_the_run = 2;
    std::string out = csv_line(Cells(columns.begin(), columns.end()));
    const auto finish = [&](Cells& cells) {
        cells.resize(columns.size() - of_the_run);
        cells.push_back(shown_name(report.vantage.site));
        cells.push_back(to_rfc3339(report.started));
        out += csv_line(cells);
    };
    for (const RowResult& row : report.rows) {
        bool any = false;
        for (const std::size_t index : row.checks) {
            if (index >= report.checks.size()) continue;
            any = true;
            Cells cells;
            add_row(cells, row);
            add_check(cells, report.checks[index]);
            finish(cells);
        }
        if (any) continue;
        Cells cells;
        add_row(cells, row);
        finish(cells);
    }
    return out;
}

}  // namespace fdnprobe::report
