/* Says what a process sees of its sandbox, one fact a line, so that two sandboxes can be compared line by line. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

static void status(void) {
  static const char *const wanted[] = {"Umask", "Uid", "Gid", "Groups", "NoNewPrivs", "Seccomp",
                                       "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "SigBlk", "SigIgn"};
  char line[8192];
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) {
    char *colon = strchr(line, ':');
    if (!colon) continue;
    *colon = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
      if (strcmp(line, wanted[i]) == 0) {
        printf("status %s", line);
        for (char *word = strtok(colon + 1, " \t\n"); word; word = strtok(NULL, " \t\n")) printf(" %s", word);
        putchar('\n');
      }
    }
  }
  if (file) fclose(file);
}

static void limits(void) {
  for (int resource = 0; resource < 16; resource++) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0) {
      printf("limit %d %lld %lld\n", resource, (long long)limit.rlim_cur, (long long)limit.rlim_max);
    }
  }
}

static void namespaces(void) {
  static const char *const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64], link[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length > 0) printf("namespace %s %.*s\n", names[i], (int)length, link);
  }
}

static void copy(const char *prefix, const char *path) {
  char line[65536];
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) printf("%s %s", prefix, line);
  if (file) fclose(file);
}

static void devices(const char *folder, int depth) {
  DIR *open = opendir(folder);
  struct dirent *entry;
  while (open && (entry = readdir(open))) {
    char path[65536], link[65536];
    struct stat it;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (lstat(path, &it) != 0) continue;
    if (S_ISLNK(it.st_mode)) {
      ssize_t length = readlink(path, link, sizeof link - 1);
      printf("dev %s link %.*s\n", path, length < 0 ? 0 : (int)length, link);
    } else if (S_ISCHR(it.st_mode) || S_ISBLK(it.st_mode)) {
      printf("dev %s %s %u:%u %o\n", path, S_ISCHR(it.st_mode) ? "char" : "block", major(it.st_rdev),
             minor(it.st_rdev), it.st_mode & 07777);
      int file = strcmp(path, "/dev/null") == 0 ? openat(AT_FDCWD, path, O_RDWR | O_NOCTTY) : -1;
      if (strcmp(path, "/dev/null") == 0) printf("dev %s %s\n", path, file < 0 ? "cannot be opened" : "opens");
      if (file >= 0) close(file);
    } else {
      printf("dev %s %s %o\n", path, S_ISDIR(it.st_mode) ? "folder" : "other", it.st_mode & 07777);
      if (S_ISDIR(it.st_mode) && depth > 0) devices(path, depth - 1);
    }
  }
  if (open) closedir(open);
}

static void loopback(void) {
  struct ifreq request = {.ifr_name = "lo"};
  int socket_of_inet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_of_inet >= 0 && ioctl(socket_of_inet, SIOCGIFFLAGS, &request) == 0) {
    printf("interface lo %s\n", request.ifr_flags & IFF_UP ? "up" : "down");
  }
  if (socket_of_inet >= 0) close(socket_of_inet);
}

static void files(char **paths) {
  for (; *paths; paths++) {
    char content[256];
    struct stat it;
    if (stat(*paths, &it) != 0) {
      printf("file %s missing\n", *paths);
      continue;
    }
    int writable = access(*paths, W_OK) == 0;
    int file = S_ISREG(it.st_mode) ? open(*paths, O_RDONLY) : -1;
    ssize_t length = file < 0 ? 0 : read(file, content, sizeof content - 1);
    content[length < 0 ? 0 : length] = 0;
    content[strcspn(content, "\n")] = 0;
    printf("file %s %o %s%s%s\n", *paths, it.st_mode, writable ? "writable" : "read-only", *content ? ": " : "",
           content);
    if (file >= 0) close(file);
    DIR *folder = S_ISDIR(it.st_mode) ? opendir(*paths) : NULL;
    int entries = 0;
    while (folder && readdir(folder)) entries++;
    if (folder) {
      printf("file %s holds %s\n", *paths, entries > 2 ? "something" : "nothing");
      closedir(folder);
    }
  }
}

int main(int count, char **arguments) {
  char folder[65536];
  struct utsname names;
  (void)count;
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  printf("pid %d\n", (int)getpid());
  printf("cwd %s\n", getcwd(folder, sizeof folder) ? folder : "unknown");
  if (uname(&names) == 0) printf("hostname %s\ndomainname %s\n", names.nodename, names.domainname);
  for (char **variable = environ; *variable; variable++) printf("env %s\n", *variable);
  for (int file = 0; file < 64; file++) {
    if (fcntl(file, F_GETFD) >= 0) printf("descriptor %d\n", file);
  }
  status();
  limits();
  namespaces();
  copy("oom", "/proc/self/oom_score_adj");
  copy("uid_map", "/proc/self/uid_map");
  copy("gid_map", "/proc/self/gid_map");
  copy("setgroups", "/proc/self/setgroups");
  loopback();
  copy("mount", "/proc/self/mountinfo");
  devices("/dev", 1);
  files(arguments + 1);
  return 0;
}
