#include "probes/override_page.hpp"

#include "probes/fortios_page.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) { return get_page(check, "/"); }

Finding judge(const Check& check, const Attempt& attempt) { return judge_page(check, attempt, Page::ordinary); }

}  // namespace

constinit const Probe override_page{
    {
        .name = "override",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "One GET request without credentials, inside TLS except on TCP/80, TCP/1000 and TCP/8008.",
        .positive =
            "Any HTTP status, named as FortiOS's where it can be. A FortiGate on the way could have given it too.",
        .options = page_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
