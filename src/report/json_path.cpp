#include "report/json_path.hpp"

namespace fdnprobe::report {
namespace {

Json json_probe(const HopProbe& probe) {
    Json object;
    object["hop"] = probe.hop;
    object["answer"] = json_code(to_string(probe.answer));
    if (probe.from) object["from"] = probe.from->to_string();
    // Zero is a code of ICMP, and no errno.
    const bool icmp = probe.answer == HopAnswer::unreachable || probe.answer == HopAnswer::time_exceeded;
    if (icmp) object["type"] = probe.type;
    if (icmp || probe.answer == HopAnswer::not_sent) object["code"] = probe.code;
    object["at_ms"] = json_milliseconds(probe.at);
    object["took_ms"] = json_milliseconds(probe.took);
    return object;
}

Json json_flow(const Flow& flow) {
    Json object;
    object["transport"] = json_code(to_string(flow.transport));
    object["destination"] = flow.destination.to_string();
    object["source_port"] = flow.source_port;
    object["probes"] = Json::array();
    for (const HopProbe& probe : flow.probes) object["probes"].push_back(json_probe(probe));
    return object;
}

}  // namespace

Json json_path(const PathFacts& path) {
    Json object;
    object["tested"] = json_flow(path.tested);
    if (path.control) object["control"] = json_flow(*path.control);
    set_if_any(object, "control_is", path.control_is);
    object["complete"] = path.complete;
    set_if_any(object, "missing", path.missing);
    return object;
}

}  // namespace fdnprobe::report
