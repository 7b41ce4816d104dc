package io.nsbox.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a program's table in Java against a kernel that a test or a printer scripts.
 *
 * <p>It means to every instruction what the interpreter's machine code means to it. A process made by clone(2) runs to its
 * end before its parent goes on.
 */
public final class Simulator {
    private static final int STEP_LIMIT = 1_000_000;

    /**
     * How a simulated process ended.
     *
     * @param process its number
     * @param executed whether it became another program; else it exited
     * @param status its exit status, 0 where it became another program
     */
    public record End(int process, boolean executed, int status) {}

    private final Program program;
    private final Layout layout;
    private final Map<Integer, Integer> indexByTarget = new LinkedHashMap<>();
    private final Kernel kernel;
    private final List<End> ends = new ArrayList<>();
    private int processes;

    private Simulator(Program program, Kernel kernel) {
        this.program = program;
        this.layout = Layout.of(program);
        this.kernel = kernel;
        program.labels().forEach((label, index) -> indexByTarget.put(layout.target(label), index));
    }

    /**
     * Runs a program to the end of all its processes.
     *
     * @throws IllegalStateException if it reads or writes outside its memory, or does not end
     */
    public static List<End> run(
            Program program, List<String> arguments, Map<String, String> environment, Kernel kernel) {
        Simulator simulator = new Simulator(program, kernel);
        SimulatedMemory memory = SimulatedMemory.of(simulator.layout, arguments, environment);
        simulator.new Process(memory, 0).run();
        return List.copyOf(simulator.ends);
    }

    private final class Process {
        private final SimulatedMemory memory;
        private final int number = processes++;
        private int next;

        Process(SimulatedMemory memory, int next) {
            this.memory = memory;
            this.next = next;
        }

        void run() {
            for (int steps = 0; steps < STEP_LIMIT; steps++) {
                Instruction instruction = program.instructions().get(next++);
                if (instruction instanceof Instruction.Call call) {
                    if (ended(call)) {
                        return;
                    }
                } else {
                    step(instruction);
                }
            }
            throw new IllegalStateException("the program does not end");
        }

        private void step(Instruction instruction) {
            if (instruction instanceof Instruction.Jump jump) {
                next = indexOfTarget(value(jump.target()));
            } else if (instruction instanceof Instruction.Branch branch) {
                if (branch.condition().holds(value(branch.left()), value(branch.right()))) {
                    next = program.indexOf(branch.target());
                }
            } else if (instruction instanceof Instruction.Compute compute) {
                set(compute.into(), compute.operation().compute(value(compute.left()), value(compute.right())));
            } else if (instruction instanceof Instruction.Load load) {
                set(load.into(), memory.read(value(load.address()) + value(load.offset()), load.bytes()));
            } else if (instruction instanceof Instruction.Store store) {
                memory.write(value(store.address()) + value(store.offset()), store.bytes(), value(store.value()));
            } else {
                text(instruction);
            }
        }

        private void text(Instruction instruction) {
            if (instruction instanceof Instruction.Decimal decimal) {
                String digits = Long.toUnsignedString(value(decimal.value()));
                long at = value(decimal.buffer());
                for (int i = 0; i < digits.length(); i++) {
                    memory.write(at + i, 1, digits.charAt(i));
                }
                set(decimal.into(), at + digits.length());
            } else if (instruction instanceof Instruction.Compare compare) {
                set(compare.into(), differ(value(compare.left()), value(compare.right()), value(compare.length())));
            } else if (instruction instanceof Instruction.Copy copy) {
                long to = value(copy.to());
                long from = value(copy.from());
                long length = value(copy.length());
                for (long i = 0; i < length; i++) {
                    memory.write(to + i, 1, memory.byteAt(from + i));
                }
                set(copy.into(), to + length);
            } else if (instruction instanceof Instruction.Scan scan) {
                long at = value(scan.from());
                byte wanted = (byte) value(scan.wanted());
                while (memory.byteAt(at) != 0 && memory.byteAt(at) != wanted) {
                    at++;
                }
                set(scan.into(), at);
            } else if (instruction instanceof Instruction.Env env) {
                set(env.into(), variable(memory.text(value(env.name()))));
            } else {
                throw new IllegalStateException("cannot simulate " + instruction);
            }
        }

        private long differ(long left, long right, long length) {
            for (long i = 0; i < length; i++) {
                if (memory.byteAt(left + i) != memory.byteAt(right + i)) {
                    return 1;
                }
            }
            return 0;
        }

        private long variable(String name) {
            long stack = memory.read(Layout.SLOTS_ADDRESS, 8);
            long at = stack + 8 * memory.read(stack, 8) + 16;
            for (; memory.read(at, 8) != 0; at += 8) {
                long entry = memory.read(at, 8);
                if (memory.text(entry).startsWith(name + "=")) {
                    return entry + name.length() + 1;
                }
            }
            return 0;
        }

        /** Makes the call; tells whether the process is gone after it. */
        private boolean ended(Instruction.Call call) {
            long[] arguments = call.arguments().stream().mapToLong(this::value).toArray();
            int index = next - 1;
            long result = kernel.answer(new Kernel.Invocation(number, index, call, arguments, memory));
            boolean succeeded = result >= 0 || result < -4095;
            if (call.syscall() == Syscall.EXIT_GROUP) {
                ends.add(new End(number, false, (int) arguments[0] & 0xff));
                return true;
            }
            if (call.syscall() == Syscall.EXECVE && succeeded) {
                ends.add(new End(number, true, 0));
                return true;
            }
            boolean forks = call.syscall() == Syscall.CLONE || call.syscall() == Syscall.CLONE3;
            if (forks && succeeded) {
                Process child = new Process(memory.copy(), next);
                child.set(call.into(), 0);
                child.run();
            }
            set(call.into(), result);
            if (!succeeded) {
                failed(call.onError(), result);
            }
            return false;
        }

        private void failed(OnError onError, long result) {
            if (onError instanceof OnError.GoTo goTo) {
                next = program.indexOf(goTo.label());
            } else if (onError instanceof OnError.Fail fail) {
                set(Slot.ERRNO, -result);
                set(Slot.TAG, OnError.FAIL_BIT | fail.tag());
                next = indexOfTarget(memory.read(slotAddress(Slot.HANDLER), 8));
            }
        }

        private int indexOfTarget(long target) {
            Integer index = indexByTarget.get((int) target);
            if (index == null) {
                throw new IllegalStateException("the program jumps to " + target + ", where no label stands");
            }
            return index;
        }

        private long value(Operand operand) {
            return operand instanceof Operand.Value value
                    ? memory.read(slotAddress(value.slot()), 8)
                    : layout.field(operand);
        }

        private void set(Slot slot, long value) {
            memory.write(slotAddress(slot), 8, value);
        }

        private static long slotAddress(Slot slot) {
            return Layout.SLOTS_ADDRESS + 8L * slot.index();
        }
    }
}
