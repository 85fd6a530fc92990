#include "report/json_library.hpp"

template class nlohmann::basic_json<nlohmann::ordered_map>;
