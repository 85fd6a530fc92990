#include "web/page.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/version.hpp"
#include "report/groups.hpp"
#include "report/html_reasons.hpp"
#include "report/html_row.hpp"
#include "report/html_summary.hpp"
#include "report/html_words.hpp"
#include "report/shown.hpp"
#include "report/standing.hpp"
#include "web/page_parts.hpp"
#include "web/page_timeline.hpp"

namespace fdnprobe::web {
namespace {

using report::shown_name;
using report::standing_of;

/// One of the three spans, by row.
struct Span {
    std::string_view title;
    std::map<std::string_view, const RowHistory*> rows;

    Span(std::string_view name, const HistoryReport& history) : title(name) {
        for (const RowHistory& row : history.rows) rows.emplace(row.id, &row);
    }
};

class RowsPage {
  public:
    RowsPage(Html& html, const Snapshot& snapshot, const Timelines* timelines)
        : html_(html), snapshot_(snapshot), report_(snapshot.report) {
        if (timelines != nullptr)
            spans_ = {{"Day", timelines->day}, {"Week", timelines->week}, {"Month", timelines->month}};
    }

    void write() {
        report::html_reasons(html_, report_);
        report::html_first_steps(html_, report_);
        write_filter();
        const auto all = html_.element("div", {{"id", "rows"}, {"data-key", "rows"}});
        for (const report::Section& section : report::sections_of(report_)) write_section(section);
        if (report_.rows.empty()) html_.leaf("p", "No row was chosen, so there is nothing to check.");
    }

  private:
    /// The counts can be read without a script; choosing and searching take one.
    void write_filter() {
        const auto form =
            html_.element("form", {{"class", "filter"}, {"id", "filter"}, {"role", "search"}, {"data-key", "filter"}});
        {
            const auto group = html_.element("fieldset");
            html_.leaf("legend", "Rows by state");
            report::html_counts(html_, report_, true);
        }
        const auto search = html_.element("p", {{"class", "search"}});
        {
            const auto label = html_.element("label");
            html_.text("Find ");
            html_.empty("input", {{"type", "search"},
                                  {"id", "search"},
                                  {"autocomplete", "off"},
                                  {"spellcheck", "false"},
                                  {"placeholder", "peer, purpose, port, cause"}});
        }
        html_.leaf("span", {{"id", "shown"}, {"role", "status"}}, "");
    }

    void write_section(const report::Section& section) {
        const auto part = html_.element("section", {{"class", "rows"}, {"data-key", section.title}});
        html_.leaf("h2", section.title);
        // Below a certain width the lines of the table are laid out otherwise; the roles keep it a table.
        const auto table = html_.element("table", {{"class", "rows"}, {"role", "table"}});
        write_columns();
        for (const report::Party& party : section.parties) write_party(party);
    }

    void write_columns() {
        const auto head = html_.element("thead", {{"role", "rowgroup"}});
        const auto line = html_.element("tr", {{"role", "row"}});
        const auto column = [&](std::string_view name, std::string_view kind) {
            html_.leaf("th", {{"scope", "col"}, {"role", "columnheader"}, {"class", kind}}, name);
        };
        column("State", "c-state");
        column("Row", "c-row");
        column("What is the matter", "c-matter");
        column("Since", "c-since");
        for (const Span& span : spans_) column(span.title, "c-time");
    }

    void write_party(const report::Party& party) {
        const auto group = html_.element("tbody", {{"role", "rowgroup"}, {"data-key", party.title}});
        {
            const auto line = html_.element("tr", {{"class", "peer"}, {"role", "row"}});
            html_.leaf(
                "th", {{"scope", "rowgroup"}, {"role", "rowheader"}, {"colspan", fmt::format("{}", 4 + spans_.size())}},
                party.title);
        }
        for (const std::size_t row : party.rows) write_row(report_.rows[row]);
    }

    void write_row(const RowResult& row) {
        const std::string id = row.row.full_id();
        const auto line = html_.element("tr", {{"class", fmt::format("row {}", report::tone_of(row.state))},
                                               {"role", "row"},
                                               {"data-key", shown_name(id)},
                                               {"data-state", to_string(row.state)}});
        {
            const auto cell = html_.element("td", {{"class", "c-state"}, {"role", "cell"}});
            report::html_state(html_, row.state);
        }
        {
            const auto cell = html_.element("th", {{"class", "c-row"}, {"scope", "row"}, {"role", "rowheader"}});
            html_.leaf("a", {{"class", "open"}, {"href", address_of_row(id)}}, shown_name(row.row.purpose));
            html_.leaf("span", {{"class", "ports"}}, shown_name(row.row.ports));
        }
        {
            const auto cell = html_.element("td", {{"class", "c-matter"}, {"role", "cell"}});
            report::html_findings(html_, report_, row);
        }
        {
            const auto cell = html_.element("td", {{"class", "c-since"}, {"role", "cell"}});
            if (row.state != State::unconfigured) html_since(html_, standing_of(snapshot_, id));
        }
        for (const Span& span : spans_) {
            const auto cell = html_.element("td", {{"class", "c-time"}, {"role", "cell"}, {"data-label", span.title}});
            const auto found = span.rows.find(id);
            static const std::vector<StatePeriod> nothing;
            html_timeline(html_, found == span.rows.end() ? nothing : found->second->timeline,
                          fmt::format("Last {}", span.title == "Day"    ? "day"
                                                 : span.title == "Week" ? "week"
                                                                        : "month"));
        }
    }

    Html& html_;
    const Snapshot& snapshot_;
    const Report& report_;
    std::vector<Span> spans_;
};

}  // namespace

std::string page_of_rows(const Snapshot* snapshot, const WatchFacts& facts, const Timelines* timelines) {
    Html html;
    html.doctype();
    {
        const auto document = html.element("html", {{"lang", "en"}});
        const bool has_site = snapshot != nullptr && !snapshot->report.vantage.site.empty();
        html_head(html, fmt::format("{}: {}", snapshot == nullptr ? "waiting" : report::title_words(snapshot->report),
                                    has_site ? shown_name(snapshot->report.vantage.site) : "fdnprobe"));
        const auto body = html.element("body");
        html_top(html, snapshot, facts);
        {
            const auto main = html.element("main", {{"id", "main"}, {"tabindex", "-1"}});
            {
                const auto banners = html.element("div", {{"class", "banners"}, {"data-key", "banners"}});
                html_banners(html, facts);
            }
            if (snapshot == nullptr)
                html.leaf("p", {{"class", "waiting"}}, "The first run has not ended yet. Its rows will stand here.");
            else
                RowsPage(html, *snapshot, timelines).write();
        }
        html.leaf("p", {{"id", "news"}, {"class", "news"}, {"aria-live", "polite"}}, "");
        html_foot(html, snapshot == nullptr ? version() : snapshot->report.version);
    }
    return html.take() + '\n';
}

std::string page_of_row(const Snapshot& snapshot, std::string_view row, const RowHistory* history) {
    const auto found = std::find_if(snapshot.report.rows.begin(), snapshot.report.rows.end(),
                                    [&](const RowResult& result) { return result.row.full_id() == row; });
    if (found == snapshot.report.rows.end()) return {};
    Html html;
    html.doctype();
    {
        const auto document = html.element("html", {{"lang", "en"}});
        html_head(html, fmt::format("{}: {}, {}", to_string(found->state), shown_name(found->row.purpose),
                                    shown_name(found->row.peer)));
        const auto body = html.element("body");
        html_top(html, &snapshot, snapshot.watch);
        {
            const auto main = html.element("main", {{"id", "main"}, {"tabindex", "-1"}, {"class", "one"}});
            {
                const auto way = html.element("p", {{"class", "back"}});
                html.leaf("a", {{"href", "/"}}, "All rows");
            }
            html.leaf("h2", {{"class", "title"}}, shown_name(found->row.purpose));
            {
                const auto line = html.element("p", {{"class", "standing"}});
                report::html_state(html, found->state);
                if (found->state != State::unconfigured) {
                    html.text(" since ");
                    html_since(html, standing_of(snapshot, found->row.full_id()));
                }
            }
            {
                const auto banners = html.element("div", {{"class", "banners"}, {"data-key", "banners"}});
                html_banners(html, snapshot.watch);
            }
            report::html_reasons_of_row(html, snapshot.report, *found);
            const auto part = html.element("div", {{"id", "row"}, {"class", "row-body"}, {"data-key", "row"}});
            {
                const auto facts = html.element("dl", {{"class", "facts"}});
                report::html_fact(html, "Peer", shown_name(found->row.peer));
                report::html_fact(html, "Ports", shown_name(found->row.ports));
                report::html_fact(html, "Needed", found->row.need == Need::any ? "any of them" : "all of them");
            }
            if (!found->row.note.empty()) html.leaf("p", {{"class", "aside"}}, report::shown_sentence(found->row.note));
            report::html_checks(html, snapshot.report, *found);
            html.leaf("p", {{"class", "id"}}, shown_name(found->row.full_id()));
            if (history != nullptr) html_history(html, snapshot.report, *history);
        }
        html.leaf("p", {{"id", "news"}, {"class", "news"}, {"aria-live", "polite"}}, "");
        html_foot(html, snapshot.report.version);
    }
    return html.take() + '\n';
}

std::string page_of_error(int status, std::string_view what) {
    Html html;
    html.doctype();
    {
        const auto document = html.element("html", {{"lang", "en"}});
        html_head(html, fmt::format("{}: fdnprobe", status));
        const auto body = html.element("body", {{"class", "error"}});
        const auto main = html.element("main", {{"id", "main"}});
        html.leaf("h1", fmt::format("{}", status));
        html.leaf("p", report::shown_sentence(what));
        const auto way = html.element("p");
        html.leaf("a", {{"href", "/"}}, "All rows");
    }
    return html.take() + '\n';
}

}  // namespace fdnprobe::web
