package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arch;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.seccomp.Filter;
import io.nsbox.seccomp.KernelRelease;
import io.nsbox.seccomp.Policy;
import io.nsbox.seccomp.Profile;
import io.nsbox.seccomp.Summary;
import io.nsbox.seccomp.Surroundings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Loads the seccomp filter (seccomp(2), SECCOMP_SET_MODE_FILTER): the last step before execve(2), so that it needs to let
 * through nothing that the launcher does but that.
 *
 * <p>Where rules depend on the kernel, the launcher asks which one it runs on and takes the filter that belongs to it.
 */
record LoadSeccomp(Profile profile, Set<String> capabilities, Optional<Span> cause) implements Step {
    private static final int SET_MODE_FILTER = 1;
    private static final int FPROG_SIZE = 16;

    /** {@code release} of struct new_utsname, linux/utsname.h: the third of fields of 65 bytes. */
    private static final int RELEASE_OFFSET = 130;

    LoadSeccomp {
        capabilities = Set.copyOf(capabilities);
    }

    @Override
    public String title() {
        return "load the seccomp filter " + profile.name() + ": " + Summary.of(profile, capabilities);
    }

    @Override
    public void inChild(Emitter emitter) {
        List<KernelRelease> kernels = profile.kernels();
        if (kernels.size() == 1) {
            load(emitter, kernels.get(0));
            return;
        }
        ProgramBuilder b = emitter.builder();
        Label done = b.label("filter is loaded");
        Slot release = askForRelease(emitter);
        for (int i = kernels.size() - 1; i >= 0; i--) {
            Label older = b.label("the kernel is older than " + kernels.get(i));
            if (i > 0) {
                b.branch(release, Condition.LESS, number(kernels.get(i)), older);
            }
            load(emitter, kernels.get(i));
            b.jump(done);
            b.place(older);
        }
        b.place(done);
    }

    private static int number(KernelRelease kernel) {
        return kernel.major() << 16 | kernel.minor();
    }

    private void load(Emitter emitter, KernelRelease kernel) {
        ProgramBuilder b = emitter.builder();
        Filter filter = policy(b.arch(), kernel).filter();
        byte[] program = ByteBuffer.allocate(FPROG_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) filter.size())
                .array();
        emitter.must(
                Hints.of(RefusalHints.SECCOMP),
                Syscall.SECCOMP,
                Operand.named("SECCOMP_SET_MODE_FILTER", SET_MODE_FILTER),
                Operand.named(flags(), profile.flags()),
                b.struct("{len=<length>, filter=&filter}", program, Map.of(8, b.struct("&filter", filter.bytes()))));
    }

    private String flags() {
        return switch (profile.flags()) {
            case 0 -> "0";
            case 2 -> "SECCOMP_FILTER_FLAG_LOG";
            case 4 -> "SECCOMP_FILTER_FLAG_SPEC_ALLOW";
            default -> "SECCOMP_FILTER_FLAG_LOG|SECCOMP_FILTER_FLAG_SPEC_ALLOW";
        };
    }

    private Policy policy(Arch arch, KernelRelease kernel) {
        return profile.policy(new Surroundings(arch, capabilities, kernel));
    }

    /** Whether the process may make this call after the step, whatever the kernel is. */
    boolean permits(Arch arch, Syscall syscall) {
        return profile.kernels().stream()
                .allMatch(kernel -> policy(arch, kernel).alwaysPermits(syscall.word()));
    }

    /** Leaves the kernel's major version in the upper and the minor in the lower 16 bits. */
    private static Slot askForRelease(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        emitter.must(Syscall.UNAME, frame.page.shownAs("&system"));
        Slot at = frame.scratch;
        Slot major = frame.scratch2;
        Slot minor = frame.scratch3;
        b.set(at, frame.page.plus(RELEASE_OFFSET));
        readNumber(emitter, at, major);
        readNumber(emitter, at, minor);
        b.compute(Arithmetic.SHIFT_LEFT, major, Operand.of(major), Operand.number(16));
        b.compute(Arithmetic.ADD, major, Operand.of(major), Operand.of(minor));
        return major;
    }

    /** Reads digits up to the first character that is none, and moves behind that. */
    private static void readNumber(Emitter emitter, Slot at, Slot number) {
        ProgramBuilder b = emitter.builder();
        Slot digit = emitter.frame().scratch4;
        Slot eightfold = emitter.frame().scratch5;
        Label loop = b.label("next digit");
        Label end = b.label("end of the number");
        b.set(number, 0);
        b.place(loop);
        b.load(1, digit, Operand.of(at), 0);
        b.add(at, 1);
        b.add(digit, -'0');
        b.branch(digit, Condition.LESS, 0, end);
        b.branch(digit, Condition.AT_LEAST, 10, end);
        b.compute(Arithmetic.SHIFT_LEFT, eightfold, Operand.of(number), Operand.number(3));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(number));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(eightfold));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(digit));
        b.jump(loop);
        b.place(end);
    }

    /** What the sandbox's process can say and end with, once a filter is loaded; without one it can write and exit. */
    record LastWords(boolean canWrite, boolean canSend, boolean canExitGroup, boolean canExit) {
        static LastWords of(Plan plan, Arch arch) {
            for (NumberedStep numbered : plan.steps()) {
                if (numbered.step() instanceof LoadSeccomp load) {
                    return new LastWords(
                            load.permits(arch, Syscall.WRITE),
                            load.permits(arch, Syscall.SENDTO),
                            load.permits(arch, Syscall.EXIT_GROUP),
                            load.permits(arch, Syscall.EXIT));
                }
            }
            return new LastWords(true, true, true, true);
        }

        /** Sends the refusal, and ends the process. */
        void emit(ProgramBuilder b, Frame frame) {
            Operand refusal = frame.words.shownAs("refusal");
            if (canWrite) {
                b.attempt(Syscall.WRITE, Operand.of(frame.reportOut), refusal, Operand.number(8));
            } else if (canSend) {
                b.attempt(
                        Syscall.SENDTO,
                        Operand.of(frame.reportOut),
                        refusal,
                        Operand.number(8),
                        Operand.number(0),
                        Operand.NULL,
                        Operand.number(0));
            }
            b.attempt(canExitGroup || !canExit ? Syscall.EXIT_GROUP : Syscall.EXIT, Operand.number(Refusal.SETUP));
            if (!canExitGroup && !canExit) {
                // What cannot end itself is ended by SIGSEGV.
                b.load(8, Slot.NOWHERE, Operand.NULL, 0);
            }
        }
    }
}
