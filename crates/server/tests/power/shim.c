/* Logs what a process writes to its SQLite database and its log, and when it asks for it to be on disk. Loaded in front of
 * libc (LD_PRELOAD) by the test of power cuts, which plays the log back up to any moment and forgets what was not synced.
 *
 * One record: what (1 write, 2 truncate, 3 sync), which file (0 the database, 1 its write-ahead log), a 64-bit place and a
 * 32-bit length, then so many bytes. A sync names the place in the log where it began: what was written before that is safe.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static uint64_t logged;

static int ends(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

static int which(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return -1;
    path[length] = 0;
    if (ends(path, "/switchboard.db")) return 0;
    if (ends(path, "/switchboard.db-wal")) return 1;
    return -1;
}

static void put(const void *bytes, size_t length) {
    const char *from = bytes;
    while (length > 0) {
        long done = syscall(SYS_write, log_fd, from, length);
        if (done <= 0) abort();
        from += done, length -= done, logged += done;
    }
}

static void record(uint8_t what, uint8_t file, uint64_t place, uint32_t length, const void *bytes) {
    if (log_fd < 0) {
        const char *path = getenv("POWER_LOG");
        if (!path) abort();
        log_fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log_fd < 0) abort();
    }
    unsigned char head[14] = { what, file };
    memcpy(head + 2, &place, 8);
    memcpy(head + 10, &length, 4);
    put(head, sizeof head);
    put(bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    int file = which(fd);
    if (file < 0) return syscall(SYS_write, fd, bytes, length);
    pthread_mutex_lock(&lock);
    off_t place = lseek(fd, 0, SEEK_CUR);
    ssize_t done = syscall(SYS_write, fd, bytes, length);
    if (done > 0) record(1, file, place, done, bytes);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t place) {
    int file = which(fd);
    if (file < 0) return syscall(SYS_pwrite64, fd, bytes, length, place);
    pthread_mutex_lock(&lock);
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, length, place);
    if (done > 0) record(1, file, place, done, bytes);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t place) {
    return pwrite(fd, bytes, length, place);
}

int ftruncate(int fd, off_t size) {
    int file = which(fd);
    if (file < 0) return syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_ftruncate, fd, size);
    if (done == 0) record(2, file, size, 0, "");
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate64(int fd, off_t size) {
    return ftruncate(fd, size);
}

/* Only the log remembers: the machine's own disk is not what is tested, and a sync that costs nothing makes more of them. */
static int synced(int fd, long number) {
    int file = which(fd);
    if (file < 0) return syscall(number, fd);
    pthread_mutex_lock(&lock);
    uint64_t begun = logged;
    record(3, file, begun, 0, "");
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) {
    return synced(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return synced(fd, SYS_fdatasync);
}
