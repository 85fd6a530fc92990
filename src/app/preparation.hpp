// Everything that a run needs, looked up and made sure of before anything is sent. A watch keeps one, and makes another
// when it is told to read its files again.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/options.hpp"
#include "engine/plan.hpp"
#include "engine/proxy.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"
#include "model/problem.hpp"
#include "net/trust_store.hpp"

namespace fdnprobe::app {

struct Preparation {
    Site site;
    Secrets secrets;
    engine::Plan plan;
    std::optional<net::TrustStore> trust;  ///< nothing: no check speaks TLS
    std::optional<engine::ProxySettings> proxy;
};

/// `site` with what the command line adds to it, and the plan of `tables` for it. Mistakes go to `problems`; after one,
/// the result is not to be used.
[[nodiscard]] Preparation prepare(const CheckOptions& options, const std::vector<Table>& tables, Site site,
                                  Problems& problems);

}  // namespace fdnprobe::app
