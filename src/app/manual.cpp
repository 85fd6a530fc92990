#include "app/manual.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/file_keys.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "fdnprobe/verdict.hpp"
#include "judge/judge.hpp"
#include "judge/reasons.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::app {
namespace {

/// Text that man takes as it is: backslashes and hyphens escaped, no line that looks like a request.
std::string roff(std::string_view text) {
    std::string out;
    bool line_start = true;
    for (const char letter : text) {
        if (line_start && (letter == '.' || letter == '\'')) out += "\\&";
        if (letter == '\\')
            out += "\\e";
        else if (letter == '-')
            out += "\\-";
        else
            out += letter;
        line_start = letter == '\n';
    }
    return out;
}

std::string names_of(const CLI::Option& option) {
    std::string names;
    for (const std::string& name : option.get_snames()) names += (names.empty() ? "-" : ", -") + name;
    for (const std::string& name : option.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
    return names.empty() ? option.get_name() : names;
}

void add_options(std::string& page, const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
        const std::string type = option->get_type_name();
        const bool takes_value = option->get_expected_max() > 0 && !type.empty();
        page += fmt::format(".TP\n.B {}{}\n{}.\n", roff(names_of(*option)),
                            takes_value && !option->get_lnames().empty() ? " " + roff(type) : "",
                            roff(option->get_description()));
    }
}

void add_file_keys(std::string& page, std::string_view title, const std::vector<FileSection>& sections) {
    page += fmt::format(".SH {}\n", title);
    for (const FileSection& section : sections) {
        page += fmt::format(".SS {}\n{}\n", roff(section.title), roff(section.about));
        for (const FileKey& key : section.keys)
            page += fmt::format(".TP\n.B {}\n{}:\n.br\n{}\n", roff(key.name), roff(key.about), roff(key.example));
    }
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) { return app.get_subcommands({}); }

}  // namespace

std::string manual_page(const CLI::App& app) {
    std::string page = fmt::format(
        ".TH FDNPROBE 1 {} \"fdnprobe {}\" \"User Commands\"\n.SH NAME\nfdnprobe \\- {}\n"
        ".SH SYNOPSIS\n.B fdnprobe\n.I COMMAND\n.RI [ OPTIONS ]\n.SH DESCRIPTION\n",
        version_date(), version(), roff("check whether every service of a vendor's port tables can be reached"));
    page += roff(app.get_description()) +
            roff(
                "\nThe tables that come with it are those of FortiProxy 7.4 and of FortiGuard. No probe changes "
                "anything at the far end, logs in, or sends a serial number; no privilege is needed.\n");
    page += ".SH COMMANDS\n";
    for (const CLI::App* command : commands_of(app)) {
        page += fmt::format(".SS {}\n{}.\n", roff(command->get_name()), roff(command->get_description()));
        add_options(page, *command);
        if (!command->get_footer().empty()) page += ".PP\n.nf\n" + roff(command->get_footer()) + "\n.fi\n";
    }
    page += ".SH PROBES\n";
    for (const ProbeDescription& probe : probes::descriptions())
        page += fmt::format(".TP\n.B {}\n{}\n{}\n", roff(probe.name), roff(probe.sends), roff(probe.positive));
    page += ".SH VERDICTS AND CAUSES\n";
    for (const Verdict verdict : all_verdicts()) {
        page += fmt::format(".SS {}\n{}\n", roff(to_string(verdict)), roff(judge::explain(verdict)));
        for (const Cause cause : all_causes()) {
            if (verdict_of(cause) != verdict) continue;
            const judge::Explanation explanation = judge::explain(cause);
            page += fmt::format(".TP\n.B {}\n{}\n{}\n", roff(to_string(cause)), roff(explanation.seen),
                                roff(explanation.means));
        }
    }
    page += ".SH STATES OF A ROW\n";
    for (const State state : all_states())
        page += fmt::format(".TP\n.B {}\n{}\n", roff(to_string(state)), roff(judge::explain(state)));
    page += ".SH REASONS FOR MANY FAILURES\n";
    for (const judge::ReasonKind& kind : judge::reason_kinds())
        page += fmt::format(".TP\n.B {}\n{}\n{}\n", roff(kind.code), roff(kind.explanation.seen),
                            roff(kind.explanation.means));
    add_file_keys(page, "SITE FILES", site_file_sections());
    add_file_keys(page, "TABLE FILES", table_file_sections());
    page +=
        ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nWhen set, no colour is used.\n.TP\n.B FDNPROBE_TARGETS_DIR\nA folder that "
        "is searched for tables first.\n.TP\n.B SSL_CERT_FILE\nThe bundle of CAs that this host trusts, in place of "
        "the system's.\n"
        ".TP\n.B TMPDIR\nWhere the lab keeps its certificates while it runs.\n";
    page +=
        ".SH FILES\nTables are looked for beside the program, in\n.IR ~/.config/fdnprobe ,\n.IR /etc/fdnprobe\n"
        "and the\n.I share/fdnprobe/targets\nfolder of the installation.\n";
    page += ".SH SEE ALSO\n.BR nmap (1),\n.BR openssl\\-s_client (1ssl),\n.BR dig (1)\n";
    return page;
}

std::string bash_completion(const CLI::App& app) {
    std::string commands;
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        commands += (commands.empty() ? "" : " ") + command->get_name();
        std::string options;
        for (const CLI::Option* option : command->get_options())
            for (const std::string& name : option->get_lnames()) options += (options.empty() ? "--" : " --") + name;
        cases += fmt::format("        {}) words=\"{}\" ;;\n", command->get_name(), options);
    }
    std::string codes;
    for (const Cause cause : all_causes()) codes += fmt::format("{}{}", codes.empty() ? "" : " ", to_string(cause));
    for (const judge::ReasonKind& kind : judge::reason_kinds())
        if (!cause_from(kind.code)) codes += fmt::format(" {}", kind.code);
    return fmt::format(
        "# bash completion for fdnprobe\n"
        "_fdnprobe() {{\n"
        "    local word=${{COMP_WORDS[COMP_CWORD]}} words=\"{} --help --version\"\n"
        "    if [ \"$COMP_CWORD\" -gt 1 ]; then\n"
        "        case ${{COMP_WORDS[1]}} in\n{}"
        "        esac\n"
        "        [ \"${{COMP_WORDS[1]}}\" = explain ] && words=\"{}\"\n"
        "    fi\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
        "    [ ${{#COMPREPLY[@]}} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
        "}}\n"
        "complete -F _fdnprobe fdnprobe\n",
        commands, cases, codes);
}

}  // namespace fdnprobe::app
