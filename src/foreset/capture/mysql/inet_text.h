// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/byte_reader.h"

namespace foreset::mysql {

// Addresses as MariaDB shows them. Both append; both are pure.
// Four bytes: "192.0.2.1".
void AppendInet4Text(Bytes address, std::string& out);
// Sixteen bytes: "2001:db8::1". The longest run of zero groups becomes "::", the first of equal
// ones, and a single zero group too (unlike inet_ntop and RFC 5952); addresses that hold one of
// IPv4 end with it: "::ffff:192.0.2.1".
void AppendInet6Text(Bytes address, std::string& out);

}  // namespace foreset::mysql
