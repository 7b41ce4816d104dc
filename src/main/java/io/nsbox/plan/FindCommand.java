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
import java.util.Optional;

/**
 * Looks up the command before a filter is loaded that may forbid looking: after it only execve(2) is left to do.
 *
 * <p>The PATH that {@link Execute} tries begins at the first folder that has a file of the command's name.
 */
record FindCommand(Execute execute) implements Step {

    @Override
    public String title() {
        return "find " + Execute.printable(execute.command().get(0));
    }

    @Override
    public Optional<Span> cause() {
        return execute.cause();
    }

    @Override
    public void inChild(Emitter emitter) {
        if (execute.isPath()) {
            findPath(emitter);
        } else {
            findOnPath(emitter);
        }
    }

    private void findPath(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot error = emitter.frame().scratch;
        Label missing = b.label("command is missing");
        Label found = b.label("command is there");
        Label other = b.label("command cannot be looked at");
        b.call(
                error,
                new OnError.GoTo(other),
                Syscall.FACCESSAT,
                Execute.look(b.text(execute.command().get(0))));
        b.jump(found);
        b.place(other);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(error));
        b.branch(error, Condition.EQUAL, Linux.ENOENT, missing);
        b.branch(error, Condition.EQUAL, Linux.ENOTDIR, missing);
        execute.notExecutable(emitter, Operand.of(error));
        b.place(missing);
        execute.notFound(emitter, Operand.of(error));
        b.place(found);
    }

    private void findOnPath(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot folder = frame.path;
        Slot end = frame.scratch;
        Label loop = b.label("next folder to look in");
        Label next = b.label("it is not here");
        Label found = b.label("found on PATH");
        b.place(loop);
        execute.candidate(emitter, b.label("folder to look in is named"), next);
        b.call(frame.scratch2, new OnError.GoTo(next), Syscall.FACCESSAT, Execute.look(execute.shownCandidate(frame)));
        b.jump(found);
        b.place(next);
        b.load(1, frame.scratch3, Operand.of(end), 0);
        b.compute(Arithmetic.ADD, folder, Operand.of(end), Operand.number(1));
        b.branch(frame.scratch3, Condition.NOT_EQUAL, 0, loop);
        execute.notFound(emitter, Operand.named("ENOENT", Linux.ENOENT));
        b.place(found);
    }
}
