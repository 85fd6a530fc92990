// Text set in the columns of a terminal: measured, wrapped with a hanging indent, put side by side, and coloured last,
// so that the layout is the same with and without colour. A page escapes everything it is given: no renderer can forget
// to, and the only control characters that leave it are its own line ends and colours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fdnprobe::report {

/// What a piece of text stands for; a terminal shows it as a colour.
enum class Ink : std::uint8_t {
    plain,
    good,    ///< as it should be
    warn,    ///< not wholly as it should be, or not known
    bad,     ///< does not work
    own,     ///< this host's own trouble
    faint,   ///< of little weight
    strong,  ///< headings
};

/// `text` as one word: a page does not break it, and shows plain spaces. For "13 ms" and "5 blocked".
[[nodiscard]] std::string bound(std::string_view text);

struct Span {
    std::string text;
    Ink ink = Ink::plain;
};

/// One column of a line; text that is wider than the column continues below itself.
struct Cell {
    std::string text;
    std::size_t width = 0;
    Ink ink = Ink::plain;
};

/// Columns that UTF-8 text takes. Errs on the wide side: a line that is judged to fit does fit.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The lines of `text`, as views into it: broken at spaces, and within a word only where the word is wider than a line.
[[nodiscard]] std::vector<std::string_view> wrap(std::string_view text, std::size_t first_width, std::size_t width);

class Page {
  public:
    /// Terminals below 40 columns get lines of 40: narrower than that nothing could be read any more.
    Page(std::size_t width, bool colour);

    [[nodiscard]] std::size_t width() const { return width_; }

    /// An empty line between two texts; never two in a row, never at the top.
    void gap();
    /// A paragraph that begins at column `indent` and goes on at column `hang`.
    void paragraph(std::size_t indent, std::size_t hang, std::span<const Span> spans);
    void paragraph(std::size_t indent, std::size_t hang, std::string_view text, Ink ink = Ink::plain);
    /// Text to be copied: each line as it is, behind `indent`, however wide.
    void verbatim(std::size_t indent, std::span<const std::string> lines);
    /// Cells side by side, two columns apart.
    void columns(std::size_t indent, std::span<const Cell> cells);

    [[nodiscard]] std::string take();

  private:
    void begin_line();
    void write(std::string_view text, Ink ink);

    std::size_t width_;
    bool colour_;
    bool gap_wanted_ = false;
    std::string out_;
};

}  // namespace fdnprobe::report
