package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Brings the loopback interface up; 127.0.0.1 and ::1 come with it (netdevice(7)). */
record BringLoopbackUp(Optional<Span> cause) implements Step {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int IFF_UP = 1;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_FLAGS = 16;

    @Override
    public String title() {
        return "bring the loopback interface up";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot socket = emitter.frame().scratch.as("socket");
        Hints hints = Hints.of(RefusalHints.LOOPBACK_UP);
        emitter.must(
                hints,
                socket,
                Syscall.SOCKET,
                Operand.named("AF_INET", AF_INET),
                Operand.named("SOCK_DGRAM|SOCK_CLOEXEC", SOCK_DGRAM | Linux.O_CLOEXEC),
                Operand.number(0));
        ByteBuffer request = ByteBuffer.allocate(IFREQ_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        request.put("lo".getBytes(StandardCharsets.US_ASCII));
        request.putShort(IFREQ_FLAGS, (short) IFF_UP);
        emitter.must(
                hints,
                Syscall.IOCTL,
                Operand.of(socket),
                Operand.named("SIOCSIFFLAGS", SIOCSIFFLAGS),
                b.struct("{ifr_name=\"lo\", ifr_flags=IFF_UP}", request.array()));
        emitter.must(Syscall.CLOSE, Operand.of(socket));
    }
}
