package io.nsbox.program;

import java.util.List;

/** One record of a program's table. */
public sealed interface Instruction
        permits Instruction.Call,
                Instruction.Jump,
                Instruction.Branch,
                Instruction.Compute,
                Instruction.Load,
                Instruction.Store,
                Instruction.Decimal,
                Instruction.Compare,
                Instruction.Copy,
                Instruction.Scan,
                Instruction.Env {

    /** What it works on, in the order of the table's arguments. */
    List<Operand> operands();

    /**
     * One system call.
     *
     * @param syscall which
     * @param arguments at most six
     * @param into where the result goes
     * @param onError what happens when the result is an error
     */
    record Call(Syscall syscall, List<Operand> arguments, Slot into, OnError onError) implements Instruction {
        public Call {
            arguments = List.copyOf(arguments);
            if (arguments.size() > 6) {
                throw new IllegalArgumentException(syscall + " with " + arguments.size() + " arguments");
            }
        }

        @Override
        public List<Operand> operands() {
            return arguments;
        }

        /** The call as strace would show it. */
        public String text() {
            return syscall.word() + "("
                    + String.join(", ", arguments.stream().map(Operand::text).toList()) + ")";
        }
    }

    /** Goes on at a label, or at the instruction whose index a slot holds. */
    record Jump(Operand target) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(target);
        }
    }

    /** Goes on at the label if the condition holds. */
    record Branch(Operand left, Condition condition, Operand right, Label target) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(left, right);
        }
    }

    /** Computes a value into a slot. */
    record Compute(Arithmetic operation, Slot into, Operand left, Operand right) implements Instruction {
        @Override
        public List<Operand> operands() {
            // The interpreter does not look at the second operand of SET.
            return operation == Arithmetic.SET ? List.of(left) : List.of(left, right);
        }
    }

    /** Reads 1, 2, 4 or 8 bytes at an address plus an offset, zero-extended. */
    record Load(int bytes, Slot into, Operand address, Operand offset) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(address, offset);
        }
    }

    /** Writes the low 1, 2, 4 or 8 bytes of a value at an address plus an offset. */
    record Store(int bytes, Operand address, Operand offset, Operand value) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(address, offset, value);
        }
    }

    /** Writes a value in decimal, unsigned; the slot receives the address after the last digit. */
    record Decimal(Operand value, Operand buffer, Slot into) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(value, buffer);
        }
    }

    /** Compares bytes until the first that differs; the slot receives 0 if none does, else 1. */
    record Compare(Operand left, Operand right, Operand length, Slot into) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(left, right, length);
        }
    }

    /** Copies bytes forward; the slot receives the address after the last one written. */
    record Copy(Operand to, Operand from, Operand length, Slot into) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(to, from, length);
        }
    }

    /** Finds the first byte that is the wanted one or NUL; the slot receives its address. */
    record Scan(Operand from, Operand wanted, Slot into) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(from, wanted);
        }
    }

    /** Finds a variable of the caller's environment; the slot receives the address of its value, or 0. */
    record Env(Operand name, Slot into) implements Instruction {
        @Override
        public List<Operand> operands() {
            return List.of(name);
        }
    }
}
