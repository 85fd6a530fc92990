// HTML that nobody can break out of. Names of elements and attributes are literals of this program, checked when it is
// compiled; text and values of attributes go in escaped, and there is no other way in. What comes out is also
// well-formed XML, so that a test can hold it to that.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace fdnprobe::report {

/// The name of an element or an attribute.
class HtmlName {
  public:
    template <std::size_t size>
    // NOLINTNEXTLINE(google-explicit-constructor, cppcoreguidelines-avoid-c-arrays): literals are names.
    consteval HtmlName(const char (&literal)[size]) : text_(literal, size - 1) {
        for (const char letter : text_) {
            const bool allowed = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                                 letter == '-' || (letter >= '0' && letter <= '9');
            if (!allowed) throw "not a name";  // which ends the compilation
        }
    }
    [[nodiscard]] std::string_view text() const { return text_; }

  private:
    std::string_view text_;
};

/// `value` need not outlive the call that it is given to.
struct HtmlAttribute {
    HtmlName name;
    std::string_view value;
    bool present = true;  ///< false: it is left out
};

class Html {
  public:
    using Attributes = std::initializer_list<HtmlAttribute>;

    /// An element is open as long as this lives.
    class [[nodiscard]] Element {
      public:
        Element(Html& html, HtmlName name) : html_(html), name_(name) {}
        ~Element() { html_.close(name_); }
        Element(const Element&) = delete;
        Element& operator=(const Element&) = delete;

      private:
        Html& html_;
        HtmlName name_;
    };

    void doctype();
    Element element(HtmlName name, Attributes attributes = {});
    /// An element that holds text alone.
    void leaf(HtmlName name, std::string_view text) { leaf(name, {}, text); }
    void leaf(HtmlName name, Attributes attributes, std::string_view text);
    /// An element that holds nothing: HTML's void elements, and SVG's shapes.
    void empty(HtmlName name, Attributes attributes = {});
    /// Control characters and what is not UTF-8 are shown as printable() shows them.
    void text(std::string_view text);
    /// The style that belongs to reports (style/report.css), for documents that have nothing beside them.
    void stylesheet();

    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    void open(HtmlName name, Attributes attributes);
    void close(HtmlName name);
    void escape(std::string_view text);

    std::string out_;
};

}  // namespace fdnprobe::report
