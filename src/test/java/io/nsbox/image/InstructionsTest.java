package io.nsbox.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsbox.program.Arch;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Kernel;
import io.nsbox.program.Label;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.Program;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Simulator;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.program.TooLargeException;
import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each instruction means the same to the machine code and to the simulator: both run the same programs. */
class InstructionsTest {
    private static final int RESULTS = 256;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void arithmeticIsTheSame(Arch arch) throws IOException {
        Random random = new Random(1);
        compare(arch, test -> {
            for (Arithmetic operation : Arithmetic.values()) {
                for (int i = 0; i < 4; i++) {
                    Slot left = test.value(random.nextLong());
                    boolean shift = operation == Arithmetic.SHIFT_LEFT || operation == Arithmetic.SHIFT_RIGHT;
                    Slot right = test.value(shift ? random.nextInt(64) : random.nextLong());
                    test.b.compute(operation, test.result, Operand.of(left), Operand.of(right));
                    test.keep();
                    test.b.compute(operation, test.result, Operand.of(left), Operand.number(7));
                    test.keep();
                }
            }
        });
    }

    /** Beyond 64 KiB targets count in larger units, and what is jumped to is moved there by records that do nothing. */
    @ParameterizedTest
    @EnumSource
    void longTablesAreTheSame(Arch arch) throws IOException {
        Random random = new Random(2);
        compare(arch, test -> {
            Slot sum = test.b.slot("sum");
            Slot place = test.b.slot("place");
            test.b.set(sum, 0);
            for (int block = 0; block < 2000; block++) {
                Label over = test.b.label("over");
                Label failed = test.b.label("failed");
                Label back = test.b.label("back");
                test.b.branch(sum, Condition.NOT_EQUAL, -1, over);
                test.b.add(sum, 1_000_000);
                test.b.place(over);
                test.b.add(sum, random.nextBoolean() ? block : 100_000 + block);
                test.b.call(test.result, new OnError.GoTo(failed), Syscall.CLOSE, Operand.number(-1));
                test.b.add(sum, 1_000_000);
                test.b.place(failed);
                test.b.set(place, back);
                test.b.jump(place);
                test.b.add(sum, 1_000_000);
                test.b.place(back);
                test.b.add(sum, 1);
                if (block % 20 == 0) {
                    test.b.set(test.result, Operand.of(sum));
                    test.keep();
                }
            }
        });
    }

    @Test
    void aTableThatNoTargetReachesIsRefused() {
        Scratch test = new Scratch(Arch.X86_64);
        for (int i = 0; i < 20_000; i++) {
            test.b.add(test.result, 1_000_000);
        }
        test.keep();
        Program program = test.finish();

        assertThatThrownBy(() -> ElfImage.write(program))
                .isInstanceOf(TooLargeException.class)
                .hasMessage("a table of 280044 bytes is too large");
    }

    @ParameterizedTest
    @EnumSource
    void branchesAreTheSame(Arch arch) throws IOException {
        long[] values = {0, 1, -1, 5, Long.MAX_VALUE, Long.MIN_VALUE};
        for (Condition condition : Condition.values()) {
            compare(arch, test -> {
                for (long left : values) {
                    for (long right : values) {
                        Label taken = test.b.label("taken");
                        Slot a = test.value(left);
                        Slot b = test.value(right);
                        test.b.set(test.result, 1);
                        test.b.branch(a, condition, Operand.of(b), taken);
                        test.b.set(test.result, 2);
                        test.b.place(taken);
                        test.keep();
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoryIsReadAndWrittenTheSame(Arch arch) throws IOException {
        compare(arch, test -> {
            Operand.Address cell = test.b.buffer("cell", 16);
            Slot value = test.value(0xfedc_ba98_7654_3210L);
            for (int bytes : new int[] {8, 4, 2, 1}) {
                test.b.store(bytes, cell, bytes, Operand.of(value));
                for (int read : new int[] {8, 4, 2, 1}) {
                    test.b.load(read, test.result, cell, 4);
                    test.keep();
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void textsAreHandledTheSame(Arch arch) throws IOException {
        compare(arch, test -> {
            Operand.Address cell = test.b.buffer("cell", 64);
            for (long number : new long[] {0, 9, 10, 4_294_967_295L, Long.MAX_VALUE, -1}) {
                Slot value = test.value(number);
                test.b.decimal(Operand.of(value), cell, test.result);
                test.keep();
                test.b.load(8, test.result, cell, 0);
                test.keep();
            }
            test.b.copy(cell, test.b.text("/usr/bin:/bin"), Operand.number(14), test.result);
            test.keep();
            for (int wanted : new int[] {':', 'z', 0, '/'}) {
                test.b.scan(cell, wanted, test.result);
                test.keep();
            }
            test.b.copy(cell, test.b.text("x"), Operand.number(0), test.result);
            test.keep();
            for (int length : new int[] {0, 4, 5, 6}) {
                test.b.compare(test.b.text("same1"), test.b.text("same2"), Operand.number(length), test.result);
                test.keep();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theEnvironmentIsFoundTheSame(Arch arch) throws IOException {
        compare(arch, test -> {
            for (String name : List.of("PATH", "PATHS", "PAT", "EMPTY", "ABSENT", "")) {
                Label absent = test.b.label("absent");
                test.b.env(test.b.text(name), test.result);
                test.b.branch(test.result, Condition.EQUAL, 0, absent);
                test.b.load(1, test.result, Operand.of(test.result), 0);
                test.b.add(test.result, 1000);
                test.b.place(absent);
                test.keep();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void errorsOfCallsAreHandledTheSame(Arch arch) throws IOException {
        compare(arch, test -> {
            ProgramBuilder b = test.b;
            Label handler = b.label("handler");
            Label after = b.label("after");
            Label elsewhere = b.label("elsewhere");
            Label back = b.label("back");
            Slot place = b.slot("place");
            b.call(test.result, new OnError.Ignore(), Syscall.CLOSE, Operand.number(-1));
            test.keep();
            b.call(test.result, new OnError.GoTo(elsewhere), Syscall.CLOSE, Operand.number(-1));
            b.place(elsewhere);
            test.keep();
            b.onFailure(handler);
            b.call(test.result, new OnError.Fail(77), Syscall.CLOSE, Operand.number(-1));
            b.jump(after);
            b.place(handler);
            b.set(test.result, Operand.of(Slot.ERRNO));
            test.keep();
            b.set(test.result, Operand.of(Slot.TAG));
            test.keep();
            b.place(after);
            b.set(place, back);
            b.jump(place);
            b.set(test.result, 1);
            test.keep();
            b.place(back);
        });
    }

    private void compare(Arch arch, Consumer<Scratch> writer) throws IOException {
        Scratch test = new Scratch(arch);
        writer.accept(test);
        Program program = test.finish();
        Map<String, String> environment = new TreeMap<>(Map.of("PATHX", "n", "PATH", "y", "EMPTY", "", "PAT", "z"));
        StringBuilder simulated = new StringBuilder();
        Simulator.run(program, List.of("test"), environment, call -> answer(call, simulated));

        Path image = folder.resolve("image");
        Files.write(image, ElfImage.write(program));
        assertThat(image.toFile().setExecutable(true)).isTrue();
        assertThat(run(arch, image)).isEqualTo(simulated.toString());
    }

    private static long answer(Kernel.Invocation call, StringBuilder written) {
        if (call.call().syscall() == Syscall.CLOSE) {
            return -9;
        }
        if (call.call().syscall() == Syscall.WRITE) {
            for (int i = 0; i < call.arguments()[2]; i++) {
                written.append(String.format("%02x", call.memory().read(call.arguments()[1] + i, 1)));
            }
        }
        return 0;
    }

    private String run(Arch arch, Path image) {
        String runner = "";
        if (arch != Arch.byName(System.getProperty("os.arch")).orElseThrow()) {
            Requirements.requireProgram("qemu-" + arch.word() + "-static");
            runner = "qemu-" + arch.word() + "-static ";
        }
        Commands.Result result = Commands.run(
                "sh",
                "-c",
                "env -i EMPTY= PAT=z PATH=y PATHX=n $(command -v " + (runner.isEmpty() ? "env" : runner) + ") " + image
                        + " | od -An -v -tx1 | tr -d ' \\n'");
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    /** A program that collects results and prints them at its end. */
    private static final class Scratch {
        final ProgramBuilder b;
        final Slot result;
        final Operand.Address results;
        final Slot left;
        final Slot right;
        boolean second;
        int count;

        Scratch(Arch arch) {
            b = new ProgramBuilder(arch);
            result = b.slot("result");
            left = b.slot("left");
            right = b.slot("right");
            results = b.buffer("results", 8 * RESULTS);
        }

        /** One of two slots in turn, holding a 64-bit value. */
        Slot value(long value) {
            Slot slot = second ? right : left;
            second = !second;
            byte[] bytes = new byte[8];
            for (int i = 0; i < 8; i++) {
                bytes[i] = (byte) (value >>> 8 * i);
            }
            b.load(8, slot, b.struct("value", bytes), 0);
            return slot;
        }

        void keep() {
            b.store(8, results, 8 * count++, Operand.of(result));
        }

        Program finish() {
            assertThat(count).isBetween(1, RESULTS);
            b.attempt(Syscall.WRITE, Operand.number(1), results, Operand.number(8 * count));
            b.attempt(Syscall.EXIT_GROUP, Operand.number(0));
            return b.build();
        }
    }
}
