// LD_PRELOAD: while the file HUNG_DISK exists, a sync does not come back. Anything else of the disk works.

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace {

int sync_with(const char* function, int fd) {
    const char* flag = std::getenv("HUNG_DISK");
    while (flag != nullptr && access(flag, F_OK) == 0) usleep(10'000);
    return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, function))(fd);
}

}  // namespace

extern "C" {

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }
}
