#include "config/ports_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

enum class Kind : std::uint8_t {
    word,
    number,       ///< decimal
    hexadecimal,  ///< 0x…
    comma,        ///< `,` or `;`
    slash,
    colon,
    dash,
    ampersand,
    stray,  ///< anything else
    end,
};

struct Token {
    Kind kind = Kind::end;
    std::string_view text;
    std::size_t offset = 0;
    std::string word;  ///< lower case
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_hexadecimal(std::string_view text) {
    const std::string small = lower(text);
    return small.size() > 2 && small.starts_with("0x") &&
           small.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
}

/// What word processors put in place of '-': hyphen, non-breaking hyphen, en dash, em dash, minus.
constexpr std::array<std::string_view, 5> dashes{"\u2010", "\u2011", "\u2013", "\u2014", "\u2212"};
constexpr std::string_view no_break_space = "\u00A0";

class Lexer {
  public:
    Lexer(std::string_view text, std::vector<std::pair<std::size_t, std::string>>& mistakes)
        : text_(text), mistakes_(mistakes) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        while (skip_blanks_and_remarks(), at_ < text_.size()) tokens.push_back(next());
        tokens.push_back({Kind::end, {}, text_.size(), {}});
        return tokens;
    }

  private:
    [[nodiscard]] bool ahead(std::string_view what) const { return text_.substr(at_).starts_with(what); }

    void skip_blanks_and_remarks() {
        for (;;) {
            if (at_ >= text_.size()) return;
            const char c = text_[at_];
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
                ++at_;
            else if (ahead(no_break_space))
                at_ += no_break_space.size();
            else if (c == '(')
                skip_remark();
            else
                return;
        }
    }

    void skip_remark() {
        const std::size_t start = at_;
        std::size_t depth = 0;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '(') ++depth;
            if (text_[at_] == ')' && --depth == 0) {
                ++at_;
                return;
            }
        }
        mistakes_.emplace_back(start, fmt::format("the bracket in {} is never closed", in_quotes(text_.substr(start))));
    }

    Token next() {
        const std::size_t start = at_;
        const char c = text_[at_];
        const auto token = [&](Kind kind, std::size_t length) {
            at_ = start + length;
            const std::string_view piece = text_.substr(start, length);
            return Token{kind, piece, start, lower(piece)};
        };
        if (is_letter(c)) {
            // "NAT-T" is one word; "TCP-443" is not.
            std::size_t end = start;
            while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]) ||
                                          (text_[end] == '-' && end + 1 < text_.size() && is_letter(text_[end + 1]))))
                ++end;
            return token(Kind::word, end - start);
        }
        if (is_digit(c)) {
            std::size_t end = start;
            while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
            const std::string_view piece = text_.substr(start, end - start);
            if (std::all_of(piece.begin(), piece.end(), is_digit)) return token(Kind::number, piece.size());
            return token(is_hexadecimal(piece) ? Kind::hexadecimal : Kind::stray, piece.size());
        }
        switch (c) {
            case ',':
            case ';': return token(Kind::comma, 1);
            case '/': return token(Kind::slash, 1);
            case ':': return token(Kind::colon, 1);
            case '-': return token(Kind::dash, 1);
            case '&': return token(Kind::ampersand, 1);
            default: break;
        }
        for (const std::string_view dash : dashes)
            if (ahead(dash)) return token(Kind::dash, dash.size());
        std::size_t length = 1;
        while (start + length < text_.size() && is_continuation(text_[start + length])) ++length;
        return token(Kind::stray, length);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<std::pair<std::size_t, std::string>>& mistakes_;
};

using Transports = std::vector<Transport>;

std::optional<Transport> tcp_or_udp(const Token& token) {
    if (token.kind != Kind::word) return std::nullopt;
    if (token.word == "tcp") return Transport::tcp;
    if (token.word == "udp") return Transport::udp;
    return std::nullopt;
}

bool is_ethernet(const Token& token) {
    return token.kind == Kind::word && (token.word == "eth" || token.word == "ethernet" || token.word == "ethertype");
}

/// RFC 7296 and RFC 3947: these services have UDP in their definition.
bool is_ipsec_service(const Token& token) {
    return token.kind == Kind::word && (token.word == "ike" || token.word == "isakmp" || token.word == "nat-t");
}

bool is_filler(const Token& token) {
    return token.kind == Kind::word &&
           (token.word == "port" || token.word == "ports" || token.word == "layer" || token.word == "type");
}

bool starts_entry(const Token& token) {
    return tcp_or_udp(token) || is_ethernet(token) || is_ipsec_service(token) ||
           (token.kind == Kind::word && (token.word == "esp" || token.word == "ip"));
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Expected<PortsText, std::vector<PortsMistake>> run() {
        tokens_ = Lexer(text_, mistakes_).run();
        const std::size_t note = find_note();
        const std::vector<Token> note_tokens(tokens_.begin() + static_cast<std::ptrdiff_t>(note), tokens_.end());
        tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(note), tokens_.end());
        tokens_.push_back({Kind::end, {}, note_tokens.front().offset, {}});

        read_list();
        read_note(note_tokens);
        if (found_.ports.empty() && mistakes_.empty())
            mistakes_.emplace_back(0, "no port is named; expected something like TCP/443");
        if (mistakes_.empty()) return std::move(found_);
        std::stable_sort(mistakes_.begin(), mistakes_.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<PortsMistake> mistakes;
        for (auto& [offset, what] : mistakes_) mistakes.push_back({column(offset), std::move(what)});
        return Unexpected<std::vector<PortsMistake>>(std::move(mistakes));
    }

  private:
    [[nodiscard]] const Token& token(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    void advance() { at_ = std::min(at_ + 1, tokens_.size() - 1); }
    bool accept(Kind kind) {
        if (token().kind != kind) return false;
        advance();
        return true;
    }
    bool accept_word(std::string_view word) {
        if (token().kind != Kind::word || token().word != word) return false;
        advance();
        return true;
    }

    [[nodiscard]] std::size_t column(std::size_t offset) const {
        return 1 + static_cast<std::size_t>(std::count_if(text_.begin(),
                                                          text_.begin() + static_cast<std::ptrdiff_t>(offset),
                                                          [](char c) { return !is_continuation(c); }));
    }

    bool mistake(const Token& at, std::string what) {
        mistakes_.emplace_back(at.offset, std::move(what));
        return false;
    }

    bool cannot_read(const Token& at, std::string_view expected) {
        if (at.kind == Kind::end) return mistake(at, fmt::format("the text ends where {} was expected", expected));
        const std::array<std::string, 6> words{"TCP", "UDP", "ESP", "ETH", "IKE", "NAT-T"};
        const std::string hint = at.kind == Kind::word ? did_you_mean(at.text, words) : std::string{};
        return mistake(at, fmt::format("cannot read {}: expected {}{}", in_quotes(at.text), expected, hint));
    }

    [[nodiscard]] std::size_t find_note() const {
        for (std::size_t index = 0; index + 1 < tokens_.size(); ++index) {
            const Token& word = tokens_[index];
            if (word.kind == Kind::word && (word.word == "note" || word.word == "notes") &&
                tokens_[index + 1].kind == Kind::colon)
                return index;
        }
        return tokens_.size() - 1;
    }

    void read_list() {
        while (token().kind != Kind::end) {
            if (!read_entry() || !read_separator()) {
                lost_ = true;
                while (token().kind != Kind::comma && token().kind != Kind::end) advance();
                accept(Kind::comma);
            }
        }
    }

    /// `,` `;` `and` `or` `&`, and the pairs `, and` `, or`. None is needed where the next transport says that a new
    /// entry begins.
    bool read_separator() {
        if (token().kind == Kind::end) return true;
        const Token first = token();
        bool separated = accept(Kind::comma);
        separated = accept_joint() || separated;
        if (separated && token().kind == Kind::end)
            return mistake(first, fmt::format("nothing follows {}", in_quotes(first.text)));
        if (!separated && !starts_entry(token())) return cannot_read(token(), "a comma");
        return true;
    }

    bool accept_joint() {
        if (accept(Kind::ampersand) || accept_word("and")) return true;
        if (!accept_word("or")) return false;
        found_.alternatives = true;
        return true;
    }

    bool read_entry() {
        const Token start = token();
        if (start.kind == Kind::number || start.kind == Kind::hexadecimal) return read_bare_number();
        if (const auto transport = tcp_or_udp(start)) {
            advance();
            current_ = {*transport};
            while (read_further_transport()) {
            }
            return read_labelled_number();
        }
        if (is_ipsec_service(start)) {
            current_ = {Transport::udp};
            return read_labelled_number();
        }
        if (is_ethernet(start)) {
            advance();
            current_ = {Transport::ethernet};
            return read_labelled_number();
        }
        if (accept_word("esp")) return read_esp(false);
        if (accept_word("ip")) return read_esp(true);
        if (is_filler(start) && !current_.empty()) return read_labelled_number();
        return cannot_read(start, "a port such as TCP/443");
    }

    /// `TCP or UDP/389`, `TCP & UDP 53`, `TCP/UDP/53`, `TCP, UDP 53`.
    bool read_further_transport() {
        const Token& joint = token();
        const bool joins = joint.kind == Kind::slash || joint.kind == Kind::comma || joint.kind == Kind::ampersand ||
                           (joint.kind == Kind::word && (joint.word == "or" || joint.word == "and"));
        const auto transport = tcp_or_udp(token(1));
        if (!joins || !transport) return false;
        if (joint.word == "or") found_.alternatives = true;
        add_transport(*transport);
        advance();
        advance();
        return true;
    }

    void add_transport(Transport transport) {
        if (std::find(current_.begin(), current_.end(), transport) == current_.end()) current_.push_back(transport);
    }

    bool read_labelled_number() {
        if (!accept(Kind::slash)) accept(Kind::colon);
        while (is_filler(token()) || is_ipsec_service(token())) advance();
        if (!accept(Kind::slash)) accept(Kind::colon);
        const auto range = read_range();
        return range && add(*range, current_);
    }

    /// `ESP`, `ESP/50`, `IP 50`: the protocol number of RFC 4303. A bare number after it belongs to nothing.
    bool read_esp(bool needs_number) {
        current_.clear();
        const bool slash = accept(Kind::slash);
        const Token number = token();
        if (number.kind == Kind::number) {
            if (parse_number(number.text, 50, 50) != 50)
                return mistake(number, fmt::format("cannot read {}: expected 50, the protocol number of ESP",
                                                   in_quotes(number.text)));
            advance();
        } else if (slash || needs_number) {
            return cannot_read(number, "50, the protocol number of ESP");
        }
        return add({number, 50, 50}, {Transport::esp});
    }

    /// `443` after `TCP/80,`, or `443/tcp`, or `53/tcp and udp`.
    bool read_bare_number() {
        const auto range = read_range();
        if (!range) return false;
        const auto transport = tcp_or_udp(token(1));
        if (token().kind != Kind::slash || !transport) {
            if (!current_.empty()) return add(*range, current_);
            if (lost_) return true;
            return mistake(range->at, fmt::format("cannot read {}: expected its transport, as in TCP/{}",
                                                  in_quotes(range->at.text), range->first));
        }
        advance();
        advance();
        current_ = {*transport};
        while (tcp_or_udp(token(1)) && !has_number_of_its_own(2) && read_further_transport()) {
        }
        const bool good = add(*range, current_);
        // In a list of this style every number has its transport, and one without is a slip.
        current_.clear();
        return good;
    }

    [[nodiscard]] bool has_number_of_its_own(std::size_t ahead) const {
        if (token(ahead).kind == Kind::slash || token(ahead).kind == Kind::colon) ++ahead;
        const Token& next = token(ahead);
        return next.kind == Kind::number || is_filler(next) || is_ipsec_service(next);
    }

    struct Range {
        Token at;
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };

    std::optional<Range> read_range() {
        Range range;
        range.at = token();
        const auto first = read_number();
        if (!first) return std::nullopt;
        range.first = range.last = *first;
        const bool dash = token().kind == Kind::dash || (token().kind == Kind::word && token().word == "to");
        if (!dash) return range;
        advance();
        const Token end = token();
        const auto last = read_number();
        if (!last) return std::nullopt;
        range.last = *last;
        if (range.last < range.first) {
            mistake(range.at, fmt::format("the range {}-{} ends before it begins", range.first, range.last));
            return std::nullopt;
        }
        return range;
    }

    std::optional<std::uint32_t> read_number() {
        const Token number = token();
        const bool ethernet = current_ == Transports{Transport::ethernet};
        if (number.kind == Kind::hexadecimal) {
            std::uint32_t value = 0;
            const char* end = number.text.data() + number.text.size();
            const auto [stop, error] = std::from_chars(number.text.data() + 2, end, value, 16);
            // IEEE 802.3: smaller values in that field are lengths.
            if (!ethernet || error != std::errc{} || stop != end || value < 0x600 || value > 0xFFFF) {
                cannot_read(number, ethernet ? "an EtherType from 0x0600 to 0xffff"
                                             : "a decimal port number, or ETH before an EtherType");
                return std::nullopt;
            }
            advance();
            return value;
        }
        // `TCP/80, ETH 0x8890, 443`: a decimal number cannot belong to Ethernet.
        if (ethernet || number.kind != Kind::number) {
            cannot_read(number, ethernet ? "an EtherType such as 0x8890" : "a port number from 1 to 65535");
            return std::nullopt;
        }
        const auto value = parse_number(number.text, 1, 65535);
        if (!value) {
            cannot_read(number, "a port number from 1 to 65535");
            return std::nullopt;
        }
        advance();
        return static_cast<std::uint32_t>(*value);
    }

    bool add(const Range& range, std::span<const Transport> transports) {
        for (const Transport transport : transports) {
            for (std::uint32_t number = range.first; number <= range.last; ++number) {
                const Port port{transport, static_cast<std::uint16_t>(number)};
                if (!seen_.insert(port).second) continue;
                if (found_.ports.size() == most_ports)
                    return mistake(range.at, fmt::format("from {} on these are more than {} ports, which is too many "
                                                         "for one row",
                                                         port.to_string(), most_ports));
                found_.ports.push_back(port);
            }
        }
        return true;
    }
    bool add(const Range& range, std::initializer_list<Transport> transports) {
        return add(range, std::span<const Transport>(transports.begin(), transports.size()));
    }

    /// Prose: `TCP/443` and `TCP/8000-8003` are picked out of it, the rest is passed over.
    void read_note(const std::vector<Token>& tokens) {
        tokens_ = tokens;
        for (at_ = 0; token().kind != Kind::end; advance()) {
            const auto transport = tcp_or_udp(token());
            if (!transport || token(1).kind != Kind::slash || token(2).kind != Kind::number) continue;
            at_ += 2;
            current_ = {*transport};
            if (const auto range = read_range()) add(*range, current_);
            // The loop's step would pass over the token after the port.
            --at_;
        }
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    Transports current_;  ///< what a number without a transport belongs to
    bool lost_ = false;   ///< something could not be read: a number without a transport may be its
    std::set<Port> seen_;
    PortsText found_;
    std::vector<std::pair<std::size_t, std::string>> mistakes_;
};

}  // namespace

Expected<PortsText, std::vector<PortsMistake>> read_ports(std::string_view text) { return Parser(text).run(); }

}  // namespace fdnprobe::config
