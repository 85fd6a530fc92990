// One check in full: what was concluded, what to do, where it dies, the certificates, the DNS, every attempt's
// evidence.
#pragma once

#include "fdnprobe/report.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

void html_check(Html& html, const Report& report, const CheckResult& result);

}  // namespace fdnprobe::report
