// Bytes as RFCs print them: hexadecimal, with or without spaces.
#pragma once

#include <string>
#include <string_view>

inline std::string from_hex(std::string_view text) {
    std::string bytes;
    int high = -1;
    for (const char letter : text) {
        const int digit = letter >= '0' && letter <= '9'   ? letter - '0'
                          : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                                                           : -1;
        if (digit < 0) continue;
        if (high >= 0) bytes += static_cast<char>(high * 16 + digit);
        high = high >= 0 ? -1 : digit;
    }
    return bytes;
}
