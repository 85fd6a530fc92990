#include "config/fortios_text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/plain_text.hpp"

namespace fdnprobe::config {
namespace {

using Levels = std::vector<ConfigurationLevel>;
using enum ConfigurationVerb;

/// No device nests deeper than six; what lies deeper is counted, so that its ends are found, and not read.
constexpr std::size_t deepest = 64;
/// Whoever has read as many is going to look at the file.
constexpr std::size_t most_warnings = 20;
/// Longer than any address or name; what is longer is a certificate, a script or a page.
constexpr std::size_t longest_word = 1024;
/// More than any list of servers has.
constexpr std::size_t most_words = 1024;
/// What is text shows in so many bytes.
constexpr std::size_t sample_size = std::size_t{64} * 1024;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t";

bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Up to the first blank; `rest` is what follows it, without blanks around it.
std::string_view first_word(std::string_view text, std::string_view& rest) {
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    rest = without_blanks(text.substr(end));
    return text.substr(0, end);
}

int characters(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Values that may hold whole lines which look like statements. Those of other keys have one line, and where they seem
/// to have more, a quotation mark is missing.
bool may_span_lines(std::string_view key) {
    constexpr std::array<std::string_view, 11> keys{"script",   "buffer",      "private-key", "certificate",
                                                    "ca",       "csr",         "crl",         "comment",
                                                    "comments", "description", "public-key"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The words of one value, letter by letter: quotation marks and backslashes as the devices read them.
class Words {
  public:
    /// `keep`: the words are wanted, and not only where they end.
    explicit Words(bool keep) : keep_(keep) {}

    /// One line, or the rest of one. False where a quotation that spans lines ends in the middle of a word: no device
    /// writes such a thing, so a quotation mark is missing further up.
    bool take(std::string_view line) {
        bool spans = quote_ != '\0';
        continued_ = false;
        for (std::size_t at = 0; at < line.size(); ++at) {
            const char letter = line[at];
            if (quote_ == '\'') {
                if (letter != '\'') {
                    add(letter);
                    continue;
                }
            } else if (letter == '\\') {
                if (at + 1 == line.size()) {
                    continued_ = quote_ == '\0';
                    if (!continued_) add(letter);
                    break;
                }
                const char next = line[++at];
                if (quote_ != '\0' && next != '"' && next != '\'' && next != '\\') add(letter);
                add(next);
                continue;
            } else if (quote_ == '\0') {
                if (is_blank(letter)) {
                    finish_word();
                    continue;
                }
                in_word_ = true;
                if (letter == '"' || letter == '\'') {
                    quote_ = letter;
                    opened_ = at;
                } else {
                    add(letter);
                }
                continue;
            } else if (letter != '"') {
                add(letter);
                continue;
            }
            quote_ = '\0';  // the quotation ends here
            if (spans && at + 1 < line.size() && !is_blank(line[at + 1])) return false;
            spans = false;
        }
        if (quote_ != '\0')
            add('\n');
        else if (!continued_)
            finish_word();
        return true;
    }

    [[nodiscard]] bool open() const { return quote_ != '\0' || continued_; }
    [[nodiscard]] bool in_quotes() const { return quote_ != '\0'; }
    /// Where the last quotation began, in its line.
    [[nodiscard]] std::size_t opened() const { return opened_; }
    /// The words so far; an open one as far as it has come.
    [[nodiscard]] std::vector<std::string> so_far() const {
        std::vector<std::string> words = words_;
        if (in_word_) words.push_back(word_.substr(0, word_.find('\n')));
        return words;
    }
    [[nodiscard]] std::vector<std::string> finish() {
        finish_word();
        return std::move(words_);
    }

  private:
    void add(char letter) {
        in_word_ = true;
        if (keep_ && word_.size() < longest_word) word_ += letter;
    }

    void finish_word() {
        if (in_word_ && keep_ && words_.size() < most_words) words_.push_back(word_);
        word_.clear();
        in_word_ = false;
    }

    bool keep_;
    bool in_word_ = false;
    bool continued_ = false;  ///< a backslash before the line's end
    char quote_ = '\0';
    std::size_t opened_ = 0;
    std::string word_;
    std::vector<std::string> words_;
};

struct Line {
    std::string_view text;  ///< as a person saw it
    int number = 0;
};

/// The lines of a text, without what terminals and pagers left in them.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {
        if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
        // A log of a terminal may have lost all its line feeds.
        end_of_line_ = text_.find('\n') == std::string_view::npos ? '\r' : '\n';
    }

    bool next(Line& line) {
        if (at_ >= text_.size()) return false;
        const std::size_t end = std::min(text_.find(end_of_line_, at_), text_.size());
        const std::string_view raw = text_.substr(at_, end - at_);
        steps_ += raw.size() + 1;
        at_ = end + 1;
        line.text = clean(raw);
        line.number = ++number_;
        return true;
    }

    struct Place {
        std::size_t at = 0;
        int number = 0;
    };
    [[nodiscard]] Place place() const { return {at_, number_}; }
    void go_back(const Place& place) {
        at_ = place.at;
        number_ = place.number;
    }
    [[nodiscard]] std::size_t steps() const { return steps_; }
    [[nodiscard]] int last() const { return std::max(number_, 1); }

  private:
    std::string_view clean(std::string_view raw) {
        while (raw.ends_with('\r')) raw.remove_suffix(1);
        constexpr std::string_view pager = "--More--";
        const bool plain = raw.find('\r') == std::string_view::npos && raw.find('\b') == std::string_view::npos &&
                           raw.find('\x1b') == std::string_view::npos && raw.find(pager) == std::string_view::npos;
        if (!plain) {
            // What a carriage return goes back over has been written over. The terminal's own commands go first.
            scratch_.clear();
            for (std::size_t at = 0; at < raw.size(); ++at) {
                if (raw[at] == '\x1b' && at + 1 < raw.size() && raw[at + 1] == '[') {
                    // ECMA-48, 5.4: parameters and intermediates, then one final byte.
                    for (at += 2; at < raw.size() && (raw[at] < '@' || raw[at] > '~');) ++at;
                } else if (raw[at] == '\r') {
                    if (at + 1 < raw.size()) scratch_.clear();
                } else if (raw[at] != '\b' && raw[at] != '\x1b') {
                    scratch_ += raw[at];
                }
            }
            raw = scratch_;
            const std::size_t first = raw.find_first_not_of(blanks);
            if (first != std::string_view::npos && raw.substr(first).starts_with(pager))
                raw = raw.substr(first + pager.size());
        }
        // `show | grep -f WORD` marks the lines that it was asked for.
        constexpr std::string_view mark = " <---";
        if (raw.ends_with(mark)) raw.remove_suffix(mark.size());
        return raw;
    }

    std::string_view text_;
    char end_of_line_ = '\n';
    std::size_t at_ = 0;
    int number_ = 0;
    std::size_t steps_ = 0;
    std::string scratch_;
};

/// What a shell's prompt says: `HOST (CONTEXT) # COMMAND`.
struct Prompt {
    std::string_view context;
    std::string_view command;
};

std::optional<Prompt> read_prompt(std::string_view line) {
    if (line.starts_with("(M) ")) line.remove_prefix(4);
    const std::size_t end = line.find_first_of(" (#$\"'=");
    if (end == 0 || end == std::string_view::npos || (line[end] != ' ' && line[end] != '#' && line[end] != '$'))
        return std::nullopt;
    line = line.substr(end);
    Prompt prompt;
    while (line.starts_with(" (")) {
        const std::size_t close = line.find(')');
        if (close == std::string_view::npos) return std::nullopt;
        const std::string_view inside = line.substr(2, close - 2);
        if (inside != "Primary" && inside != "Secondary") prompt.context = inside;
        line = line.substr(close + 1);
    }
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (line.empty() || (line[0] != '#' && line[0] != '$')) return std::nullopt;
    line.remove_prefix(1);
    if (!line.empty() && line[0] != ' ') return std::nullopt;
    prompt.command = without_blanks(line);
    return prompt;
}

/// `7.2.11` and `5.02` as numbers with dots between them; empty where it is no version.
std::string plain_version(std::string_view text) {
    std::string out;
    const std::vector<std::string> parts = split(text, '.');
    if (parts.size() < 2 || parts.size() > 3) return {};
    for (const std::string& part : parts) {
        const auto number = parse_number(part, 0, 999);
        if (!number) return {};
        out += (out.empty() ? "" : ".") + std::to_string(*number);
    }
    return out;
}

/// What all forms have: the place, the warnings, and what the file says of itself.
class Reader {
  public:
    Reader(std::string_view text, const std::string& file, std::span<const std::string_view> wanted,
           const ConfigurationSink& sink)
        : file_(printable(file)), wanted_(wanted), sink_(sink), lines_(text) {}

  protected:
    void warn(int line, int column, std::string what) {
        if (found_.warnings.size() < most_warnings)
            found_.warnings.push_back(Problem{file_, line, std::max(column, 1), std::move(what), true});
        else if (found_.warnings.size() == most_warnings)
            found_.warnings.push_back(
                Problem{file_, line, std::max(column, 1), "there is more like this, which is not listed", true});
    }

    // What the file says of itself

    void read_comment(std::string_view line) {
        if (found_.sections != 0) return;
        while (!line.empty() && (line[0] == '#' || is_blank(line[0]))) line.remove_prefix(1);
        const std::size_t equals = line.find('=');
        const std::string_view key = equals == std::string_view::npos ? "" : without_blanks(line.substr(0, equals));
        const std::string_view value = equals == std::string_view::npos ? "" : without_blanks(line.substr(equals + 1));
        if (key == "config-version") {
            found_.header = true;
            read_config_version(value);
        } else if (key == "global_vdom") {
            found_.one_vdom = value.starts_with('0');
        } else if (key == "platform" && found_.platform.empty()) {
            found_.platform = printable(value, 40);
        } else {
            read_status(line);
        }
    }

    /// A collector puts the output of `get system status` in front.
    void read_status(std::string_view line) {
        constexpr std::string_view begin = "Version: Forti";
        const std::size_t at = line.substr(0, 40).find(begin);
        if (at == std::string_view::npos || !found_.version.empty()) return;
        line = line.substr(at + 9);
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos || line.substr(blank + 1, 1) != "v") return;
        const std::string_view number = line.substr(blank + 2);
        const std::string version = plain_version(number.substr(0, number.find_first_of(", ")));
        if (version.empty()) return;
        found_.version = version;
        if (found_.platform.empty()) found_.platform = printable(line.substr(0, blank), 40);
    }

    void read_config_version(std::string_view value) {
        const std::vector<std::string> parts = split(value.substr(0, std::min<std::size_t>(value.size(), 100)), '-');
        if (parts.size() < 2) return;
        found_.platform = printable(parts[0], 40);
        if (std::string version = plain_version(parts[1]); !version.empty()) found_.version = std::move(version);
    }

    // The place

    /// Where sections of their own begin: in no other section, in `global`, in an entry of `vdom`.
    [[nodiscard]] bool at_top() const {
        if (!beyond_.empty()) return false;
        if (stack_.empty()) return true;
        if (stack_.size() == 1) return !stack_[0].entry && stack_[0].name == "global";
        return stack_.size() == 2 && in_vdoms();
    }
    [[nodiscard]] bool in_vdoms() const { return !stack_.empty() && !stack_[0].entry && stack_[0].name == "vdom"; }
    [[nodiscard]] bool is_wanted() const { return wanted_at_.has_value() && beyond_.empty(); }

    /// The wanted section that `name` is, in full or with its words shortened; empty where it is none.
    [[nodiscard]] std::string_view find_wanted(std::string_view name) const {
        const auto same = std::find(wanted_.begin(), wanted_.end(), name);
        if (same != wanted_.end()) return *same;
        std::string_view found;
        for (const std::string_view one : wanted_) {
            if (!shortens(name, one)) continue;
            if (!found.empty()) return {};
            found = one;
        }
        return found;
    }

    static bool shortens(std::string_view words, std::string_view full) {
        for (;;) {
            std::string_view words_left;
            std::string_view full_left;
            const std::string_view word = first_word(words, words_left);
            const std::string_view whole = first_word(full, full_left);
            if (word.size() < 2 || !whole.starts_with(word)) return false;
            if (words_left.empty() || full_left.empty()) return words_left.empty() && full_left.empty();
            words = words_left;
            full = full_left;
        }
    }

    void open(bool entry, std::string name, int line, int column) {
        if (stack_.size() == deepest || !beyond_.empty()) {
            if (!too_deep_) warn(line, column, fmt::format("sections in more than {} others are not read", deepest));
            too_deep_ = true;
            beyond_.push_back(entry);
            return;
        }
        if (!entry && at_top()) {
            const std::string_view wanted = find_wanted(name);
            if (!wanted.empty()) {
                name = wanted;
                wanted_at_ = stack_.size();
            }
        }
        stack_.push_back({entry, std::move(name)});
        opened_.push_back(line);
        if (is_wanted() || (entry && stack_.size() == 2 && in_vdoms()))
            emit(entry ? edit : config, {}, {}, line, column);
    }

    [[nodiscard]] bool nothing_open() const { return beyond_.empty() && stack_.size() <= base_; }
    [[nodiscard]] bool top_is_entry() const { return beyond_.empty() ? stack_.back().entry : beyond_.back(); }

    void close() {
        if (!beyond_.empty()) {
            beyond_.pop_back();
            return;
        }
        stack_.pop_back();
        opened_.pop_back();
        if (wanted_at_ && stack_.size() <= *wanted_at_) wanted_at_.reset();
    }

    void emit(ConfigurationVerb verb, std::string key, std::vector<std::string> words, int line, int column) {
        for (const std::string& word : words)
            if (word.find("${") != std::string::npos || word.find("%{") != std::string::npos)
                found_.template_words = true;
        sink_(ConfigurationStatement{verb, stack_, std::move(key), std::move(words), line, column});
    }

    /// The words that begin with `rest`, which may go on in the next lines. `line` is where they begin.
    template <class IsStatement>
    std::vector<std::string> read_words(std::string_view rest, std::string_view key, int line, int column, bool keep,
                                        const IsStatement& is_statement) {
        if (!keep && rest.find_first_of("\"'\\") == std::string_view::npos) return {};
        Words words(keep);
        words.take(rest);
        if (!words.open()) return words.finish();
        const Lines::Place behind = lines_.place();
        const int quote_column = column + characters(rest.substr(0, words.opened()));
        std::vector<std::string> of_this_line = words.so_far();
        const bool spans = may_span_lines(key);
        Line next;
        while (words.open()) {
            const bool more = lines_.next(next);
            if (!more && !words.in_quotes()) break;
            if (!more && spans) {
                found_.cut_off =
                    Problem{file_, line, quote_column, "the quotation mark that stands here is never closed", false};
                return {};
            }
            const bool good =
                more && !(words.in_quotes() && !spans && is_statement(next.text)) && words.take(next.text);
            if (good) continue;
            lines_.go_back(behind);
            warn(line, quote_column, "a quotation mark is not closed here; the value was taken to end with its line");
            return of_this_line;
        }
        return words.finish();
    }

    void finish() {
        if (!found_.cut_off && !nothing_open() && !stack_.empty())
            found_.cut_off =
                Problem{file_, lines_.last(), 1,
                        fmt::format("it ends inside the section that line {} opens", opened_.back()), false};
        found_.steps = lines_.steps();
    }

    std::string file_;
    std::span<const std::string_view> wanted_;
    const ConfigurationSink& sink_;
    Lines lines_;
    ConfigurationText found_;
    Levels stack_;
    std::vector<int> opened_;   ///< the line of each level
    std::vector<bool> beyond_;  ///< levels too deep to be read: whether each is an entry
    std::size_t base_ = 0;      ///< levels that a prompt says, and no statement opened
    bool too_deep_ = false;
    std::optional<std::size_t> wanted_at_;
};

/// `config`, `edit`, `set`, `next`, `end`.
class StatementReader : public Reader {
  public:
    using Reader::Reader;

    ConfigurationText read() {
        Line line;
        while (lines_.next(line)) read_line(line);
        finish();
        return std::move(found_);
    }

  private:
    static bool looks_like_statement(std::string_view line) {
        line = without_blanks(line);
        return line == "next" || line == "end" || line.starts_with("edit ") || line.starts_with("config ");
    }

    void read_line(const Line& line) {
        const std::size_t indent = line.text.find_first_not_of(blanks);
        if (indent == std::string_view::npos) return;
        // The words may go on in the next lines, which may be read into the same place as this one.
        const std::string_view text = without_blanks(line.text);
        const int column = static_cast<int>(indent) + 1;
        if (text[0] == '#') {
            read_comment(text);
            return;
        }
        std::string_view rest;
        const std::string_view verb = first_word(text, rest);
        const int rest_column = column + (rest.empty() ? 0 : characters(text.substr(0, text.size() - rest.size())));
        if (verb == "set" || verb == "append" || verb == "select" || verb == "unselect")
            read_value(verb, rest, line.number, column, rest_column);
        else if (verb.size() >= 4 && std::string_view("config").starts_with(verb))
            read_config(rest, line.number, column, rest_column);
        else if (verb == "edit")
            read_edit(rest, line.number, column, rest_column);
        else if (verb == "next" && rest.empty())
            read_next(line.number, column);
        else if ((verb == "end" || verb == "abort") && rest.empty())
            read_end(line.number, column);
        else if (verb == "unset" || verb == "clear")
            take_out(unset, rest, line.number, column, rest_column);
        else if (verb == "delete")
            take_out(remove, rest, line.number, column, rest_column);
        else if (verb == "purge" && rest.empty())
            take_out(purge, rest, line.number, column, rest_column);
        else if (verb == "rename" || verb == "clone")
            take_out(verb == "rename" ? rename : clone, rest, line.number, column, rest_column);
        else if (const auto prompt = read_prompt(text))
            read_prompt_line(*prompt, line.number);
        else if (nothing_open())
            read_status(text);
    }

    std::vector<std::string> words_of(std::string_view rest, std::string_view key, int line, int column, bool keep) {
        return read_words(rest, key, line, column, keep, looks_like_statement);
    }

    void read_value(std::string_view verb, std::string_view rest, int line, int column, int rest_column) {
        std::string_view value;
        const std::string key(first_word(rest, value));
        const ConfigurationVerb what = verb == "append" ? append : verb == "unselect" ? unselect : set;
        const bool keep = is_wanted();
        const int value_column = rest_column + characters(rest.substr(0, rest.size() - value.size()));
        std::vector<std::string> words = words_of(value, key, line, value_column, keep);
        if (keep && !key.empty()) emit(what, key, std::move(words), line, column);
    }

    void take_out(ConfigurationVerb verb, std::string_view rest, int line, int column, int rest_column) {
        const bool keep = is_wanted();
        std::vector<std::string> words = words_of(rest, {}, line, rest_column, keep);
        if (!keep || (words.empty() && verb != purge)) return;
        std::string key = words.empty() ? std::string() : words.front();
        emit(verb, std::move(key), std::move(words), line, column);
    }

    void read_config(std::string_view rest, int line, int column, int rest_column) {
        std::string name;
        for (const std::string& word : words_of(rest, {}, line, rest_column, true))
            name += (name.empty() ? "" : " ") + word;
        ++found_.sections;
        // Only sections of their own have names of several words: where one stands in another, an end is missing.
        if (!at_top() && name.find(' ') != std::string::npos &&
            std::find(wanted_.begin(), wanted_.end(), name) != wanted_.end()) {
            warn(line, column,
                 fmt::format("the section that line {} opens has no `end` before this one", opened_.back()));
            while (!at_top() && !nothing_open()) close();
        }
        open(false, std::move(name), line, column);
    }

    void read_edit(std::string_view rest, int line, int column, int rest_column) {
        std::vector<std::string> words = words_of(rest, {}, line, rest_column, true);
        if (nothing_open()) return;  // behind a prompt's section, or nowhere
        if (top_is_entry()) {
            warn(line, column, "the entry before this one has no `next`");
            close();
        }
        open(true, words.empty() ? std::string() : std::move(words.front()), line, column);
    }

    void read_next(int line, int column) {
        if (nothing_open()) {
            warn(line, column, "`next` stands where no entry is open");
            return;
        }
        if (top_is_entry()) {
            close();
            return;
        }
        warn(line, column, "`next` stands where a section has no `end`");
        // It ends the entry that the section stands in.
        close();
        if (!nothing_open() && top_is_entry()) close();
    }

    void read_end(int line, int column) {
        if (nothing_open()) {
            warn(line, column, "`end` stands where no section is open");
            return;
        }
        // It ends an entry whose `next` is missing, too: that of a VDOM never has one.
        if (top_is_entry()) close();
        if (!nothing_open()) close();
    }

    void read_prompt_line(const Prompt& prompt, int line) {
        if (!nothing_open() && !stack_.empty())
            warn(line, 1, fmt::format("a prompt stands inside the section that line {} opens", opened_.back()));
        base_ = 0;
        while (!stack_.empty()) close();
        std::string_view rest;
        if (prompt.context == "vdom" && first_word(prompt.command, rest) == "edit") {
            std::string_view more;
            entered_.emplace(first_word(rest, more));
        }
        if (prompt.context == "global") {
            open(false, "global", line, 1);
        } else if (entered_.contains(prompt.context)) {
            open(false, "vdom", line, 1);
            open(true, std::string(prompt.context), line, 1);
        }
        base_ = stack_.size();
    }

    std::set<std::string, std::less<>> entered_;  ///< VDOMs, by the commands after prompts
};

/// The export that is called YAML: what is indented further belongs to what is above it, and values are the shell's.
class IndentedReader : public Reader {
  public:
    using Reader::Reader;

    ConfigurationText read() {
        found_.yaml = true;
        Line line;
        while (lines_.next(line)) read_line(line);
        // Nothing closes a section here, so that a missing end does not show either.
        base_ = stack_.size();
        finish();
        return std::move(found_);
    }

    /// `name_of_section:`, from the first column, with nothing behind.
    static bool is_section(std::string_view line) {
        if (!line.ends_with(':') || line.size() < 2) return false;
        line.remove_suffix(1);
        return std::all_of(line.begin(), line.end(), is_key_letter) && line[0] >= 'a' && line[0] <= 'z';
    }

  private:
    static bool is_key_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '+';
    }

    static bool looks_like_statement(std::string_view line) {
        if (is_section(line)) return true;
        if (!line.starts_with("    ")) return false;
        line = without_blanks(line);
        if (line.starts_with("- ")) return line.ends_with(':');
        const std::size_t colon = line.find(':');
        return colon != std::string_view::npos && colon > 0 &&
               std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_key_letter);
    }

    void read_line(const Line& line) {
        const std::size_t indent = line.text.find_first_not_of(blanks);
        if (indent == std::string_view::npos) return;
        const std::string_view text = without_blanks(line.text);
        const int column = static_cast<int>(indent) + 1;
        if (text[0] == '#') {
            read_comment(text);
            return;
        }
        if (text.starts_with("- ")) {
            const std::size_t colon = text.rfind(':');
            if (colon == std::string_view::npos) return;
            leave(indent);
            if (stack_.empty()) return;
            enter(indent, true, std::string(unquoted(without_blanks(text.substr(2, colon - 2)))), line.number, column);
            return;
        }
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos ||
            !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), is_key_letter))
            return;
        const std::string_view value = without_blanks(text.substr(colon + 1));
        std::string key(text.substr(0, colon));
        leave(indent);
        if (!value.empty()) {
            const bool keep = is_wanted();
            const int value_column = column + characters(text.substr(0, text.size() - value.size()));
            std::vector<std::string> words =
                read_words(value, key, line.number, value_column, keep, looks_like_statement);
            if (keep) emit(set, std::move(key), std::move(words), line.number, column);
            return;
        }
        if (at_top()) {
            std::replace(key.begin(), key.end(), '_', ' ');
            ++found_.sections;
        }
        enter(indent, false, std::move(key), line.number, column);
    }

    static std::string_view unquoted(std::string_view name) {
        if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) return name.substr(1, name.size() - 2);
        return name;
    }

    void leave(std::size_t indent) {
        while (!indents_.empty() && indents_.back() >= indent) {
            indents_.pop_back();
            close();
        }
    }

    void enter(std::size_t indent, bool entry, std::string name, int line, int column) {
        indents_.push_back(indent);
        open(entry, std::move(name), line, column);
    }

    std::vector<std::size_t> indents_;
};

/// Whether the first line that says something of the configuration is one of the YAML export.
bool is_indented(std::string_view text) {
    Lines lines(text);
    Line line;
    while (lines.next(line)) {
        const std::string_view words = without_blanks(line.text);
        if (words.starts_with("config ")) return false;
        if (words.starts_with('#') || !IndentedReader::is_section(line.text)) continue;
        constexpr std::array<std::string_view, 17> beginnings{"system_",
                                                              "vdom:",
                                                              "global:",
                                                              "user_",
                                                              "log_",
                                                              "vpn_",
                                                              "firewall_",
                                                              "router_",
                                                              "webfilter_",
                                                              "wanopt_",
                                                              "web-proxy_",
                                                              "endpoint-control_",
                                                              "antivirus_",
                                                              "application_",
                                                              "ips_",
                                                              "wireless-controller_",
                                                              "switch-controller_"};
        if (std::any_of(beginnings.begin(), beginnings.end(),
                        [&](std::string_view one) { return words.starts_with(one); }))
            return true;
    }
    return false;
}

/// How much of it no text has, from 0 to 1.
double share_of_noise(std::string_view text) {
    if (text.empty()) return 0;
    std::size_t noise = 0;
    std::size_t following = 0;  // bytes that a UTF-8 sequence still wants
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x80 && byte < 0xC0) {
            if (following > 0)
                --following;
            else
                ++noise;
            continue;
        }
        noise += following;
        following = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
        const bool control =
            byte < 0x20 && letter != '\n' && letter != '\r' && letter != '\t' && letter != '\b' && letter != '\x1b';
        if (control || byte == 0x7F) ++noise;
    }
    return static_cast<double>(noise) / static_cast<double>(text.size());
}

constexpr std::string_view what_to_export =
    "export the configuration again without a password, or save what `show` prints on the command line; `show system "
    "fortiguard`, `show system central-management`, `show system dns`, `show log fortianalyzer setting` and `show user "
    "radius` are enough for a beginning";

}  // namespace

std::optional<Problem> find_unreadable(std::string_view text, const std::string& file) {
    const auto fail = [&](std::string what, int line = 1, int column = 1) {
        return Problem{printable(file), line, column, std::move(what), false};
    };
    const std::string_view bytes = text;
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return fail("this is UTF-16 text; save it as UTF-8 and try again, such as with `iconv -f UTF-16 -t UTF-8`");
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail("there is nothing in it");
    if (text.starts_with("\x1F\x8B")) return fail("this is compressed by gzip; unpack it with `gunzip` and try again");
    if (text.starts_with("PK\x03\x04")) return fail("this is a ZIP archive; unpack it and try again");
    if (text.starts_with("\xFD"
                         "7zXZ") ||
        text.starts_with("BZh") || text.starts_with("7z\xBC\xAF"))
        return fail("this is compressed; unpack it and try again");
    constexpr std::size_t first_bytes = 64;
    if (text.substr(0, first_bytes).find("#FGBK") != std::string_view::npos)
        return fail(
            fmt::format("this is a backup encrypted with a password, which cannot be read; {}", what_to_export));
    // Noise has half of it; comments in an old encoding come nowhere near.
    constexpr double too_much = 0.25;
    const std::size_t header_end = std::min(text.find('\n'), text.size());
    const bool header = text.starts_with("#config-version");
    const std::string_view body = header ? text.substr(header_end) : text;
    // From its middle too: a header may be followed by much that is readable.
    const bool noise = share_of_noise(body.substr(0, sample_size)) > too_much ||
                       share_of_noise(body.substr(body.size() / 2, sample_size)) > too_much;
    if (noise && header)
        return fail(fmt::format("behind its first line this is no text: the backup is encrypted; {}", what_to_export),
                    2);
    if (noise) {
        const auto place = find_not_text(bytes);
        return fail(fmt::format("this is a binary file and no configuration; {}", what_to_export),
                    place ? place->line : 1, place ? place->column : 1);
    }
    const std::string_view begin = without_blanks(text.substr(text.find_first_not_of(" \t\r\n")));
    if (begin.starts_with("<?xml") || begin.starts_with("<html") || begin.starts_with("<!DOCTYPE"))
        return fail(fmt::format("this is a page or XML and no configuration; {}", what_to_export));
    if (begin.starts_with("{") || begin.starts_with("["))
        return fail(fmt::format("this looks like JSON and is no configuration; {}", what_to_export));
    return std::nullopt;
}

ConfigurationText read_configuration_text(std::string_view text, const std::string& file,
                                          std::span<const std::string_view> wanted, const ConfigurationSink& sink) {
    ConfigurationText found = is_indented(text) ? IndentedReader(text, file, wanted, sink).read()
                                                : StatementReader(text, file, wanted, sink).read();
    if (const auto place = find_not_text(text))
        found.warnings.insert(found.warnings.begin(), Problem{printable(file), place->line, place->column,
                                                              "there are bytes here that are not UTF-8 text; what they "
                                                              "belong to may be read wrongly",
                                                              true});
    return found;
}

}  // namespace fdnprobe::config
