package io.nsbox.plan;

import io.nsbox.program.Instruction;
import io.nsbox.program.Kernel;
import io.nsbox.program.Linux;
import io.nsbox.program.SimulatedMemory;
import io.nsbox.program.Syscall;
import io.nsbox.spec.LinuxCapability;
import io.nsbox.spec.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** A kernel that grants everything a launcher asks for, so that a simulated run shows the calls of a real one. */
final class NominalKernel implements Kernel {
    /**
     * What is supposed of the files that a launcher comes across.
     *
     * @param absent tells which of the paths that are masked or frozen are not there
     * @param noTargets whether the root, and what is bound into it, holds none of the targets of mounts
     */
    record Files(Predicate<String> absent, boolean noTargets) {
        static final Files THERE = new Files(path -> false, false);
    }

    private static final int FIRST_FILE = 3;
    private static final int CHILD_PID = 1000;
    private static final long BOTH_CAPABILITIES = 1 << 6 | 1 << 7;
    private static final long ALL_CAPABILITIES = 0xffff_ffffL;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int LAST_CAPABILITY = LinuxCapability.CHECKPOINT_RESTORE.number();
    private static final int LANDLOCK_ABI = 7;

    private final Caller caller;
    /** Folders that a spec may well mask; whatever else is masked is taken for a file. */
    private static final Set<String> FOLDERS = Set.of("acpi", "asound", "scsi", "firmware", "/sys/firmware");

    private final Map<Long, String> names = new HashMap<>();
    private final Predicate<String> absent;
    private final GuestTree tree;
    private int nextFile = FIRST_FILE;
    private boolean isSealed;
    private boolean isCopied;
    private final Map<Long, String> unread = new HashMap<>();
    private String processors = "";

    /** A kernel for this caller, under which everything is there. */
    NominalKernel(Caller caller) {
        this(caller, Files.THERE);
    }

    /** A kernel for this caller, with these files. */
    NominalKernel(Caller caller, Files files) {
        this.caller = caller;
        this.absent = files.absent();
        this.tree = new GuestTree(files.noTargets());
    }

    @Override
    public long answer(Invocation call) {
        SimulatedMemory memory = call.memory();
        long[] arguments = call.arguments();
        return switch (call.call().syscall()) {
            // Inside a namespace that was joined the process is taken for root.
            case GETEUID -> call.process() == 0 ? caller.uid() : 0;
            case GETEGID -> caller.gid();
            case GETPID -> CHILD_PID - 1;
            case CAPGET -> {
                memory.write(arguments[1], 4, caller.mayMapIds() ? BOTH_CAPABILITIES : 0);
                // The sandbox's process has every capability that a spec can name, and passes none on.
                memory.write(arguments[1] + 4, 4, ALL_CAPABILITIES);
                memory.write(arguments[1] + 8, 4, 0);
                memory.write(arguments[1] + 16, 4, ALL_CAPABILITIES);
                memory.write(arguments[1] + 20, 4, 0);
                yield 0;
            }
            case SOCKETPAIR -> {
                memory.write(arguments[3], 4, nextFile++);
                memory.write(arguments[3] + 4, 4, nextFile++);
                yield 0;
            }
            case CLONE3 -> {
                long pidfd = memory.read(arguments[0] + 8, 8);
                if (pidfd != 0) {
                    memory.write(pidfd, 4, nextFile++);
                }
                yield CHILD_PID;
            }
            case CLONE -> CHILD_PID + 1;
            case LANDLOCK_CREATE_RULESET -> arguments[0] == 0 ? LANDLOCK_ABI : nextFile++;
            case PRLIMIT64 -> {
                if (arguments[3] != 0) {
                    memory.write(arguments[3] + 8, 8, -1);
                }
                yield 0;
            }
            case PRCTL -> arguments[0] == PR_CAPBSET_DROP && arguments[1] > LAST_CAPABILITY ? -Linux.EINVAL : 0;
            case RECVFROM -> {
                if (arguments[2] != StartFromStage.MOST) {
                    yield 0;
                }
                memory.write(arguments[1], StartFromStage.PID_SIZE, CHILD_PID);
                yield StartFromStage.PID_SIZE;
            }
            // Every target is there, and every link says what it should.
            case OPENAT, OPENAT2, OPEN_TREE -> {
                if (call.call().syscall() == Syscall.OPENAT2
                        && EachPath.isIn(call.call())
                        && absent.test(guarded(call))) {
                    yield -Linux.ENOENT;
                }
                if (call.text().startsWith("openat2(<root>, ")) {
                    tree.opened(arguments[0], "/");
                    String path = memory.text(arguments[1]).replaceFirst("(?<=.)/$", "");
                    if (!tree.has(path)) {
                        yield -Linux.ENOENT;
                    }
                    tree.opened(nextFile, path);
                } else if (call.text().startsWith("openat(<folder above>, ")) {
                    tree.opened(nextFile, tree.above(arguments[0]));
                }
                names.put((long) nextFile, memory.text(arguments[1]));
                unread.put((long) nextFile, content(memory.text(arguments[1])));
                yield nextFile++;
            }
            case STATX -> {
                if (call.text().startsWith("statx(<folder>")) {
                    // There is no report yet.
                    yield -Linux.ENOENT;
                }
                if (call.text().contains(", STATX_INO") || call.text().contains(", STATX_MNT_ID")) {
                    // Before the new root is entered the path is in the caller's, which is none of these files.
                    boolean callers = memory.text(arguments[1]).equals("/");
                    memory.write(arguments[4] + Linux.STX_INO, 8, callers ? 0 : tree.inode(arguments[0]));
                    memory.write(arguments[4] + Linux.STX_MNT_ID, 8, callers ? 0 : tree.mount(arguments[0]));
                }
                status(call.call(), names.getOrDefault(arguments[0], ""), memory, arguments[4]);
                yield 0;
            }
            case FSTATFS -> {
                if (call.text().startsWith("fstatfs(<proc>")) {
                    memory.write(arguments[1], 8, Linux.PROC_SUPER_MAGIC);
                } else if (call.text().startsWith("fstatfs(<group above>")) {
                    boolean unified = names.getOrDefault(arguments[0], "").startsWith(unifiedMount());
                    memory.write(
                            arguments[1],
                            8,
                            unified ? ControlGroups.CGROUP2_SUPER_MAGIC : ControlGroups.CGROUP_SUPER_MAGIC);
                }
                yield 0;
            }
            case READLINKAT -> memory.text(arguments[2]).getBytes(StandardCharsets.UTF_8).length;
            case MKDIRAT, MKNODAT -> {
                tree.made(arguments[0], memory.text(arguments[1]));
                yield 0;
            }
            case MOVE_MOUNT -> {
                tree.mounted(arguments[0], arguments[2], memory.text(arguments[3]));
                yield 0;
            }
            case FSOPEN -> {
                names.put((long) nextFile, memory.text(arguments[0]));
                yield nextFile++;
            }
            case FSMOUNT -> {
                if (names.getOrDefault(arguments[0], "").equals("tmpfs")) {
                    tree.tmpfs(nextFile);
                }
                yield nextFile++;
            }
            case MEMFD_CREATE, SIGNALFD4, TIMERFD_CREATE, SOCKET, PIDFD_OPEN -> nextFile++;
            case READ -> read(memory, arguments);
            case WRITE -> {
                if (names.getOrDefault(arguments[0], "").equals("cpuset.cpus")) {
                    processors = memory.text(arguments[1]) + "\n";
                }
                yield arguments[2];
            }
            case FCNTL -> {
                if (arguments[1] != SealLauncher.F_GET_SEALS) {
                    yield 0;
                }
                // Of the file at first, then of the copy that was executed.
                isSealed = !isSealed;
                yield isSealed ? -Linux.EINVAL : SealLauncher.SEALS;
            }
            case SENDFILE -> {
                isCopied = !isCopied;
                yield isCopied ? 1 : 0;
            }
            case GETCWD -> {
                memory.write(arguments[0], 2, '/');
                yield 2;
            }
            // Set-up polls with a timeout of zero, supervision without one: there the command has ended.
            case PPOLL -> {
                if (arguments[2] == 0) {
                    memory.write(arguments[0] + 6, 2, 1);
                }
                yield 0;
            }
            case WAITID -> {
                if (arguments[2] != 0) {
                    memory.write(arguments[2] + 8, 4, Linux.CLD_EXITED);
                    // The init asks who has ended.
                    memory.write(arguments[2] + 16, 4, CHILD_PID + 1);
                }
                yield 0;
            }
            case IOCTL ->
                arguments[0] < FIRST_FILE && asksATerminal(arguments[1]) ? -Linux.ENOTTY : kindOfNamespace(call);
            case SENDMSG, RECVMSG -> 1;
            default -> 0;
        };
    }

    /** A path that is masked or frozen; below the sandbox's own procfs it is asked for from there. */
    private static String guarded(Invocation call) {
        String path = call.memory().text(call.arguments()[1]);
        return path.startsWith("/") ? path : GuardedPath.PROC + path;
    }

    /** The caller's standard streams are no terminals. */
    private static boolean asksATerminal(long request) {
        return request == OwnTerminal.TCGETS
                || request == OwnTerminal.TIOCGWINSZ
                || request == RememberTerminal.TIOCGPGRP;
    }

    /** The files of the caller's that a launcher looks through; others are as long as is asked for. */
    private String content(String path) {
        return switch (path) {
            case "/proc/self/cgroup" -> caller.groups();
            case "/proc/self/mountinfo" -> caller.mounts();
            default -> "";
        };
    }

    private long read(SimulatedMemory memory, long[] arguments) {
        String name = names.getOrDefault(arguments[0], "");
        if (name.equals("cpuset.cpus.effective")) {
            return writeText(memory, arguments, processors);
        }
        if (content(name).isEmpty()) {
            return arguments[2];
        }
        String rest = unread.getOrDefault(arguments[0], "");
        unread.put(arguments[0], "");
        return writeText(memory, arguments, rest);
    }

    private static long writeText(SimulatedMemory memory, long[] arguments, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = (int) Math.min(bytes.length, arguments[2]);
        for (int i = 0; i < length; i++) {
            memory.write(arguments[1] + i, 1, bytes[i]);
        }
        return length;
    }

    private String unifiedMount() {
        return caller.mounts()
                .lines()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> line.split(" ")[4])
                .findFirst()
                .orElse("\0");
    }

    /** NS_GET_NSTYPE says what the spec says; everything else is done. */
    private static long kindOfNamespace(Invocation call) {
        if (call.arguments()[1] == OpenNamespace.NS_GET_NSTYPE) {
            for (Namespace namespace : Namespace.values()) {
                if (call.text().contains("<" + namespace.word() + " namespace>")) {
                    return CloneNamespaces.flag(namespace);
                }
            }
        }
        return 0;
    }

    /** Devices are those that they should be. */
    private static void status(Instruction.Call call, String name, SimulatedMemory memory, long buffer) {
        int[] device = KnownDevices.NUMBERS.get(name.substring(name.lastIndexOf('/') + 1));
        if (call.text().startsWith("statx(<tree>") || call.text().startsWith("statx(<target>")) {
            // What is bound is mostly a folder, and what has to be one is.
            memory.write(buffer + Linux.STX_MODE, 2, Linux.S_IFDIR);
            return;
        }
        boolean masked = call.text().startsWith("statx(<place>");
        if (!masked && !call.text().startsWith("statx(<device>") && !call.text().startsWith("statx(<null>")) {
            return;
        }
        int kind = FOLDERS.contains(name) ? Linux.S_IFDIR : masked ? Linux.S_IFREG : Linux.S_IFCHR;
        memory.write(buffer + Linux.STX_MODE, 2, kind);
        if (device != null) {
            memory.write(buffer + Linux.STX_RDEV, 4, device[0]);
            memory.write(buffer + Linux.STX_RDEV + 4, 4, device[1]);
        }
    }
}
