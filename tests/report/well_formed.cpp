#include "well_formed.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace well_formed {
namespace {

class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    Document read() {
        if (rest_.starts_with("<!DOCTYPE html>\n")) rest_.remove_prefix(16);
        while (!rest_.empty() && document_.mistakes.size() < 10) {
            if (rest_.front() == '<')
                tag();
            else
                document_.text += unescaped(take(rest_.find('<')));
        }
        for (const std::string& name : open_) mistake(name + " is never closed");
        return document_;
    }

  private:
    void mistake(std::string what) { document_.mistakes.push_back(std::move(what)); }

    std::string_view take(std::size_t count) {
        const std::string_view taken = rest_.substr(0, std::min(count, rest_.size()));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string name() {
        std::size_t end = 0;
        while (end < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[end])) != 0 || rest_[end] == '-'))
            ++end;
        return std::string(take(end));
    }

    void tag() {
        rest_.remove_prefix(1);
        if (rest_.starts_with("/")) {
            rest_.remove_prefix(1);
            const std::string closed = name();
            if (open_.empty() || open_.back() != closed)
                mistake(closed + " is closed where " + (open_.empty() ? "nothing" : open_.back()) + " is open");
            else
                open_.pop_back();
            if (take(1) != ">") mistake("the end of " + closed + " does not end");
            return;
        }
        const std::string element = name();
        if (element.empty()) {
            mistake("'<' without a name before '" + std::string(rest_.substr(0, 20)) + "'");
            return;
        }
        document_.names.insert(element);
        std::set<std::string> attributes;
        while (rest_.starts_with(" ")) attribute(element, attributes);
        if (rest_.starts_with("/>")) {
            rest_.remove_prefix(2);
            return;
        }
        if (take(1) != ">") mistake(element + " does not end");
        open_.push_back(element);
        // What stands in a style is not escaped, and must not need it.
        if (element != "style") return;
        if (take(rest_.find("</style>")).find_first_of("<&") != std::string_view::npos)
            mistake("a style with '<' or '&'");
    }

    void attribute(const std::string& element, std::set<std::string>& known) {
        rest_.remove_prefix(1);
        const std::string key = name();
        if (!known.insert(key).second) mistake(element + " has " + key + " twice");
        document_.names.insert(element + " " + key);
        if (take(2) != "=\"") {
            mistake(key + " has no value");
            return;
        }
        const std::string value = unescaped(take(rest_.find('"')));
        rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
        if (key == "href" || key == "src") document_.links.push_back(value);
        if (key != "class") return;
        for (std::size_t from = 0; from < value.size();) {
            const std::size_t end = std::min(value.find(' ', from), value.size());
            document_.classes.push_back(value.substr(from, end - from));
            from = end + 1;
        }
    }

    std::string unescaped(std::string_view raw) {
        std::string text;
        while (!raw.empty()) {
            const auto byte = static_cast<unsigned char>(raw.front());
            if (byte < ' ' && byte != '\n') mistake("a control character");
            if (raw.front() == '<' || raw.front() == '>') mistake("a '<' or '>' that is not escaped");
            if (raw.front() != '&') {
                text += raw.front();
                raw.remove_prefix(1);
                continue;
            }
            bool known = false;
            for (const auto& [entity, letter] : {std::pair<std::string_view, char>{"&amp;", '&'},
                                                 {"&lt;", '<'},
                                                 {"&gt;", '>'},
                                                 {"&quot;", '"'},
                                                 {"&#39;", '\''}}) {
                if (!raw.starts_with(entity)) continue;
                text += letter;
                raw.remove_prefix(entity.size());
                known = true;
                break;
            }
            if (known) continue;
            mistake("a '&' that is not escaped");
            raw.remove_prefix(1);
        }
        return text;
    }

    std::string_view rest_;
    std::vector<std::string> open_;
    Document document_;
};

}  // namespace

Document read(std::string_view text) { return Reader(text).read(); }

std::vector<std::string> escape_attempts() {
    return {
        "<script>document.title='owned'</script>",
        "\"><img src=x onerror=\"document.title='owned'\">",
        "' onmouseover='document.title=1",
        "</style></title></details></table><svg onload=alert(1)>",
        "<!-- ]]> --> &amp; &lt;b&gt; &#60;",
        "javascript:document.title='owned'",
        "<a href=\"https://attacker.example/\" style=\"position:fixed\">",
    };
}

}  // namespace well_formed
