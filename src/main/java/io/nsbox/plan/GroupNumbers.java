package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/** Reads numbers from the files of the sandbox's control groups (cgroups(7)), for the report. */
final class GroupNumbers {
    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;

    /* What the routine takes and gives. */
    private final Slot number;
    private final Slot file;
    private final Slot prefix;
    private final Slot prefixLength;
    private final Slot numberBack;
    private final Slot folder;
    private final Label readNumber;

    GroupNumbers(Emitter emitter) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        number = b.slot("number");
        file = b.slot("file");
        prefix = b.slot("word before the number");
        prefixLength = b.slot("length of the word");
        numberBack = b.slot("back with the number");
        folder = b.slot("group");
        readNumber = b.label("read a number of the group");
    }

    /** Leaves a number of the group that has this controller: that behind a word at a line's start of a file; else -1. */
    void read(Controller controller, Slot into, String unified, String word, String legacy, String legacyWord) {
        b.set(into, -1);
        if (!emitter.usesGroups() || !emitter.groups().has(controller)) {
            return;
        }
        Label none = b.label("no group of " + controller.word());
        Label old = b.label("a group of version 1");
        Label ask = b.label("ask the group");
        b.set(folder, Operand.of(emitter.groups().folder(controller)));
        b.branch(folder, Condition.EQUAL, 0, none);
        b.set(file, b.text(unified));
        b.set(prefix, b.text(word));
        b.set(prefixLength, word.length());
        b.branch(folder, Condition.EQUAL, Operand.of(emitter.groups().unified()), ask);
        b.place(old);
        b.set(file, b.text(legacy));
        b.set(prefix, b.text(legacyWord));
        b.set(prefixLength, legacyWord.length());
        b.place(ask);
        b.callRoutine(readNumber, numberBack, "the group answered");
        b.set(into, Operand.of(number));
        b.place(none);
    }

    /** Reads the number behind a word at a line's start, or -1. */
    void emitRoutine() {
        Slot fd = frame.scratch;
        Slot at = frame.scratch2;
        Slot differs = frame.scratch3;
        Slot sign = frame.scratch4;
        Slot twice = frame.scratch5;
        Label line = b.label("next line");
        Label found = b.label("word is found");
        Label digit = b.label("next digit");
        Label done = b.label("number is read");
        b.place(readNumber);
        b.set(number, -1);
        b.call(
                fd,
                new OnError.GoTo(done),
                Syscall.OPENAT,
                Operand.of(folder),
                Operand.of(file),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
        b.call(
                at,
                new OnError.Ignore(),
                Syscall.READ,
                Operand.of(fd),
                frame.page.shownAs("&text"),
                Operand.number(4096));
        b.attempt(Syscall.CLOSE, Operand.of(fd));
        b.branch(at, Condition.LESS, 1, done);
        b.compute(Arithmetic.ADD, at, Operand.of(at), frame.page);
        b.store(1, Operand.of(at), 0, Operand.number(0));
        b.set(at, frame.page);
        b.place(line);
        b.compare(Operand.of(at), Operand.of(prefix), Operand.of(prefixLength), differs);
        b.branch(differs, Condition.EQUAL, 0, found);
        b.scan(Operand.of(at), '\n', at);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.EQUAL, 0, done);
        b.add(at, 1);
        b.jump(line);
        b.place(found);
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(prefixLength));
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.LESS, '0', done);
        b.branch(sign, Condition.AT_LEAST, '9' + 1, done);
        b.set(number, 0);
        b.place(digit);
        b.compute(Arithmetic.SHIFT_LEFT, twice, Operand.of(number), Operand.number(1));
        b.compute(Arithmetic.SHIFT_LEFT, number, Operand.of(number), Operand.number(3));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(twice));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(sign));
        b.add(number, -'0');
        b.add(at, 1);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.LESS, '0', done);
        b.branch(sign, Condition.LESS, '9' + 1, digit);
        b.place(done);
        b.jump(numberBack);
    }
}
