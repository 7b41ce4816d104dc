package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.List;
import java.util.Optional;

/**
 * Becomes the command (execve(2)), looked up on the PATH inside as execvp(3) does where its name has no slash.
 *
 * <p>A file that is there but cannot be executed is told apart from one that is not: 126 and 127.
 *
 * @param command the words
 * @param found whether {@link FindCommand} looked it up before, because no look is possible now
 * @param underLandlock whether Landlock may be what forbids it
 * @param cause the line that names it
 */
record Execute(List<String> command, boolean found, boolean underLandlock, Optional<Span> cause) implements Step {
    private static final int PATH_MAX = 4096;
    private static final int NAME_MAX = 255;

    Execute {
        command = List.copyOf(command);
    }

    @Override
    public String title() {
        return "execute " + printable(command.get(0));
    }

    static String printable(String word) {
        String quoted = ProgramBuilder.quote(word);
        return quoted.equals("\"" + word + "\"") && !word.isEmpty() && word.indexOf(' ') < 0 ? word : quoted;
    }

    @Override
    public void inChild(Emitter emitter) {
        // A name longer than any file's is handed to the kernel as it is, to be refused by it.
        if (isPath()) {
            executePath(emitter);
        } else {
            executeFromPath(emitter);
        }
    }

    /** Whether the first word is taken as a path, and not looked up. */
    boolean isPath() {
        return command.get(0).contains("/") || command.get(0).length() > NAME_MAX;
    }

    private void executePath(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Operand file = b.text(command.get(0));
        Label failed = b.label("execve failed");
        b.call(frame.scratch, new OnError.GoTo(failed), Syscall.EXECVE, file, b.pointers(command), frame.environment);
        b.place(failed);
        Label exists = b.label("command exists");
        Label missing = b.label("command is missing");
        b.compute(Arithmetic.SUBTRACT, frame.scratch, Operand.number(0), Operand.of(frame.scratch));
        if (found) {
            notExecutable(emitter, Operand.of(frame.scratch));
            return;
        }
        b.branch(frame.scratch, Condition.EQUAL, Linux.ENOTDIR, missing);
        b.branch(frame.scratch, Condition.NOT_EQUAL, Linux.ENOENT, exists);
        exists(b, frame, file);
        b.branch(frame.scratch2, Condition.EQUAL, 0, exists);
        b.place(missing);
        notFound(emitter, Operand.of(frame.scratch));
        b.place(exists);
        notExecutable(emitter, Operand.of(frame.scratch));
    }

    private void executeFromPath(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot folder = frame.path;
        Slot end = frame.scratch;
        Slot error = frame.scratch3;
        Slot remembered = frame.returnTo;
        Label loop = b.label("next folder of PATH");
        Label named = b.label("folder is named");
        Label failed = b.label("execve failed");
        Label present = b.label("command is there");
        Label next = b.label("try the next folder");
        Label last = b.label("end of PATH");
        Label missing = b.label("command is nowhere");
        b.set(remembered, 0);
        b.place(loop);
        candidate(emitter, named, next);
        Operand file = shownCandidate(frame);
        b.call(error, new OnError.GoTo(failed), Syscall.EXECVE, file, b.pointers(command), frame.environment);
        b.place(failed);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(error));
        b.branch(error, Condition.EQUAL, Linux.ENOTDIR, next);
        if (found) {
            // The first folder has a file of this name; of later ones that cannot be told any more.
            b.branch(error, Condition.NOT_EQUAL, Linux.ENOENT, present);
            b.branch(remembered, Condition.NOT_EQUAL, 0, next);
        } else {
            Label look = b.label("is it there");
            b.branch(error, Condition.EQUAL, Linux.EACCES, look);
            b.branch(error, Condition.NOT_EQUAL, Linux.ENOENT, present);
            // A folder that may not be entered does not have the command, as far as anybody can tell.
            b.place(look);
            exists(b, frame, file);
            b.branch(frame.scratch2, Condition.NOT_EQUAL, 0, next);
        }
        b.place(present);
        Label known = b.label("an earlier folder had it too");
        b.branch(remembered, Condition.NOT_EQUAL, 0, known);
        b.set(remembered, Operand.of(error));
        b.place(known);
        // Only "permission denied" makes execvp(3) look further.
        b.branch(error, Condition.NOT_EQUAL, Linux.EACCES, last);
        b.place(next);
        b.load(1, error, Operand.of(end), 0);
        b.compute(Arithmetic.ADD, folder, Operand.of(end), Operand.number(1));
        b.branch(error, Condition.NOT_EQUAL, 0, loop);
        b.place(last);
        b.branch(remembered, Condition.EQUAL, 0, missing);
        notExecutable(emitter, Operand.of(remembered));
        b.place(missing);
        notFound(emitter, Operand.named("ENOENT", Linux.ENOENT));
    }

    /** Puts the path of the command in the next folder of PATH together; the first scratch slot is where that folder ends. */
    void candidate(Emitter emitter, Label named, Label tooLong) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot folder = frame.path;
        Slot end = frame.scratch;
        Slot length = frame.scratch2;
        Slot at = frame.scratch3;
        b.scan(Operand.of(folder), ':', end);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(end), Operand.of(folder));
        b.branch(length, Condition.AT_LEAST, PATH_MAX, tooLong);
        b.copy(frame.page, Operand.of(folder), Operand.of(length), at);
        // An empty entry is the working directory (execvp(3)).
        b.branch(length, Condition.NOT_EQUAL, 0, named);
        b.store(1, frame.page, 0, Operand.number('.'));
        b.add(at, 1);
        b.place(named);
        b.store(1, Operand.of(at), 0, Operand.number('/'));
        b.add(at, 1);
        String name = command.get(0);
        int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        b.copy(Operand.of(at), b.text(name), Operand.number(bytes + 1), Slot.NOWHERE);
    }

    /** The path that was put together last. */
    Operand shownCandidate(Frame frame) {
        return frame.page.shownAs(ProgramBuilder.quote("<folder of PATH>/" + command.get(0)));
    }

    /** Leaves 0 in the second scratch slot if the file is there. */
    private static void exists(ProgramBuilder b, Frame frame, Operand file) {
        b.call(frame.scratch2, new OnError.Ignore(), Syscall.FACCESSAT, look(file));
    }

    /** The arguments of a look whether a file is there. */
    static Operand[] look(Operand file) {
        return new Operand[] {Operand.named("AT_FDCWD", Linux.AT_FDCWD), file, Operand.named("F_OK", 0)};
    }

    void notFound(Emitter emitter, Operand errno) {
        String where =
                command.get(0).contains("/") ? "there is no such file inside" : "it is on no folder of the PATH inside";
        emitter.fail(shown(), Hints.on(Linux.ENOENT, where), Refusal.NOT_FOUND, errno);
    }

    void notExecutable(Emitter emitter, Operand errno) {
        emitter.fail(
                shown(),
                Hints.on(
                                Linux.EACCES,
                                "it is not an executable file, or the ids inside may not execute it"
                                        + (underLandlock ? ", or `landlock` lacks it or its loader" : ""))
                        .and(Linux.ENOENT, "the file is there, but the interpreter or loader that it names is not")
                        .and(
                                Linux.ENOEXEC,
                                "it is no program for this machine; a script needs a first line such as #!/bin/sh"),
                Refusal.NOT_EXECUTABLE,
                errno);
    }

    private String shown() {
        return "execve(" + ProgramBuilder.quote(command.get(0)) + ")";
    }
}
