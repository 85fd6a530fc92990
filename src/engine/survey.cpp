#include "engine/survey.hpp"

namespace fdnprobe::engine {

net::Task<ResolverFacts> survey(net::Context& context, Pacing& pacing, const SurveySettings& settings) {
    static_cast<void>(context);
    static_cast<void>(pacing);
    static_cast<void>(settings);
    ResolverFacts facts;
    co_return facts;
}

}  // namespace fdnprobe::engine
