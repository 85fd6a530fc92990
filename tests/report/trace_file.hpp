// The way back from a trace (report/trace.hpp) to a run, so that the judges can be asked again from the evidence alone.
// What is not a trace ends the test: a reader that makes do would hide what a trace lacks.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "enumerators.hpp"
#include "fdnprobe/report.hpp"
#include "report/json_tls.hpp"

namespace trace_file {

using namespace fdnprobe;

struct Trace {
    Report report;               ///< as it was concluded
    std::vector<bool> withheld;  ///< checks whose answers were verified with a secret that is not at hand
};

/// Throws std::runtime_error, or nlohmann's exceptions, at whatever is no trace.
Trace read(const std::string& text, const Secrets& at_hand = {});

/// The run, concluded anew from what was observed: as `fdnprobe check` does it, and from nothing else.
Report judge_again(const Trace& trace);

/// In what two conclusions from the same evidence differ: a line for each check, reason and row.
std::vector<std::string> differences(const Report& recorded, const Report& again);

inline std::string_view code_of(FortinetChain chain) { return report::code_of(chain); }
template <class Enum>
std::string_view code_of(Enum value) {
    return to_string(value);
}

/// The enumerator with that code, whichever enumeration it is.
template <class Enum>
Enum enumerator(std::string_view code) {
    for (const Enum value : enumerators::all<Enum>())
        if (code_of(value) == code) return value;
    throw std::runtime_error("not a trace: nothing has the code '" + std::string(code) + "'");
}

}  // namespace trace_file
