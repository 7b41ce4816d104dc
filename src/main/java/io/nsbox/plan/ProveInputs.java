package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.InputFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Compares every input of the compilation with the copy in the image, and leaves for the cold path if one differs. */
record ProveInputs(Proof proof) {

    void emit(ProgramBuilder b, Frame frame, Label stale) {
        Slot value = frame.scratch.as("uid");
        b.call(value, new OnError.Ignore(), Syscall.GETEUID);
        b.branch(value, Condition.NOT_EQUAL, Operand.named(Long.toString(proof.uid()), proof.uid()), stale);
        proof.variables().forEach((name, expected) -> prove(b, frame, name, expected, stale));
        int largest = proof.inputs().stream()
                .mapToInt(input -> input.content().length)
                .max()
                .orElse(0);
        // One byte more, so that a file that has grown is told from one that has not.
        Operand.Address buffer = b.buffer("input", largest + 1).shownAs("&content");
        for (InputFile input : proof.inputs()) {
            prove(b, frame, input, buffer, largest + 1, stale);
        }
    }

    private static void prove(ProgramBuilder b, Frame frame, String variable, Optional<String> expected, Label stale) {
        Slot value = frame.scratch.as("value");
        Slot differs = frame.scratch2;
        b.env(b.text(variable), value);
        if (expected.isEmpty()) {
            b.branch(value, Condition.NOT_EQUAL, 0, stale);
            return;
        }
        b.branch(value, Condition.EQUAL, 0, stale);
        int length = expected.get().getBytes(StandardCharsets.UTF_8).length + 1;
        b.compare(Operand.of(value), b.text(expected.get()), Operand.number(length), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, stale);
    }

    private static void prove(
            ProgramBuilder b, Frame frame, InputFile input, Operand.Address buffer, int size, Label stale) {
        Slot file = frame.scratch;
        Slot length = frame.scratch2;
        byte[] content = input.content();
        // O_NONBLOCK: somebody may have put a FIFO in the file's place.
        b.call(
                file,
                new OnError.GoTo(stale),
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(input.path()),
                Operand.named("O_RDONLY|O_NONBLOCK|O_CLOEXEC", Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_CLOEXEC));
        b.call(length, new OnError.GoTo(stale), Syscall.READ, Operand.of(file), buffer, Operand.number(size));
        b.branch(length, Condition.NOT_EQUAL, content.length, stale);
        b.compare(buffer, b.struct("content", content, Map.of()), Operand.number(content.length), length);
        b.branch(length, Condition.NOT_EQUAL, 0, stale);
        b.attempt(Syscall.CLOSE, Operand.of(file));
    }
}
