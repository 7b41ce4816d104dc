package io.nsbox.program;

/** What answers a simulated program's system calls. */
@FunctionalInterface
public interface Kernel {
    /**
     * One system call of a simulated process.
     *
     * @param process 0 for the one that started; children are numbered as they are made
     * @param index the instruction's index in the table
     * @param call the instruction
     * @param arguments the values of its arguments
     * @param memory the process's memory, which the call may change
     */
    record Invocation(int process, int index, Instruction.Call call, long[] arguments, SimulatedMemory memory) {
        /** The call as listings show it. */
        public String text() {
            return call.text();
        }
    }

    /** Answers a call with its result, or with a negative errno. */
    long answer(Invocation invocation);
}
