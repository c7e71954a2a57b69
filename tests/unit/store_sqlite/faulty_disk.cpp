#include "faulty_disk.hpp"

#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

namespace hourkey::test {
namespace {

struct plan {
    disk_call which = disk_call::write;
    int countdown = 0;  // 0: nothing planned
    int times = 0;
    int code = 0;
    std::string suffix;
    int injected = 0;
    bool hangs = false;
};

std::mutex mutex;
std::condition_variable mended;
plan current;
sqlite3_vfs* real_vfs = nullptr;
std::atomic<int> slept{0};
std::atomic<const char*> read_suffix{nullptr};
std::atomic<int> read_calls{0};

int injected_code(disk_call which, std::string_view name) {
    std::unique_lock lock(mutex);
    if (current.hangs && current.which == which && name.ends_with(current.suffix))
        mended.wait(lock, [] { return !current.hangs; });
    if (current.countdown == 0 || current.which != which || !name.ends_with(current.suffix)) return SQLITE_OK;
    if (current.countdown > 1) {
        --current.countdown;
        return SQLITE_OK;
    }
    if (current.injected >= current.times) return SQLITE_OK;
    ++current.injected;
    return current.code;
}

/// SQLite's file object with the real one right behind it.
struct faulty_file {
    sqlite3_file base;
    const char* name;
};
constexpr std::size_t real_offset = (sizeof(faulty_file) + 15) / 16 * 16;

faulty_file* self(sqlite3_file* f) { return reinterpret_cast<faulty_file*>(f); }
sqlite3_file* real(sqlite3_file* f) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(f) + real_offset);
}

int write_bytes(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 at) {
    if (const int code = injected_code(disk_call::write, self(f)->name); code != SQLITE_OK) return code;
    return real(f)->pMethods->xWrite(real(f), bytes, size, at);
}
int sync(sqlite3_file* f, int flags) {
    if (const int code = injected_code(disk_call::sync, self(f)->name); code != SQLITE_OK) return code;
    return real(f)->pMethods->xSync(real(f), flags);
}

const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods table = [] {
        sqlite3_io_methods m{};
        m.iVersion = 2;
        m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
        m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
            if (const char* wanted = read_suffix;
                wanted != nullptr && std::string_view(self(f)->name).ends_with(wanted))
                ++read_calls;
            return real(f)->pMethods->xRead(real(f), to, size, at);
        };
        m.xWrite = write_bytes;
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); };
        m.xSync = sync;
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); };
        m.xLock = [](sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); };
        m.xUnlock = [](sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); };
        m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
            return real(f)->pMethods->xCheckReservedLock(real(f), out);
        };
        m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
            return real(f)->pMethods->xFileControl(real(f), op, arg);
        };
        m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
        m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
            return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
        };
        m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
            return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
        };
        m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
        return m;
    }();
    return table;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags) {
    self(f)->name = name == nullptr ? "" : name;
    const int rc = real_vfs->xOpen(real_vfs, name, real(f), flags, out_flags);
    f->pMethods = real(f)->pMethods == nullptr ? nullptr : &methods();
    return rc;
}

void install() {
    static std::once_flag once;
    std::call_once(once, [] {
        real_vfs = sqlite3_vfs_find(nullptr);
        static sqlite3_vfs ours = *real_vfs;
        ours.zName = "faulty";
        ours.pNext = nullptr;
        ours.szOsFile = static_cast<int>(real_offset) + real_vfs->szOsFile;
        ours.xOpen = open_file;
        ours.xSleep = [](sqlite3_vfs*, int microseconds) {
            ++slept;
            return real_vfs->xSleep(real_vfs, microseconds);
        };
        sqlite3_vfs_register(&ours, 1);
    });
}

}  // namespace

void break_disk(disk_call which, int countdown, int times, int code, const char* suffix) {
    install();
    const std::lock_guard lock(mutex);
    current = {which, countdown, times, code, suffix, 0, false};
}

void hang_disk(disk_call which, const char* suffix) {
    install();
    const std::lock_guard lock(mutex);
    current = {which, 0, 0, 0, suffix, 0, true};
}

void mend_disk() {
    install();
    const std::lock_guard lock(mutex);
    current = {};
    mended.notify_all();
}

int disk_failures() {
    const std::lock_guard lock(mutex);
    return current.injected;
}

void watch_reads(const char* suffix) {
    install();
    read_suffix = suffix;
    read_calls = 0;
}

int reads() { return read_calls; }

void watch_sleeps() {
    install();
    slept = 0;
}

int sleeps() { return slept; }

}  // namespace hourkey::test
