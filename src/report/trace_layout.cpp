#include "report/trace_layout.hpp"

#include <algorithm>
#include <cstddef>

namespace fdnprobe::report {
namespace {

using PlainJson = nlohmann::json;

/// A member that is longer than this is easier to read, and to compare, in lines of its own.
constexpr std::size_t longest_member = 100;

std::string on_one_line(const PlainJson& value) {
    return value.dump(-1, ' ', false, PlainJson::error_handler_t::replace);
}

bool holds_object(const PlainJson& value) {
    return std::any_of(value.begin(), value.end(), [](const PlainJson& part) {
        return part.is_object() || (part.is_array() && holds_object(part));
    });
}

class Writer {
  public:
    void write(const PlainJson& value, std::size_t depth, bool item) {
        if (!value.is_structured() || value.empty()) {
            out_ += on_one_line(value);
            return;
        }
        if (!holds_object(value)) {
            const std::string line = on_one_line(value);
            if (item || line.size() <= longest_member) {
                out_ += line;
                return;
            }
        }
        const bool list = value.is_array();
        out_ += list ? '[' : '{';
        bool first = true;
        for (const auto& [key, part] : value.items()) {
            out_ += first ? "\n" : ",\n";
            first = false;
            out_.append(depth + 1, ' ');
            if (!list) out_ += on_one_line(PlainJson(key)) + ": ";
            write(part, depth + 1, list);
        }
        out_ += '\n';
        out_.append(depth, ' ');
        out_ += list ? ']' : '}';
    }

    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

}  // namespace

std::string set_in_lines(const PlainJson& document) {
    Writer writer;
    writer.write(document, 0, false);
    return writer.take() + '\n';
}

}  // namespace fdnprobe::report
