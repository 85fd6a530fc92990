// How states and verdicts look: a colour for those who see it, a symbol that every terminal has, and always the word.
#pragma once

#include "fdnprobe/verdict.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {

[[nodiscard]] Ink ink_of(State state);
[[nodiscard]] Ink ink_of(Verdict verdict);
[[nodiscard]] char symbol_of(State state);

}  // namespace fdnprobe::report
