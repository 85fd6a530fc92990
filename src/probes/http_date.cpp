#include "probes/http_date.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "probes/web.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) { return get(check, {.tls = true, .head = true}); }

Finding judge(const Check&, const Attempt& attempt) {
    const auto answer = read_answer(attempt);
    if (!answer) return answer.error();
    const auto date = answer->head.header("Date");
    if (!date) return reached(Cause::answered, answer->status() + ", without the time");
    return reached(Cause::answered, fmt::format("{}, at '{}'", answer->status(), printable(*date, 60)));
}

}  // namespace

constinit const Probe http_date{
    {
        .name = "http-date",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "One HEAD request that names fdnprobe as its sender, and no data.",
        .positive = "Any HTTP status.",
        .options = {},
        .names_host = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
