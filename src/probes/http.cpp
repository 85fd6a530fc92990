#include "probes/http.hpp"

#include <array>
#include <memory>
#include <string>

#include "probes/finding.hpp"
#include "probes/option.hpp"
#include "probes/web.hpp"

namespace fdnprobe::probes {
namespace {

constexpr std::array options{path_option};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return get(check, {.path = std::string(text_option(check, path_option.name, "/"))});
}

Finding judge(const Check& check, const Attempt& attempt) {
    const auto answer = read_own_answer(check, attempt);
    if (!answer) return answer.error();
    return reached(Cause::answered, answer->status());
}

}  // namespace

constinit const Probe http{
    {
        .name = "http",
        .over_tcp = true,
        .sends = "One GET request that names fdnprobe as its sender, and no data.",
        .positive = "Any HTTP status from the service, errors included; a portal's or a proxy's is not one.",
        .options = options,
        .names_host = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
