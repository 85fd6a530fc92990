// `fdnprobe init`: the site file of a device's configuration, or of what a person answers.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/init_questions.hpp"
#include "app/init_surroundings.hpp"
#include "app/inputs.hpp"
#include "app/key_file.hpp"
#include "app/output_file.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "config/device_configuration.hpp"
#include "config/fortios_text.hpp"
#include "config/load.hpp"
#include "config/site_text.hpp"
#include "engine/plan.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::app {
namespace {

/// What a file, a pipe or standard input holds. A configuration is larger than what people write by hand, so that the
/// bound of other files does not do.
Expected<std::string, std::string> read_configuration(const std::string& path) {
    const bool standard = path == "-";
    const auto fail = [&](std::string_view what) {
        return Unexpected<std::string>(
            fmt::format("{}: {}", standard ? std::string("standard input") : printable(path), what));
    };
    system::Descriptor opened;
    if (!standard) {
        opened = system::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
        if (!opened.is_open()) return fail(fmt::format("cannot read the file: {}", std::strerror(errno)));
    }
    const int number = standard ? STDIN_FILENO : opened.number();
    struct stat status {};
    if (::fstat(number, &status) == 0 && S_ISDIR(status.st_mode)) return fail("expected a file, and this is a folder");
    const std::string too_large =
        fmt::format("it has more than {} MiB, which no configuration has", config::largest_configuration >> 20U);
    if (S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) > config::largest_configuration)
        return fail(too_large);
    std::string text;
    if (S_ISREG(status.st_mode)) text.reserve(static_cast<std::size_t>(status.st_size));
    std::array<char, 65536> buffer;
    for (;;) {
        const ssize_t count = ::read(number, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(fmt::format("cannot read the file: {}", std::strerror(errno)));
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > config::largest_configuration) return fail(too_large);
    }
}

/// What the chosen tables have no use for goes; without a choice all stays, since one site file serves all tables.
void keep_what_tables_need(config::SiteDraft& draft, const std::vector<Table>& tables) {
    std::set<std::string, std::less<>> peers;
    std::set<std::string, std::less<>> rows;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            peers.insert(engine::endpoint_name(row));
            rows.insert(row.id);
        }
    }
    std::erase_if(draft.peers, [&](const config::PeerDraft& peer) { return !peers.contains(peer.name); });
    std::erase_if(draft.rows, [&](const config::RowDraft& row) { return !rows.contains(row.id); });
}

/// The spelling of the tables.
std::string product_name(const std::string& written) {
    if (written.empty()) return written;
    return lower(written) == "fortigate" ? "FortiGate" : "FortiProxy";
}

int write_site(const std::string& text, const InitOptions& options) {
    if (options.output.empty()) return print(text) ? exit_ok : exit_internal;
    auto file = OutputFile::prepare(options.output);
    if (!file) {
        complain(file.error());
        return exit_usage;
    }
    if (const auto failure = file->commit(text)) {
        complain(*failure);
        return exit_internal;
    }
    return exit_ok;
}

/// Before anything is read or asked: whoever has a site file has put work into it.
bool may_write(const InitOptions& options) {
    struct stat status {};
    if (options.output.empty() || options.force || ::lstat(options.output.c_str(), &status) != 0) return true;
    // A device or a pipe loses nothing.
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode) && !S_ISDIR(status.st_mode)) return true;
    complain(
        fmt::format("--output {}: there is such a file already; --force overwrites it", printable(options.output)));
    return false;
}

int from_configuration(const InitOptions& options) {
    Problems problems;
    std::vector<Table> tables;
    if (!options.targets.empty()) tables = load_tables(options.targets, problems);
    for (const Problem& problem : problems) complain(problem.to_string());
    if (has_errors(problems)) return exit_usage;
    const auto text = read_configuration(options.config);
    if (!text) {
        complain(text.error());
        return exit_usage;
    }
    const std::string file = options.config == "-" ? "standard input" : options.config;
    Problems warnings;
    auto draft = config::read_device_configuration(
        *text, file, {product_name(options.product), options.version, options.vdom}, warnings);
    for (const Problem& warning : warnings) complain(warning.to_string());
    if (!draft) {
        complain(draft.error().to_string());
        return exit_usage;
    }
    if (!tables.empty()) keep_what_tables_need(*draft, tables);
    return write_site(config::site_text(*draft), options);
}

/// What the questions are for; without a choice the table that every other command takes.
std::vector<Table> tables_to_ask_for(const InitOptions& options, bool& good) {
    Problems problems;
    std::vector<Table> tables = load_tables(options.targets, problems);
    for (const Problem& problem : problems) complain(problem.to_string());
    good = !has_errors(problems);
    return tables;
}

/// Nobody is there to answer: what would be asked, and what to do instead.
int without_terminal(const std::vector<Table>& tables) {
    complain("this is not a terminal, so that nobody can be asked; nothing was written. On one it would ask for:");
    for (const std::string& question : questions(tables)) complain("  " + question);
    complain("--config FILE takes it from a device's configuration; --peer of other commands does without a site file");
    return exit_usage;
}

/// Where the site file goes, if only the person knows; empty: nobody answers. A file that is there is not offered.
std::string ask_for_place(Conversation& conversation, const InitOptions& options) {
    for (std::string suggested = "site.toml";;) {
        InitOptions chosen = options;
        const auto answer = conversation.ask(fmt::format("File to write [{}]: ", suggested));
        if (!answer) return {};
        chosen.output = answer->empty() ? suggested : *answer;
        if (may_write(chosen)) return chosen.output;
    }
}

/// The site file as whoever reads it will see it; false where it is not a good one.
bool is_good(Conversation& conversation, const std::string& text, const std::string& file) {
    Problems problems;
    const auto site = config::parse_site(text, file, problems);
    if (!site) problems.insert(problems.end(), site.error().begin(), site.error().end());
    for (const Problem& problem : problems) complain(problem.to_string());
    if (site) conversation.say(fmt::format("It is a good site file: {} peers.", site->peers.size()));
    return site.has_value();
}

bool make_secrets(const std::vector<NewSecret>& secrets) {
    for (const NewSecret& secret : secrets) {
        const auto failure =
            secret.value.empty() ? make_key_file(secret.path) : make_secret_file(secret.path, secret.value);
        if (!failure) continue;
        complain(*failure);
        return false;
    }
    return true;
}

/// The folder of a file, with the '/' behind it; empty: here.
std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

int from_answers(InitOptions options) {
    bool good = false;
    const std::vector<Table> tables = tables_to_ask_for(options, good);
    if (!good) return exit_usage;
    if (!has_terminal()) return without_terminal(tables);
    TerminalConversation conversation;
    const auto gone = [&] {
        conversation.say("");
        complain("nothing was written");
        return conversation.interrupted() ? exit_interrupted : exit_usage;
    };
    std::string titles;
    for (const Table& table : tables) titles += (titles.empty() ? "" : ", ") + printable(table.title);
    conversation.say(fmt::format("This writes a site file for: {}.", titles));
    // Standard output may be a file already.
    const bool to_output = options.output.empty() && isatty(STDOUT_FILENO) == 0;
    if (options.output.empty() && !to_output) {
        options.output = ask_for_place(conversation, options);
        if (options.output.empty()) return gone();
    }
    const HostNeighbourhood neighbourhood(wanted_peers(tables));
    const auto answers = ask_for_site(conversation, neighbourhood, tables, folder_of(options.output));
    if (!answers) return gone();
    const std::string text = config::site_text(answers->draft);
    conversation.say("");
    conversation.say(text);
    if (!is_good(conversation, text, to_output ? "site.toml" : options.output)) return exit_internal;
    const auto answer = conversation.ask("Write it? [yes]: ");
    if (!answer || !(answer->empty() || std::string_view("yes").starts_with(lower(*answer)))) return gone();
    if (!make_secrets(answers->secrets)) return exit_usage;
    const int code = write_site(text, options);
    if (code == exit_ok && !to_output)
        conversation.say(fmt::format("Written. `fdnprobe check --site {}` uses it.", shell_word(options.output)));
    return code;
}

}  // namespace

int init_command(const InitOptions& options) {
    if (!may_write(options)) return exit_usage;
    return options.config.empty() ? from_answers(options) : from_configuration(options);
}

}  // namespace fdnprobe::app
