#include "engine/locator.hpp"

namespace fdnprobe::engine {

net::Task<std::shared_ptr<const PathFacts>> Locator::follow(const CheckResult& result, std::size_t attempt,
                                                            std::span<const CheckResult> all) {
    static_cast<void>(result);
    static_cast<void>(attempt);
    static_cast<void>(all);
    static_cast<void>(context_);
    std::shared_ptr<const PathFacts> facts;
    co_return facts;
}

}  // namespace fdnprobe::engine
