#include "probes/esp.hpp"

#include "probes/finding.hpp"

namespace fdnprobe::probes {
namespace {

class Nothing final : public Dialogue {
  public:
    Step resume(const Input&) override { return Step::finish(); }
};

std::unique_ptr<Dialogue> begin(const Check&, const Occasion&) { return std::make_unique<Nothing>(); }

Finding judge(const Check&, const Attempt&) {
    return found(Cause::not_testable_from_here, Owner::nobody, Confidence::proven,
                 "ESP carries packets of an established tunnel and answers nobody else; a responder at the far end "
                 "would decide");
}

}  // namespace

constinit const Probe esp{
    {
        .name = "esp",
        .sends =
            "Nothing, unless there is a responder at the far end: no gateway answers ESP that belongs to no tunnel "
            "of its own.",
        .positive = "The responder's confirmation; without one, what UDP/4500 says instead.",
        .options = {},
        .over_esp = true,
        .responder_only = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
