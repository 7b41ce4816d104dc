package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Landlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Restricts the command by Landlock (landlock(7)): within each group that the spec mentions, what it does not list is
 * refused.
 *
 * <p>Which rights exist depends on the kernel. It is asked for its ABI; one that lacks a right without which the rules would
 * be weaker than asked is a refusal.
 */
record RestrictByLandlock(Landlock rules, Optional<Span> cause) implements Step {
    /* linux/landlock.h */
    private static final int VERSION = 1;
    private static final int RULE_PATH_BENEATH = 1;
    private static final int RULE_NET_PORT = 2;
    private static final int EXECUTE = 1;
    private static final int WRITE_FILE = 1 << 1;
    private static final int READ_FILE = 1 << 2;
    private static final int READ_DIR = 1 << 3;
    private static final int TRUNCATE = 1 << 14;
    private static final int IOCTL_DEV = 1 << 15;
    /** Everything up to ABI 3. */
    private static final int ALL_FILE_RIGHTS = (1 << 15) - 1;

    private static final int RIGHTS_OF_READ = READ_FILE | READ_DIR;
    private static final int RIGHTS_OF_EXECUTE = EXECUTE | READ_FILE;
    private static final int RIGHTS_OF_WRITE = ALL_FILE_RIGHTS & ~(EXECUTE | READ_FILE | READ_DIR);
    /** What a rule on a file that is no folder may give. */
    private static final int ON_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

    private static final int BIND_TCP = 1;
    private static final int CONNECT_TCP = 2;
    private static final int SCOPE_ABSTRACT_UNIX_SOCKET = 1;
    private static final int SCOPE_SIGNAL = 2;

    private static final int ABI_OF_TRUNCATE = 3;
    private static final int ABI_OF_TCP = 4;
    private static final int ABI_OF_IOCTL = 5;
    private static final int ABI_OF_SCOPE = 6;

    private static final int ATTRIBUTE_SIZE = 24;

    @Override
    public String title() {
        List<String> parts = new ArrayList<>();
        rules.read().ifPresent(list -> parts.add("read " + text(list)));
        rules.write().ifPresent(list -> parts.add("write " + text(list)));
        rules.execute().ifPresent(list -> parts.add("execute " + text(list)));
        rules.tcpBind().ifPresent(list -> parts.add("bind " + text(list)));
        rules.tcpConnect().ifPresent(list -> parts.add("connect " + text(list)));
        if (!rules.scope().isEmpty()) {
            parts.add("scope "
                    + rules.scope().stream().sorted().map(Landlock.Scope::word).collect(Collectors.joining(" ")));
        }
        return "restrict by Landlock: " + String.join("; ", parts);
    }

    private static String text(List<?> list) {
        return list.isEmpty() ? "nothing" : list.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot ruleset = frame.scratch2.as("ruleset");
        Slot forDevices = frame.scratch3;
        Operand.Address attribute = frame.words;
        askVersion(emitter, forDevices);
        b.store(8, attribute, 0, Operand.number(0));
        if (rules.restrictsFiles()) {
            b.compute(Arithmetic.OR, frame.scratch, Operand.of(forDevices), Operand.number(ALL_FILE_RIGHTS));
            b.store(8, attribute, 0, Operand.of(frame.scratch));
        }
        b.store(8, attribute, 8, Operand.number(rules.restrictsTcp() ? BIND_TCP | CONNECT_TCP : 0));
        b.store(8, attribute, 16, Operand.number(scopes()));
        emitter.must(
                ruleset,
                Syscall.LANDLOCK_CREATE_RULESET,
                attribute.shownAs("&ruleset attributes"),
                Operand.number(ATTRIBUTE_SIZE),
                Operand.number(0));
        allowPaths(emitter, ruleset, forDevices);
        ports().forEach((port, rights) -> {
            ByteBuffer rule = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            rule.putLong(rights).putLong(port);
            emitter.must(
                    Syscall.LANDLOCK_ADD_RULE,
                    Operand.of(ruleset),
                    Operand.named("LANDLOCK_RULE_NET_PORT", RULE_NET_PORT),
                    b.struct("&port " + port, rule.array()),
                    Operand.number(0));
        });
        emitter.must(
                Hints.on(Linux.EPERM, "this takes `no_new_privileges: true`"),
                Syscall.LANDLOCK_RESTRICT_SELF,
                Operand.of(ruleset),
                Operand.number(0));
        emitter.must(Syscall.CLOSE, Operand.of(ruleset));
    }

    /** Leaves in the slot the right over devices, if the kernel knows it. */
    private void askVersion(Emitter emitter, Slot forDevices) {
        ProgramBuilder b = emitter.builder();
        Slot abi = emitter.frame().scratch;
        emitter.must(
                Hints.on(Linux.ENOSYS, "this kernel has no Landlock (CONFIG_SECURITY_LANDLOCK), or a filter hides it")
                        .and(Linux.EOPNOTSUPP, "Landlock is not switched on: add landlock to the kernel's lsm= list"),
                abi,
                Syscall.LANDLOCK_CREATE_RULESET,
                Operand.NULL,
                Operand.number(0),
                Operand.named("LANDLOCK_CREATE_RULESET_VERSION", VERSION));
        if (rules.restrictsFiles()) {
            need(emitter, abi, ABI_OF_TRUNCATE, "read, write and execute", "6.2");
        }
        if (rules.restrictsTcp()) {
            need(emitter, abi, ABI_OF_TCP, "tcp_bind and tcp_connect", "6.7");
        }
        if (!rules.scope().isEmpty()) {
            need(emitter, abi, ABI_OF_SCOPE, "scope", "6.12");
        }
        Label old = b.label("ioctl(2) on devices is not restricted");
        b.set(forDevices, 0);
        if (rules.restrictsFiles()) {
            b.branch(abi, Condition.LESS, ABI_OF_IOCTL, old);
            b.set(forDevices, IOCTL_DEV);
            b.place(old);
        }
    }

    private static void need(Emitter emitter, Slot abi, int needed, String what, String version) {
        ProgramBuilder b = emitter.builder();
        Label enough = b.label("Landlock ABI " + needed);
        b.branch(abi, Condition.AT_LEAST, needed, enough);
        emitter.fail(
                "landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < " + needed,
                Hints.on(
                        Linux.EOPNOTSUPP,
                        "`" + what.replace(" and ", "` and `").replace(", ", "`, `") + "` need Landlock ABI " + needed
                                + " (Linux " + version + ")"),
                Refusal.SETUP,
                Operand.named("EOPNOTSUPP", Linux.EOPNOTSUPP));
        b.place(enough);
    }

    private int scopes() {
        int scopes = 0;
        for (Landlock.Scope scope : rules.scope()) {
            scopes |= switch (scope) {
                case ABSTRACT_UNIX_SOCKET -> SCOPE_ABSTRACT_UNIX_SOCKET;
                case SIGNAL -> SCOPE_SIGNAL;
            };
        }
        return scopes;
    }

    /** One subroutine makes the rule; before it, each path is opened and its rights are chosen. */
    private void allowPaths(Emitter emitter, Slot ruleset, Slot forDevices) {
        Map<String, Integer> paths = paths();
        if (paths.isEmpty()) {
            return;
        }
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = frame.scratch4.as("file");
        Slot rights = frame.scratch;
        Label addRule = b.label("make a rule");
        Label done = b.label("paths are allowed");
        Hints missing = Hints.on(Linux.ENOENT, "this path is not there inside the sandbox")
                .and(Linux.EACCES, "the user inside may not reach this path");
        paths.forEach((path, allowed) -> {
            emitter.must(
                    missing,
                    file,
                    Syscall.OPENAT,
                    Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                    b.text(path),
                    Operand.named("O_RDONLY|O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
            boolean writes = (allowed & WRITE_FILE) != 0;
            b.compute(
                    Arithmetic.OR,
                    rights,
                    Operand.number(allowed),
                    writes ? Operand.of(forDevices) : Operand.number(0));
            b.callRoutine(addRule, frame.returnTo, path + " is allowed");
        });
        b.jump(done);
        b.place(addRule);
        Slot mode = frame.scratch5;
        Label folder = b.label("it is a folder");
        emitter.must(
                Syscall.STATX,
                Operand.of(file),
                b.text(""),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH),
                Operand.named("STATX_TYPE", Linux.STATX_TYPE),
                frame.page.shownAs("&stat"));
        b.load(2, mode, frame.page, Linux.STX_MODE);
        b.compute(Arithmetic.AND, mode, Operand.of(mode), Operand.number(Linux.S_IFMT));
        b.branch(mode, Condition.EQUAL, Linux.S_IFDIR, folder);
        b.compute(Arithmetic.AND, rights, Operand.of(rights), Operand.number(ON_A_FILE));
        b.place(folder);
        b.store(8, frame.words, 0, Operand.of(rights));
        b.store(4, frame.words, 8, Operand.of(file));
        emitter.must(
                Syscall.LANDLOCK_ADD_RULE,
                Operand.of(ruleset),
                Operand.named("LANDLOCK_RULE_PATH_BENEATH", RULE_PATH_BENEATH),
                frame.words.shownAs("&rule"),
                Operand.number(0));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        b.jump(frame.returnTo);
        b.place(done);
    }

    private Map<String, Integer> paths() {
        Map<String, Integer> paths = new LinkedHashMap<>();
        rules.read().orElse(List.of()).forEach(path -> paths.merge(path, RIGHTS_OF_READ, (a, b) -> a | b));
        rules.write().orElse(List.of()).forEach(path -> paths.merge(path, RIGHTS_OF_WRITE, (a, b) -> a | b));
        rules.execute().orElse(List.of()).forEach(path -> paths.merge(path, RIGHTS_OF_EXECUTE, (a, b) -> a | b));
        return paths;
    }

    private Map<Integer, Integer> ports() {
        Map<Integer, Integer> ports = new TreeMap<>();
        rules.tcpBind().orElse(List.of()).forEach(port -> ports.merge(port, BIND_TCP, (a, b) -> a | b));
        rules.tcpConnect().orElse(List.of()).forEach(port -> ports.merge(port, CONNECT_TCP, (a, b) -> a | b));
        return ports;
    }
}
