package io.nsbox.launch;

import io.nsbox.program.Arch;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.Program;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.charset.StandardCharsets;

/**
 * The program that {@code nsbox install} writes: what {@code bin/nsbox} does for a spec that is compiled already, without
 * the shell, whose own start takes longer than all the rest of it.
 *
 * <p>It comes to the same image as the script or leaves everything to the script: whatever is unusual, missing or not to
 * be trusted is the script's business. docs/design/0017 has the reasons.
 */
final class StarterProgram {
    /** The exit statuses of nsbox's own failures: of most commands, and of those that run one. */
    private static final int USAGE = 2;

    private static final int SETUP = 125;

    private final ProgramBuilder b;
    private final Label script;
    private final ImagePath path;
    private final FileChecks files;
    private final Slot spec;
    private final Slot value;
    private final Slot first;
    private final Slot environment;

    private StarterProgram(Arch arch) {
        b = new ProgramBuilder(arch);
        script = b.label("leave it to the script");
        files = new FileChecks(b, script);
        path = new ImagePath(b, script);
        spec = b.slot("spec");
        value = b.slot("value");
        first = b.slot("first");
        environment = b.slot("environment");
    }

    /**
     * The program for one installation.
     *
     * @param script the absolute path of its {@code bin/nsbox}
     * @param arch what the program runs on
     */
    static Program of(String script, Arch arch) {
        return new StarterProgram(arch).write(script);
    }

    private Program write(String scriptFile) {
        b.section("is it a bare up FILE?", 0);
        readArguments();
        b.section("find the cache", 0);
        findCache();
        b.section("find the image", 0);
        findImage();
        b.section("become the launcher", 0);
        become(scriptFile);
        b.section("leave it to the script", 0);
        b.place(script);
        leave(scriptFile);
        return b.build();
    }

    private void readArguments() {
        b.load(8, value, Operand.of(Slot.STACK), 0);
        b.branch(value, Condition.NOT_EQUAL, 3, script);
        b.load(8, value, Operand.of(Slot.STACK), 16);
        b.compare(Operand.of(value), b.text("up"), Operand.number(3), value);
        b.branch(value, Condition.NOT_EQUAL, 0, script);
        b.load(8, spec, Operand.of(Slot.STACK), 24);
        b.load(1, value, Operand.of(spec), 0);
        b.branch(value, Condition.EQUAL, 0, script);
        b.branch(value, Condition.EQUAL, '-', script);
    }

    /** Root is who owns / or /proc; its cache is where no variable says. */
    private void findCache() {
        Label ofRoot = b.label("the cache of root");
        Label ofHome = b.label("the cache below HOME");
        Label found = b.label("the cache is known");
        path.begin();
        files.learnCaller();
        files.goIfOwn("/", ofRoot);
        files.goIfOwn("/proc", ofRoot);
        appendVariable("XDG_CACHE_HOME", ofHome);
        path.append("/nsbox");
        b.jump(found);
        b.place(ofHome);
        appendVariable("HOME", script);
        path.append("/.cache/nsbox");
        b.jump(found);
        b.place(ofRoot);
        path.append(CacheLayout.OF_ROOT);
        b.place(found);
    }

    private void appendVariable(String name, Label unusable) {
        Label usable = b.label(name + " is absolute");
        b.env(b.text(name), value);
        b.branch(value, Condition.EQUAL, 0, unusable);
        goIfAbsolute(value, usable);
        b.jump(unusable);
        b.place(usable);
        path.append(value);
    }

    private void findImage() {
        Label absolute = b.label("the spec's path is absolute");
        files.requireOwnFolder(path.soFar());
        files.learnStamp(path.with(CacheLayout.STAMP));
        path.append(CacheLayout.IMAGES);
        appendWorkingDirectory(absolute);
        path.append("/");
        b.place(absolute);
        path.appendDescending(spec);
        path.append(CacheLayout.SUFFIX);
        files.requireOwnAndOlder(path.soFar());
        files.requireRegular(Operand.of(spec));
    }

    /** As the shell has it: PWD where that leads to the working directory, and where it is not set the kernel's own name. */
    private void appendWorkingDirectory(Label absolute) {
        Slot directory = b.slot("working directory");
        Label given = b.label("PWD is set");
        Label known = b.label("the working directory is known");
        b.env(b.text("PWD"), directory);
        b.branch(directory, Condition.NOT_EQUAL, 0, given);
        goIfAbsolute(spec, absolute);
        Operand.Address kernels = b.buffer("cwd", ImagePath.PATH_MAX);
        b.call(value, new OnError.GoTo(script), Syscall.GETCWD, kernels, Operand.number(ImagePath.PATH_MAX));
        b.set(directory, kernels);
        goIfAbsolute(directory, known);
        b.jump(script);
        b.place(given);
        // A PWD that is wrong is put right by the shell, for the command too; so where it is, the shell has to run.
        Label sane = b.label("PWD is absolute");
        goIfAbsolute(directory, sane);
        b.jump(script);
        b.place(sane);
        files.requireSame(Operand.of(directory), b.text("."));
        goIfAbsolute(spec, absolute);
        b.place(known);
        path.appendDescending(directory);
    }

    private void goIfAbsolute(Slot text, Label absolute) {
        b.load(1, first, Operand.of(text), 0);
        b.branch(first, Condition.EQUAL, '/', absolute);
    }

    private void become(String scriptFile) {
        Operand.Address arguments = b.buffer("arguments", 8 * 8).shownAs("[<image>, <spec>, \"sh\", ...]");
        b.store(8, arguments, 0, path.soFar());
        b.store(8, arguments, 8, Operand.of(spec));
        b.store(8, arguments, 16, b.text("sh"));
        b.store(8, arguments, 24, b.text(scriptFile));
        b.store(8, arguments, 32, b.text("--cold"));
        b.store(8, arguments, 40, b.text("up"));
        b.store(8, arguments, 48, Operand.of(spec));
        b.environment(environment);
        b.attempt(Syscall.EXECVE, path.soFar(), arguments, Operand.of(environment));
    }

    private void leave(String scriptFile) {
        Slot error = b.slot("error");
        Slot arguments = value.as("arguments");
        Label usage = b.label("neither up nor exec");
        Label failed = b.label("up or exec");
        b.compute(Arithmetic.ADD, arguments, Operand.of(Slot.STACK), Operand.number(8));
        b.environment(environment);
        b.call(
                error,
                new OnError.Ignore(),
                Syscall.EXECVE,
                b.text(scriptFile),
                Operand.of(arguments),
                Operand.of(environment));
        complain(scriptFile, error);
        b.load(8, value, Operand.of(Slot.STACK), 0);
        b.branch(value, Condition.LESS, 2, usage);
        for (String word : new String[] {"up", "exec"}) {
            b.load(8, value, Operand.of(Slot.STACK), 16);
            b.compare(Operand.of(value), b.text(word), Operand.number(word.length() + 1), value);
            b.branch(value, Condition.EQUAL, 0, failed);
        }
        b.place(usage);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(USAGE));
        b.place(failed);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(SETUP));
    }

    private void complain(String scriptFile, Slot error) {
        Label missing = b.label("the script is missing");
        Label forbidden = b.label("the script is forbidden");
        Label told = b.label("it is told");
        b.branch(error, Condition.EQUAL, -Linux.ENOENT, missing);
        b.branch(error, Condition.EQUAL, -Linux.EACCES, forbidden);
        print("nsbox: error: cannot execute " + scriptFile + ": error ");
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(error));
        Operand.Address digits = b.buffer("digits", 20);
        b.decimal(Operand.of(error), digits, error);
        b.compute(Arithmetic.SUBTRACT, error, Operand.of(error), digits);
        b.attempt(Syscall.WRITE, Operand.number(2), digits, Operand.of(error));
        print(" of execve(2)\n");
        b.jump(told);
        b.place(forbidden);
        print("nsbox: error: cannot execute " + scriptFile + ": permission denied\n");
        b.jump(told);
        b.place(missing);
        print("nsbox: error: " + scriptFile + " is missing, or /bin/sh; where nsbox has moved, " + Starter.MARK
                + " there\n");
        b.place(told);
    }

    private void print(String message) {
        int length = message.getBytes(StandardCharsets.UTF_8).length;
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(message), Operand.number(length));
    }
}
