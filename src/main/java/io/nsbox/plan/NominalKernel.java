package io.nsbox.plan;

import io.nsbox.program.Kernel;
import io.nsbox.program.SimulatedMemory;
import java.nio.charset.StandardCharsets;

/** A kernel that grants everything a launcher asks for, so that a simulated run shows the calls of a real one. */
final class NominalKernel implements Kernel {
    private static final int ENOTTY = 25;
    private static final int CHILD_PID = 1000;
    private static final long BOTH_CAPABILITIES = 1 << 6 | 1 << 7;
    private static final int CLD_EXITED = 1;

    private final Caller caller;
    private int nextFile = 3;

    NominalKernel(Caller caller) {
        this.caller = caller;
    }

    @Override
    public long answer(Invocation call) {
        SimulatedMemory memory = call.memory();
        long[] arguments = call.arguments();
        return switch (call.call().syscall()) {
            case GETEUID -> caller.uid();
            case GETEGID -> caller.gid();
            case GETPID -> CHILD_PID - 1;
            case CAPGET -> {
                memory.write(arguments[1], 4, caller.mayMapIds() ? BOTH_CAPABILITIES : 0);
                yield 0;
            }
            case SOCKETPAIR -> {
                memory.write(arguments[3], 4, nextFile++);
                memory.write(arguments[3] + 4, 4, nextFile++);
                yield 0;
            }
            case CLONE3 -> {
                memory.write(memory.read(arguments[0] + 8, 8), 4, nextFile++);
                yield CHILD_PID;
            }
            case CLONE -> CHILD_PID + 1;
            // Every target is there, and every link says what it should.
            case OPEN_TREE, OPENAT2, FSOPEN, FSMOUNT -> nextFile++;
            case READLINKAT -> memory.text(arguments[2]).getBytes(StandardCharsets.UTF_8).length;
            case OPENAT, SIGNALFD4, TIMERFD_CREATE, SOCKET -> nextFile++;
            case READ, WRITE -> arguments[2];
            case GETCWD -> {
                memory.write(arguments[0], 2, '/');
                yield 2;
            }
            // Set-up polls with a timeout of zero, supervision without one: there the command has ended.
            case PPOLL -> {
                if (arguments[2] == 0) {
                    memory.write(arguments[0] + 6, 2, 1);
                }
                yield 0;
            }
            case WAITID -> {
                if (arguments[2] != 0) {
                    memory.write(arguments[2] + 8, 4, CLD_EXITED);
                }
                yield 0;
            }
            case IOCTL -> arguments[0] == 0 ? -ENOTTY : 0;
            default -> 0;
        };
    }
}
