package io.nsbox.program;

import java.util.Arrays;
import java.util.Map;

/** A stretch of a launcher's memory that instructions address. */
public sealed interface Block permits Block.Constant, Block.Buffer {

    /** How many bytes it covers. */
    int size();

    /**
     * Bytes that never change: texts, and structs that the kernel only reads.
     *
     * @param id its number within the program
     * @param bytes the content, with zeros where an address goes
     * @param addresses where in the content addresses of other memory stand, by offset
     * @param addressSize bytes an address takes: 8 as the kernel wants it, or 4 for the program's own tables
     */
    record Constant(int id, byte[] bytes, Map<Integer, Operand.Address> addresses, int addressSize) implements Block {
        public Constant {
            bytes = bytes.clone();
            addresses = Map.copyOf(addresses);
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public int size() {
            return bytes.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Constant that
                    && id == that.id
                    && Arrays.equals(bytes, that.bytes)
                    && addresses.equals(that.addresses)
                    && addressSize == that.addressSize;
        }

        @Override
        public int hashCode() {
            return id;
        }
    }

    /**
     * Memory that starts as zeros.
     *
     * @param id its number within the program
     * @param name what listings call it
     * @param size bytes
     */
    record Buffer(int id, String name, int size) implements Block {
        @Override
        public boolean equals(Object other) {
            return other instanceof Buffer that && id == that.id && name.equals(that.name) && size == that.size;
        }

        @Override
        public int hashCode() {
            return id;
        }
    }
}
