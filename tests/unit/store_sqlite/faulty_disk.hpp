#pragma once

namespace hourkey::test {

/// A VFS of SQLite that fails on demand. Made the process' default on first use, so that the code under test needs to
/// know nothing of it.
enum class disk_call { write, sync };

/// From the `countdown`-th call of that kind on (1: the next), `times` calls return `code` (an SQLITE_ constant).
/// Only files whose name ends in `suffix` count.
void break_disk(disk_call which, int countdown, int times, int code, const char* suffix);
/// From the next call of that kind on, none returns before mend_disk().
void hang_disk(disk_call which, const char* suffix);
void mend_disk();
/// How often a failure was injected since break_disk().
int disk_failures();
/// How often a file whose name ends in `suffix` has been read since watch_reads().
void watch_reads(const char* suffix);
int reads();
/// How often SQLite has slept to wait for another's lock since watch_sleeps().
void watch_sleeps();
int sleeps();

}  // namespace hourkey::test
