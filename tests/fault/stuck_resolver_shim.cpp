// LD_PRELOAD: while the file STUCK_RESOLVER exists, a look-up of a name does not come back; that one was asked for
// stands in STUCK_RESOLVER.asked.

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
    const char* flag = std::getenv("STUCK_RESOLVER");
    const std::string path = flag != nullptr ? flag : "";
    while (!path.empty() && access(path.c_str(), F_OK) == 0) {
        if (auto* asked = std::fopen((path + ".asked").c_str(), "w")) std::fclose(asked);
        usleep(10'000);
    }
    return reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"))(name, service, hints, found);
}
