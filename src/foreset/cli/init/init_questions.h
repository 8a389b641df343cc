// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace foreset::cli {

// What is wrong with an answer, flag or dialogue: "… is no port: a whole number from 1 to 65535".
// Empty: nothing.
std::string WhatIsNoHost(const std::string& answer);
std::string WhatIsNoPort(const std::string& answer);
std::string WhatIsNoName(const std::string& answer);
std::string WhatIsNoVariable(const std::string& answer);
// One glob over database.table; several with commas between them.
std::string WhatIsNoGlob(const std::string& answer);
std::string WhatAreNoGlobs(const std::string& answer);
// A folder that there is or that can be made, or a place in Azure.
std::string WhatIsNoLake(const std::string& answer);

// "a.*, b.T" as its globs.
std::vector<std::string> GlobsOf(const std::string& answer);

}  // namespace foreset::cli
