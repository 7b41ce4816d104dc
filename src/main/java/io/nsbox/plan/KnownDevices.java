package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The devices that every {@code /dev} has, by their numbers (Documentation/admin-guide/devices.txt). */
final class KnownDevices {
    private static final int MEMORY = 1;
    private static final int TTYAUX = 5;

    /** Major and minor number by name; null comes last, because it is kept to mask files with. */
    static final Map<String, int[]> NUMBERS = new LinkedHashMap<>();

    static {
        NUMBERS.put("zero", new int[] {MEMORY, 5});
        NUMBERS.put("full", new int[] {MEMORY, 7});
        NUMBERS.put("random", new int[] {MEMORY, 8});
        NUMBERS.put("urandom", new int[] {MEMORY, 9});
        NUMBERS.put("tty", new int[] {TTYAUX, 0});
        NUMBERS.put("null", new int[] {MEMORY, 3});
    }

    private static final String HELP = "the host has something else in the place of this device";

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final DevCalls calls;

    KnownDevices(Emitter emitter) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.calls = new DevCalls(emitter, Hints.of(RefusalHints.HOST_DEVICE));
    }

    /** Mounts them into the sandbox's own {@code /dev}. */
    void mount() {
        ByteBuffer wanted = ByteBuffer.allocate(8 * NUMBERS.size()).order(ByteOrder.LITTLE_ENDIAN);
        NUMBERS.values().forEach(number -> wanted.putInt(number[0]).putInt(number[1]));
        Operand table = b.struct("device numbers", wanted.array());
        Slot device = frame.nullDevice.as("device");
        EachPath.emit(emitter, List.copyOf(NUMBERS.keySet()), 0, (path, number, next) -> {
            calls.copy(
                    Operand.of(frame.hostDev),
                    Operand.of(path),
                    "AT_SYMLINK_NOFOLLOW",
                    Linux.AT_SYMLINK_NOFOLLOW,
                    device);
            Slot at = frame.scratch;
            b.compute(Arithmetic.SHIFT_LEFT, at, Operand.of(number), Operand.number(3));
            b.compute(Arithmetic.ADD, at, Operand.of(at), table);
            mustBe(device, Operand.of(at));
            // A plain file: it lies below the mount, and nobody gets to see it.
            emitter.must(
                    Hints.of(RefusalHints.FILL_DEV),
                    Syscall.MKNODAT,
                    Operand.of(frame.dev),
                    Operand.of(path),
                    Operand.named("S_IFREG|000", Linux.S_IFREG),
                    Operand.number(0));
            calls.attach(device, frame.dev, Operand.of(path));
        });
        b.set(frame.nullIsMounted, 1);
    }

    /** Copies the host's null device, for sandboxes whose {@code /dev} is not made by nsbox. */
    void openNull() {
        calls.copy(
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/dev/null"),
                "AT_SYMLINK_NOFOLLOW",
                Linux.AT_SYMLINK_NOFOLLOW,
                frame.nullDevice);
        ByteBuffer wanted = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        wanted.putInt(MEMORY).putInt(Objects.requireNonNull(NUMBERS.get("null"))[1]);
        mustBe(frame.nullDevice, b.struct("device number", wanted.array()));
        b.set(frame.nullIsMounted, 0);
    }

    private void mustBe(Slot device, Operand number) {
        Slot kind = frame.scratch2.as("kind");
        Label wrong = b.label("another file stands there");
        Label right = b.label("it is that device");
        calls.kind(device, kind);
        b.branch(kind, Condition.NOT_EQUAL, Linux.S_IFCHR, wrong);
        b.compare(frame.page.plus(Linux.STX_RDEV), number, Operand.number(8), kind);
        b.branch(kind, Condition.EQUAL, 0, right);
        b.place(wrong);
        calls.notThatDevice(HELP);
        b.place(right);
    }
}
