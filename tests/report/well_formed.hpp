// Whether a document is well-formed XML (https://www.w3.org/TR/xml/), as far as this program writes it: elements that
// close in order, attributes once and in quotes, no character that has to be escaped; and what elements and attributes
// are in it, so that a text from elsewhere can be shown to have added none.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace well_formed {

struct Document {
    std::vector<std::string> mistakes;
    std::set<std::string> names;       ///< "td", "td class"
    std::vector<std::string> links;    ///< values of href and src
    std::vector<std::string> classes;  ///< each word of each class
    std::string text;                  ///< all text, unescaped
};

Document read(std::string_view text);

/// What would become a part of a page if it were not escaped.
std::vector<std::string> escape_attempts();

}  // namespace well_formed
