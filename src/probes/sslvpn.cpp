#include "probes/sslvpn.hpp"

#include "probes/fortios_page.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) { return get_page(check, "/remote/login"); }

Finding judge(const Check& check, const Attempt& attempt) { return judge_page(check, attempt, Page::ordinary); }

}  // namespace

constinit const Probe sslvpn{
    {
        .name = "sslvpn",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "One GET request for the login page, without credentials, inside TLS except on TCP/80, TCP/1000 and "
                 "TCP/8008.",
        .positive = "Any HTTP status of the device's own, named as FortiOS's where it can be; a portal's or a proxy's "
                    "is not one.",
        .options = page_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
