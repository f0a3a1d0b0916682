package io.boomerang.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Assembles a BPF program, an instruction a call (RFC 9669). Registers 0 to 10: 0 is the result, 1
/// to 5 are arguments and lost in calls, 6 to 9 are kept, 10 is the top of the stack. Jumps go
/// forward to a {@link #label}.
///
/// ```
///  0        1                  2        4
/// +--------+------------------+--------+-----------+
/// | opcode | destination,     | offset | immediate |
/// |        | source register  |        |           |
/// +--------+------------------+--------+-----------+
/// ```
public final class Assembler {
    static final int INSTRUCTION_BYTES = 8;

    private static final int MOVE_REGISTER = 0xBF;
    private static final int MOVE_CONSTANT = 0xB7;
    private static final int ADD_CONSTANT = 0x07;
    private static final int TO_BIG_ENDIAN = 0xDC;
    private static final int LOAD = 0x61;
    private static final int STORE = 0x63;
    private static final int STORE_CONSTANT = 0x62;
    private static final int JUMP_IF_NOT_EQUAL = 0x55;
    private static final int JUMP_IF_GREATER = 0x2D;
    private static final int LOAD_WIDE = 0x18;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;

    /// What the source register of {@link #LOAD_WIDE} says of the number: a map's descriptor.
    private static final int PSEUDO_MAP = 1;

    /// What the source register of {@link #CALL} says of the number: a function's type.
    private static final int PSEUDO_KERNEL_FUNCTION = 2;

    /// How much is loaded or stored.
    public enum Width {
        HALF(0x08, Short.SIZE),
        WORD(0x00, Integer.SIZE);

        private final int code;
        private final int bits;

        Width(final int code, final int bits) {
            this.code = code;
            this.bits = bits;
        }
    }

    private record Jump(int instruction, String label) {}

    private final List<Long> instructions = new ArrayList<>();
    private final List<Jump> jumps = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    public Assembler move(final int destination, final int source) {
        return emit(MOVE_REGISTER, destination, source, 0, 0);
    }

    public Assembler moveConstant(final int destination, final int value) {
        return emit(MOVE_CONSTANT, destination, 0, 0, value);
    }

    public Assembler addConstant(final int destination, final int value) {
        return emit(ADD_CONSTANT, destination, 0, 0, value);
    }

    /// Turns the lower bits of a register from the machine's to network byte order.
    public Assembler toNetworkOrder(final Width width, final int register) {
        return emit(TO_BIG_ENDIAN, register, 0, 0, width.bits);
    }

    /// Loads from the address in `base`, `offset` bytes further.
    public Assembler load(
            final Width width, final int destination, final int base, final int offset) {
        return emit(LOAD | width.code, destination, base, offset, 0);
    }

    public Assembler store(final Width width, final int base, final int offset, final int source) {
        return emit(STORE | width.code, base, source, offset, 0);
    }

    public Assembler storeConstant(
            final Width width, final int base, final int offset, final int value) {
        return emit(STORE_CONSTANT | width.code, base, 0, offset, value);
    }

    public Assembler jumpIfNotEqual(final int register, final int value, final String label) {
        jumps.add(new Jump(instructions.size(), label));
        return emit(JUMP_IF_NOT_EQUAL, register, 0, 0, value);
    }

    public Assembler jumpIfGreater(final int register, final int other, final String label) {
        jumps.add(new Jump(instructions.size(), label));
        return emit(JUMP_IF_GREATER, register, other, 0, 0);
    }

    /// Where jumps to this name land: the next instruction.
    public Assembler label(final String name) {
        if (labels.put(name, instructions.size()) != null) {
            throw new IllegalArgumentException("label " + name + " stands twice");
        }
        return this;
    }

    /// Loads the address of a map.
    public Assembler loadMap(final int destination, final int mapDescriptor) {
        emit(LOAD_WIDE, destination, PSEUDO_MAP, 0, mapDescriptor);
        return emit(0, 0, 0, 0, 0);
    }

    /// Calls a helper by its number in linux/bpf.h.
    public Assembler call(final int helper) {
        return emit(CALL, 0, 0, 0, helper);
    }

    /// Calls a function of the kernel by its {@link KernelTypes} number.
    public Assembler callKernel(final int function) {
        return emit(CALL, 0, PSEUDO_KERNEL_FUNCTION, 0, function);
    }

    public Assembler exit() {
        return emit(EXIT, 0, 0, 0, 0);
    }

    private Assembler emit(
            final int opcode,
            final int destination,
            final int source,
            final int offset,
            final int immediate) {
        instructions.add(
                opcode
                        | (long) destination << 8
                        | (long) source << 12
                        | (offset & 0xFFFFL) << 16
                        | (long) immediate << 32);
        return this;
    }

    /// The program's bytes, with all jumps resolved.
    public MemorySegment assemble(final Arena arena) {
        for (final Jump jump : jumps) {
            final Integer target = labels.get(jump.label());
            if (target == null || target <= jump.instruction()) {
                throw new IllegalArgumentException("label " + jump.label() + " is not ahead");
            }
            final long distance = target - jump.instruction() - 1L;
            instructions.set(
                    jump.instruction(), instructions.get(jump.instruction()) | distance << 16);
        }
        jumps.clear();
        final MemorySegment program =
                arena.allocate((long) instructions.size() * INSTRUCTION_BYTES, Long.BYTES);
        for (int i = 0; i < instructions.size(); i++) {
            program.setAtIndex(ValueLayout.JAVA_LONG, i, instructions.get(i));
        }
        return program;
    }
}
