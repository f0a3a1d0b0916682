package io.boomerang.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The commands of bpf(2) that this project needs. What they make has a descriptor, and ends when
/// it is closed, also by the end of the process.
///
/// `union bpf_attr` (linux/bpf.h): each command has a layout of its own.
public final class Bpf {
    private static final int ATTRIBUTES_BYTES = 128;
    private static final int NAME_BYTES = 16;

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_UPDATE_ELEM = 2;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_LINK_CREATE = 28;

    private static final int MAP_NAME = 28;
    private static final int ELEMENT_KEY = 8;
    private static final int ELEMENT_VALUE = 16;

    private static final int PROGRAM_INSTRUCTIONS = 8;
    private static final int PROGRAM_LICENSE = 16;
    private static final int PROGRAM_LOG_LEVEL = 24;
    private static final int PROGRAM_LOG_SIZE = 28;
    private static final int PROGRAM_LOG = 32;
    private static final int PROGRAM_FLAGS = 44;
    private static final int PROGRAM_NAME = 48;
    private static final int PROGRAM_DEVICE = 64;
    private static final int PROGRAM_ATTACH_TYPE = 68;
    private static final int LOG_BYTES = 1 << 16;

    private final SystemCalls calls;

    public Bpf(final SystemCalls calls) {
        this.calls = calls;
    }

    /// A program to be loaded.
    ///
    /// @param name of at most 15 letters, digits and underscores, for operators
    /// @param type of linux/bpf.h's `bpf_prog_type`
    /// @param attachType of `bpf_attach_type`
    /// @param flags `BPF_F_` of programs
    /// @param device number of the interface that it is bound to, or 0
    /// @param instructions as assembled
    public record Program(
            String name,
            int type,
            int attachType,
            int flags,
            int device,
            MemorySegment instructions) {}

    /// A map of keys and values of four bytes; answers its descriptor.
    ///
    /// @param type of `bpf_map_type`
    public int createMap(final String name, final int type, final int entries)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            attributes.setAtIndex(JAVA_INT, 0, type);
            attributes.setAtIndex(JAVA_INT, 1, Integer.BYTES);
            attributes.setAtIndex(JAVA_INT, 2, Integer.BYTES);
            attributes.setAtIndex(JAVA_INT, 3, entries);
            attributes.asSlice(MAP_NAME, NAME_BYTES).setString(0, name);
            return calls.bpf(BPF_MAP_CREATE, "BPF_MAP_CREATE", attributes);
        }
    }

    /// Sets an entry of a map.
    public void update(final int map, final int key, final int value) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            attributes.set(JAVA_INT, 0, map);
            attributes.set(ADDRESS, ELEMENT_KEY, arena.allocateFrom(JAVA_INT, key));
            attributes.set(ADDRESS, ELEMENT_VALUE, arena.allocateFrom(JAVA_INT, value));
            calls.bpf(BPF_MAP_UPDATE_ELEM, "BPF_MAP_UPDATE_ELEM", attributes);
        }
    }

    /// Loads a program; answers its descriptor.
    ///
    /// The license that the kernel is told: a program that calls the kernel's own functions has to
    /// be available under the GPL, too.
    public int load(final Program program) throws ProgramRefusedException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            attributes.set(JAVA_INT, 0, program.type());
            final long count = program.instructions().byteSize() / Assembler.INSTRUCTION_BYTES;
            attributes.set(JAVA_INT, Integer.BYTES, (int) count);
            attributes.set(ADDRESS, PROGRAM_INSTRUCTIONS, program.instructions());
            attributes.set(ADDRESS, PROGRAM_LICENSE, arena.allocateFrom("Dual BSD/GPL"));
            attributes.set(JAVA_INT, PROGRAM_FLAGS, program.flags());
            attributes.asSlice(PROGRAM_NAME, NAME_BYTES).setString(0, program.name());
            attributes.set(JAVA_INT, PROGRAM_DEVICE, program.device());
            attributes.set(JAVA_INT, PROGRAM_ATTACH_TYPE, program.attachType());
            try {
                return calls.bpf(BPF_PROG_LOAD, "BPF_PROG_LOAD", attributes);
            } catch (final SystemCallException e) {
                throw new ProgramRefusedException(program.name(), e, log(arena, attributes));
            }
        }
    }

    /// Loads once more, for what the verifier has to say.
    private String log(final Arena arena, final MemorySegment attributes) {
        final MemorySegment log = arena.allocate(LOG_BYTES);
        attributes.set(JAVA_INT, PROGRAM_LOG_LEVEL, 1);
        attributes.set(JAVA_INT, PROGRAM_LOG_SIZE, LOG_BYTES);
        attributes.set(ADDRESS, PROGRAM_LOG, log);
        try {
            calls.close(calls.bpf(BPF_PROG_LOAD, "BPF_PROG_LOAD", attributes));
        } catch (final SystemCallException _) {
            // As before.
        }
        return log.getString(0);
    }

    /// Attaches a program to an interface; answers the descriptor of the link, which ends it.
    ///
    /// @param attachType of `bpf_attach_type`
    /// @param flags of the attach type
    public int attach(final int program, final int device, final int attachType, final int flags)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            attributes.setAtIndex(JAVA_INT, 0, program);
            attributes.setAtIndex(JAVA_INT, 1, device);
            attributes.setAtIndex(JAVA_INT, 2, attachType);
            attributes.setAtIndex(JAVA_INT, 3, flags);
            return calls.bpf(BPF_LINK_CREATE, "BPF_LINK_CREATE", attributes);
        }
    }
}
